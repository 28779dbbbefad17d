/**
 * JSON read as strictly as a founding document must be: no name twice, integers in full length. Two
 * readers that took different values from one file would belong to different networks.
 */

import { parse } from 'lossless-json';

/** What is wrong with a text, for the person who wrote it. */
export class BadJson extends Error {}

export type Json = null | boolean | string | bigint | Json[] | { [name: string]: Json };

const STRINGS = /"(?:[^"\\]|\\.)*"/g;

export function parseJson(text: string): Json {
  if (/\p{Surrogate}/u.test(text)) throw new BadJson('half a character');
  const value = parse(text, null, { parseNumber: integer }) as Json;
  // The library takes a name that stands twice where both say the same. Then there are more colons
  // in the text than names in what was read.
  const colons = text.replace(STRINGS, '').split(':').length - 1;
  if (colons !== countNames(value)) throw new BadJson('a name stands twice in one object');
  return value;
}

function integer(digits: string): bigint {
  if (!/^(0|-?[1-9][0-9]*)$/.test(digits)) throw new BadJson(`found ${digits}, expected a whole number`);
  return BigInt(digits);
}

function countNames(value: Json): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + countNames(item), 0);
  if (typeof value !== 'object' || value === null) {
    // What an escape in the text stands for must be a character as well.
    if (typeof value === 'string' && /\p{Surrogate}/u.test(value)) throw new BadJson('half a character');
    return 0;
  }
  return Object.entries(value).reduce((sum, [name, item]) => sum + 1 + countNames(name) + countNames(item), 0);
}
