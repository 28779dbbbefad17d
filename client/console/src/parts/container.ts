// Container numbers (ISO 6346), for whoever types one.

/** What is wrong with a typed container number. */
export type Typed =
  | { is: "good"; no: string }
  | { is: "badForm" }
  | { is: "badCheck"; no: string; digit: number };

/** The value of a letter: 10 to 38 without the multiples of 11. */
function value(letter: string): number {
  const at = letter.charCodeAt(0) - 65;
  return 10 + at + Math.floor((at + 9) / 10);
}

/** The check digit of the first ten characters. */
export function checkDigit(ten: string): number {
  const sum = [...ten].reduce((total, c, i) => {
    const worth = /\d/.test(c) ? Number(c) : value(c);
    return total + worth * 2 ** i;
  }, 0);
  return (sum % 11) % 10;
}

/** Reads what was typed or scanned. Legacy boxes fail the check and exist: the caller may go on. */
export function read(text: string): Typed {
  const no = text.toUpperCase().replace(/[^A-Z0-9]/g, "");
  if (!/^[A-Z]{3}[UJZ]\d{7}$/.test(no)) return { is: "badForm" };
  const digit = checkDigit(no.slice(0, 10));
  return digit === Number(no[10]) ? { is: "good", no } : { is: "badCheck", no, digit };
}
