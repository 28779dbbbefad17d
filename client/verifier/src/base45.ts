/** Base45 (RFC 9285), each text read in one way only. */

import { malformed } from './refused.js';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** The bytes of a text, or a refusal: a strange character, too large a group, one left over. */
export function base45(what: string, text: string): Uint8Array {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 3) {
    const group = [...text.slice(at, at + 3)].map((character) => ALPHABET.indexOf(character));
    if (group.includes(-1)) throw malformed(what, 'a character that is none of Base45', at);
    if (group.length === 1) throw malformed(what, 'one character is left over', at);
    const value = group.reduceRight((sum, digit) => sum * 45 + digit, 0);
    if (value >= 256 ** (group.length - 1)) throw malformed(what, 'these characters are more than their bytes can be', at);
    if (group.length === 3) bytes.push(value >> 8);
    bytes.push(value & 0xff);
  }
  return Uint8Array.from(bytes);
}
