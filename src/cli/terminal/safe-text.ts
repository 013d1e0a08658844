/** Text that comes from elsewhere, such as the names of files, columns and classes, made harmless. */

/**
 * What moves a cursor, ends a line, turns the direction of what follows, or cannot be seen: control
 * and format characters, separators of lines, lone surrogates. Joiners and variation selectors stay,
 * for they are parts of letters and emoji.
 */
export const UNSEEN =
  /(?!\u200c|\u200d|\ufe0e|\ufe0f)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** The text on one line of what it is put into, with a � for each character that could do more. */
export function oneLine(text: string): string {
  return text.replace(UNSEEN, '\ufffd');
}

/** As JSON.stringify, with what `oneLine` replaces as an escape: the same value, and nothing to hide. */
export function jsonText(value: unknown) {
  return JSON.stringify(value).replace(UNSEEN, (character) =>
    Array.from({ length: character.length }, (_, i) => {
      const unit = character.charCodeAt(i).toString(16);
      return `\\u${unit.padStart(4, '0')}`;
    }).join(''),
  );
}
