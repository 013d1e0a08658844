/** What a reason has in common with others of its kind: neither numbers nor names. */
export function kindOf(reason: string): string {
  return reason
    .replace(/\n.*/s, '')
    .replace(/"[^"]*"|-?\d[\d.,e+-]*|….*/g, '')
    .slice(0, 80);
}
