/** What the name of a thing may look like: the same on every screen and paper. */

import { utf8 } from './bytes.js';
import { NAME_BYTES_MAX, SUBJECT_BYTES_MAX } from './limits.js';

/** Characters that nobody sees, or that turn the text beside them round. */
const INVISIBLE =
  /[\p{Cc}\u{ad}\u{61c}\u{180e}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}-\u{206f}\u{feff}\u{fff9}-\u{fffb}\u{e0000}-\u{e007f}]/u;
const SPACE_AT_AN_END = /^\p{White_Space}|\p{White_Space}$/u;

export function isTrimmed(text: string): boolean {
  return !SPACE_AT_AN_END.test(text);
}

/** What is wrong with a text, or nothing. */
export function textFault(name: string, value: string, bytesMax: number): string | undefined {
  const length = utf8(value).length;
  if (length === 0 || length > bytesMax) return `${name} has ${length} bytes, expected 1 to ${bytesMax}`;
  if (!isTrimmed(value)) return `${name} begins or ends with a space`;
  const found = INVISIBLE.exec(value)?.[0].codePointAt(0);
  return found === undefined ? undefined : `${name} holds the invisible character U+${found.toString(16)}`;
}

/** What is wrong with the name of a family or a kind. */
export function nameFault(name: string, value: string): string | undefined {
  const fault = textFault(name, value, NAME_BYTES_MAX);
  if (fault !== undefined || /^[A-Za-z0-9_]*$/.test(value)) return fault;
  return `${name} is ${JSON.stringify(value)}, expected ASCII letters, digits and underscores`;
}

/** What is wrong with the name of a subject. */
export function subjectFault(value: string): string | undefined {
  return textFault('subject', value, SUBJECT_BYTES_MAX);
}
