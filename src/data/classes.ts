/** How many classes there may be, and when whole numbers are taken as classes. */

/** As many as a label of one byte tells apart. */
export const MOST_CLASSES = 256;

/** Different whole numbers that are classes are no more than these, and each has so many examples on average. */
export const FEW_CLASSES = 20;
export const EXAMPLES_OF_A_CLASS = 5;
