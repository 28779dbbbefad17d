// Sentences of the ledger name parties by their numbers; people know them by their names.

import type { Refusal } from "../api/types";
import { useParties } from "../api/use";
import { useTexts } from "../texts/use";
import { factInChinese, refusalInChinese } from "./facts";

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
