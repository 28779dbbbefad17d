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
  /** The same; nothing where the table does not know it. */
  known: (group: string, name: string) => string | undefined;
  /** What the ledger says in both languages. */
  both: (text: Both) => string;
  language: Language;
}

/** The words in the language that is chosen. */
export function useTexts(): Texts {
  const { t, i18n } = useTranslation();
  const language: Language = i18n.language === "zh" ? "zh" : "en";
  const known = (group: string, name: string) => {
    const key = `${group}.${name}`;
    return key in table ? t(key) : undefined;
  };
  return {
    t: (key, values) => t(key, values ?? {}),
    word: (group, name) => known(group, name) ?? name.replaceAll("_", " "),
    known,
    both: (text) => text[language],
    language,
  };
}
