/** What the chart uses of asciichart, which brings no types. */
declare module 'asciichart' {
  interface PlotConfig {
    /** The least value of the axis, where the series do not go below it. */
    min?: number;
    /** Rows between the least and the greatest value. */
    height?: number;
    /** Columns before the curve; the axis is the last of them. */
    offset?: number;
    /** The label of a row. */
    format?: (value: number) => string;
    /** One escape sequence a series. */
    colors?: string[];
  }
  const asciichart: {
    plot(series: number[][], config?: PlotConfig): string;
    cyan: string;
    yellow: string;
  };
  export default asciichart;
}
