// What the rules found and expected, what the node answers and what the verifier says, in Chinese:
// all three speak English where it is signed or shown by programs, so their sentences are put into
// Chinese where a person reads them. `{}` stands for what differs from one sentence to the other.

import { certificate } from "./certificate";
import { evidence } from "./evidence";
import { every } from "./every";
import { guarantee } from "./guarantee";
import { membership } from "./membership";
import { node } from "./node";
import { oil } from "./oil";
import { port } from "./port";
import { verifier } from "./verifier";

/** English, then Chinese; the placeholders come in the same order. */
export type Phrases = readonly (readonly [en: string, zh: string])[];

export const phrases: Phrases = [
  ...every,
  ...port,
  ...oil,
  ...guarantee,
  ...certificate,
  ...membership,
  ...evidence,
  ...node,
  ...verifier,
];

/** How the ledger's Chinese sentence joins them. */
export function joined(field: string, found: string, expected: string): string {
  return `${field} 为 ${found}，应为 ${expected}`;
}

/** How its alerts join them: what a doubt found, the field of a hold, what each party states. */
export const ALERTS = {
  found: /(：)([a-z][\w.]*)( 为 )(.+)$/s,
  field: /(：)([a-z][\w.]*)(，)/,
  stated: /( 称 )([^，；]+)/g,
};
