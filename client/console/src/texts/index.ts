// Every word of the page, once, in both languages. A word that lacks one of them does not compile.

import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import { events } from "./events";
import { fields, values } from "./fields";
import { kinds } from "./kinds";
import { pages } from "./pages";
import { records } from "./records";
import { refused } from "./refused";
import { shell } from "./shell";
import { trade } from "./trade";
import { words } from "./words";

/** English, then Chinese. */
export type Table = Record<string, readonly [en: string, zh: string]>;

export const table = { ...shell, ...pages, ...trade, ...words, ...events, ...kinds, ...fields, ...records, ...refused, ...values } satisfies Table;

export type Key = keyof typeof table;
export type Language = "en" | "zh";

const LANGUAGE = "countersign.language";

function column(at: 0 | 1): Record<string, string> {
  return Object.fromEntries(Object.entries(table).map(([key, both]) => [key, both[at]]));
}

/** What was chosen before, or what the browser prefers. */
function first(): Language {
  const kept = localStorage.getItem(LANGUAGE);
  if (kept === "en" || kept === "zh") return kept;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** Switches the whole page. */
export function speak(language: Language): void {
  localStorage.setItem(LANGUAGE, language);
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  void i18next.changeLanguage(language);
}

/** Begins with the language of before. */
export function start(): void {
  const lng = first();
  void i18next.use(initReactI18next).init({
    lng,
    fallbackLng: false,
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    resources: { en: { translation: column(0) }, zh: { translation: column(1) } },
    initAsync: false,
  });
  speak(lng);
}
