// The words as a component takes them.

import { useTranslation } from "react-i18next";

import { type Key, type Language, table } from ".";
import type { Both } from "../api/types";

type Values = Record<string, string | number>;

export interface Texts {
  /** A word of the table. */
  t: (key: Key, values?: Values) => string;
  /** A word of the ledger (`status`, `event`, …); where the table does not know it, as it came. */
  word: (group: string, name: string) => string;
  /** What the ledger says in both languages. */
  both: (text: Both) => string;
  language: Language;
}

/** The words in the language that is chosen. */
export function useTexts(): Texts {
  const { t, i18n } = useTranslation();
  const language: Language = i18n.language === "zh" ? "zh" : "en";
  return {
    t: (key, values) => t(key, values ?? {}),
    word: (group, name) => {
      const key = `${group}.${name}`;
      return key in table ? t(key) : name.replaceAll("_", " ");
    },
    both: (text) => text[language],
    language,
  };
}
