// Refusals in Chinese: the phrases that the ledger keeps in English, put in their place.

import type { Refusal } from "../api/types";
import { table } from "../texts";
import { facts, joined } from "../texts/facts";

const WHAT = "{}";

/** A phrase as an expression whose groups are what stands for the placeholders. */
function expression(phrase: string): RegExp {
  const pieces = phrase.split(WHAT).map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pieces.join("(.+?)")}$`, "s");
}

/** The words of a phrase itself: of two that fit, the one that says more is meant. */
const words = (phrase: string) => phrase.replaceAll(WHAT, "").length;

const phrases = facts
  .map(([en, zh]) => ({ match: expression(en), zh, words: words(en) }))
  .sort((a, b) => b.words - a.words);

/** Groups of the page's own table that name what the ledger names in one word. */
const GROUPS = ["value", "status", "standing", "stage", "flow", "check", "spot"];

/** Phrases within phrases are few and short. */
const DEPTH_MAX = 3;

/** What was found or expected, in Chinese as far as it is known; numbers and names stay. */
export function factInChinese(text: string, depth = 0): string {
  for (const group of GROUPS) {
    const known = (table as Record<string, readonly [string, string]>)[`${group}.${text}`];
    if (known) return known[1];
  }
  for (const { match, zh } of phrases) {
    const found = match.exec(text);
    if (!found) continue;
    const parts = found.slice(1).map((part) => (depth < DEPTH_MAX ? factInChinese(part, depth + 1) : part));
    return zh.split(WHAT).reduce((done, piece, at) => `${done}${parts[at - 1] ?? ""}${piece}`);
  }
  return text;
}

type Sentence = Pick<Refusal, "zh" | "field" | "found" | "expected">;

/** The whole sentence, as the node gives it, with its phrases in Chinese. */
export function refusalInChinese({ zh, field, found, expected }: Sentence): string {
  const name = (table as Record<string, readonly [string, string]>)[`field.${field}`]?.[1] ?? field;
  return zh.replace(joined(field, found, expected), () => joined(name, factInChinese(found), factInChinese(expected)));
}
