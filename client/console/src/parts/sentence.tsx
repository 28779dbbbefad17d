// Sentences of the ledger name parties by their numbers; people know them by their names.

import type { Both, Refusal } from "../api/types";
import { useParties } from "../api/use";
import { useTexts } from "../texts/use";
import { alertInChinese, factInChinese, GROUPS, refusalInChinese } from "./facts";

/** Puts names in the place of the numbers that are known. */
export function useNamed(): (text: string) => string {
  const { both } = useTexts();
  const parties = useParties();
  return (text) =>
    text.replace(/\b(?:[0-9A-Z]{18}|GACC\d{4})\b/g, (id) => {
      const party = parties.data?.get(id);
      return party ? both(party.names) : id;
    });
}

export interface Refusals {
  /** The whole sentence. */
  said: (refusal: Refusal) => string;
  /** What was found or expected. */
  fact: (text: string) => string;
}

/** Refusals in the language that is chosen, parties by their names. */
export function useRefusals(): Refusals {
  const { language } = useTexts();
  const named = useNamed();
  const zh = language === "zh";
  return {
    said: (refusal) => named(zh ? refusalInChinese(refusal) : refusal.en),
    fact: (text) => named(zh ? factInChinese(text) : text),
  };
}

/** What an alert says, in the language that is chosen, without the subject that stands beside it. */
export function useAlertText(): (alert: Both & { subject: string }) => string {
  const { language } = useTexts();
  const named = useNamed();
  return ({ subject, en, zh }) => {
    const text = language === "zh" ? alertInChinese(zh) : en;
    const begins = [`${subject}: `, `${subject}：`].find((begin) => text.startsWith(begin)) ?? "";
    return named(text.slice(begins.length));
  };
}

/** What may be a word of the ledger's own lists. */
const WORD = /^[a-z]+(_[a-z]+)*$/;
/** Fields whose values are a rule's phrases. */
const PHRASES = new Set(["found", "expected"]);

/** A value of a record or an event: a name of a field, a phrase, a word, or as it came. */
export function useValue(): (name: string, value: string) => string {
  const { word, known } = useTexts();
  const { fact } = useRefusals();
  return (name, value) => {
    if (name === "field") return word("field", value);
    if (PHRASES.has(name)) return fact(value);
    if (!WORD.test(value)) return value;
    const group = GROUPS.find((group) => known(group, value) !== undefined) ?? "value";
    return word(group, value);
  };
}
