/** The golden vectors, which the verifier in Rust reads as well. */

import { readFileSync, readdirSync } from 'node:fs';

import { parseGenesis, type Genesis } from '../src/index.js';

const FOLDER = new URL('../../../../tests/vectors/', import.meta.url);
const read = new Set<string>();

/** A case of a vector file. What is in it is the file's matter. */
export type Case = Record<string, any>;

export function vectors(name: string): Case {
  read.add(name);
  return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as Case;
}

export function cases(name: string): Case[] {
  const all = vectors(name)['cases'] as Case[];
  if (all.length === 0) throw new Error(`${name} is empty`);
  return all;
}

export function unread(): string[] {
  return readdirSync(FOLDER).filter((name) => !read.has(name));
}

export function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

export function hex(data: Uint8Array): string {
  return Buffer.from(data).toString('hex');
}

export function genesisOf(json: unknown): Genesis {
  return parseGenesis(JSON.stringify(json));
}

/** Every way to flip one bit. */
export function* flips(data: Uint8Array): Generator<[number, Uint8Array]> {
  for (let bit = 0; bit < data.length * 8; bit += 1) {
    const flipped = data.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield [bit, flipped];
  }
}

/** Fails unless a proof holds, and none does that differs from it in one of these bits. */
export function everyFlipFails(about: string, proof: Uint8Array, holds: (proof: Uint8Array) => boolean, every = 1): void {
  if (!holds(proof)) throw new Error(`${about} does not hold`);
  for (const [bit, flipped] of flips(proof)) {
    if (bit % every === 0 && holds(flipped)) throw new Error(`${about}: bit ${bit} may be flipped`);
  }
}
