// Sentences in Chinese: the phrases that ledger, node and verifier keep in English, put in their place.

import type { Reason } from "../api/trade";
import type { Both, Refusal } from "../api/types";
import { table } from "../texts";
import { ALERTS, joined, phrases } from "../texts/phrases";

const WHAT = "{}";

/** A phrase as an expression whose groups are what stands for the placeholders. */
function expression(phrase: string): RegExp {
  const pieces = phrase.split(WHAT).map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pieces.join("(.+?)")}$`, "s");
}

/** The words of a phrase itself: of two that fit, the one that says more is meant. */
const words = (phrase: string) => phrase.replaceAll(WHAT, "").length;

const known = phrases
  .map(([en, zh]) => ({ match: expression(en), zh, words: words(en) }))
  .sort((a, b) => b.words - a.words);

/** Groups of the page's own table that name what the ledger names in one word. */
export const GROUPS = ["value", "status", "standing", "stage", "flow", "check", "spot"];

/** Phrases within phrases are few and short. */
const DEPTH_MAX = 4;

function word(text: string): string | undefined {
  for (const group of GROUPS) {
    const both = (table as Record<string, readonly [string, string]>)[`${group}.${text}`];
    if (both) return both[1];
  }
  return undefined;
}

/** What was found or expected, in Chinese as far as it is known; numbers and names stay. */
export function factInChinese(text: string, depth = 0): string {
  const one = word(text);
  if (one) return one;
  for (const { match, zh } of known) {
    const found = match.exec(text);
    if (!found) continue;
    const parts = found.slice(1).map((part) => (depth < DEPTH_MAX ? factInChinese(part, depth + 1) : part));
    return zh.split(WHAT).reduce((done, piece, at) => `${done}${parts[at - 1] ?? ""}${piece}`);
  }
  // A list of the ledger's words; of anything else the items stay as they are.
  return text.includes(", ") ? text.split(", ").map((item) => word(item) ?? item).join("、") : text;
}

/** A sentence that comes in English alone, in both languages. */
export function inBoth(en: string): Both {
  return { en, zh: factInChinese(en) };
}

function fieldInChinese(field: string): string {
  return (table as Record<string, readonly [string, string]>)[`field.${field}`]?.[1] ?? field;
}

type Sentence = Pick<Refusal, "zh" | "field" | "found" | "expected">;

/** The whole sentence, as the node gives it, with its phrases in Chinese. */
export function refusalInChinese({ zh, field, found, expected }: Sentence): string {
  const said = joined(fieldInChinese(field), factInChinese(found), factInChinese(expected));
  return zh.replace(joined(field, found, expected), () => said);
}

/** What the ledger says of an alert: fields by their names, what was found and stated in Chinese. */
export function alertInChinese(zh: string): string {
  return zh
    .replace(ALERTS.found, (_, before: string, field: string, is: string, found: string) => before + fieldInChinese(field) + is + factInChinese(found))
    .replace(ALERTS.field, (_, before: string, field: string, after: string) => before + fieldInChinese(field) + after)
    .replace(ALERTS.stated, (_, before: string, stated: string) => before + factInChinese(stated));
}

/** A rule's no as the reader of trade files quotes it: rule, field, found, expected. */
const QUOTED = /^\w+ ([\w.]+): (.+) \((.+?)\)?$/s;

/** Why something of a trade file is doubted or refused, with a rule's words in Chinese. */
export function reasonInBoth({ code, en, zh, found }: Reason): Both {
  const [, field, is, expected] = (code === "rules_refuse" && QUOTED.exec(found)) || [];
  if (!field || !is || !expected) return { en, zh };
  const said = joined(fieldInChinese(field), factInChinese(is), factInChinese(expected));
  return { en, zh: zh.replace(found, () => said) };
}
