// Where two statements of one fact differ, so that the eye finds the digit.

/** A piece of a text, and whether the other text has something else there. */
export interface Piece {
  text: string;
  differs: boolean;
}

/** Two texts without what they begin and end with alike. */
export function differ(a: string, b: string): [Piece[], Piece[]] {
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (
    tail < a.length - head &&
    tail < b.length - head &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  ) {
    tail++;
  }
  return [pieces(a, head, tail), pieces(b, head, tail)];
}

function pieces(text: string, head: number, tail: number): Piece[] {
  const end = text.length - tail;
  return [
    { text: text.slice(0, head), differs: false },
    { text: text.slice(head, end), differs: true },
    { text: text.slice(end), differs: false },
  ].filter((piece) => piece.text !== "");
}
