// No word is missing, none is left over, and the ledger's own words are all here.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

import { table } from ".";
import { facts } from "./facts";

const SOURCE = fileURLToPath(new URL("..", import.meta.url));
const CONTRACTS = fileURLToPath(new URL("../../../../contracts/src", import.meta.url));

function files(folder: string, end: RegExp): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return files(path, end);
    return end.test(name) ? [path] : [];
  });
}

const read = (path: string) => readFileSync(path, "utf8");
const code = files(SOURCE, /\.tsx?$/)
  .filter((path) => !path.endsWith(".test.ts") && (!path.includes("/texts/") || path.endsWith("use.ts")))
  .map(read)
  .join("\n");
const keys = Object.keys(table);

test("both languages have every word", () => {
  const chinese = /[\u4e00-\u9fff]/;
  const same = new Set(["language.other", "language.switch"]);
  for (const [key, [en, zh]] of Object.entries(table)) {
    if (same.has(key)) continue;
    expect(en, key).not.toMatch(chinese);
    expect(zh, key).toMatch(chinese);
  }
});

test("both languages take the same values", () => {
  const values = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((m) => m[1]).sort();
  for (const [key, [en, zh]] of Object.entries(table)) expect(values(en), key).toEqual(values(zh));
});

test("no word is left over", () => {
  const groups = new Set([...code.matchAll(/(?:word|known)\("(\w+)"/g), ...code.matchAll(/group="(\w+)"/g)].map((m) => m[1]));
  const unused = keys.filter((key) => !code.includes(`"${key}"`) && !groups.has(key.split(".")[0]));
  expect(unused).toEqual([]);
});

test("no text stands in the code itself", () => {
  expect([...code.matchAll(/[\u4e00-\u9fff]+/g)].map((m) => m[0])).toEqual([]);
});

/** `GatedIn` as `gated_in`. */
const snake = (name: string) => name.replace(/(?<!^)(?=[A-Z])/g, "_").toLowerCase();

test("every event of the families has a word", () => {
  const events = files(CONTRACTS, /\.rs$/).filter((path) => /\/events(\/|\.rs)/.test(path));
  const names = events.flatMap((path) =>
    [...read(path).matchAll(/pub enum \w+Event \{(.*?)\n\}/gs)].flatMap(([, body = ""]) =>
      [...body.matchAll(/^ {4}(\w+)(?: \{|,|\()/gm)].map((m) => snake(m[1] ?? "")),
    ),
  );
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name) => !(`event.${name}` in table))).toEqual([]);
});

test("everybody who can put something right has a name", () => {
  const refusal = read(join(CONTRACTS, "refusal.rs"));
  const names = [...refusal.matchAll(/^ {4}\w+ "(\w+)": "[^"]+", "[^"]+";/gm)].map((m) => m[1]);
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !(`remedy.${name}` in table))).toEqual([]);
});

test("every kind of alert has a word", () => {
  const alerts = files(CONTRACTS, /alerts\.rs$/).map(read).join("\n");
  const holds = read(join(CONTRACTS, "combined_port/holds.rs"));
  const names = [
    ...[...alerts.matchAll(/kind: "(\w+)"/g)].map((m) => m[1]),
    ...[...holds.matchAll(/^ {8}\d+ \w+ "(\w+)"/gm)].map((m) => m[1]),
  ];
  expect(names.length).toBeGreaterThan(25);
  expect(names.filter((name) => !(`alert.${name}` in table))).toEqual([]);
});

test("whatever a trade file may lack has a word", () => {
  const reasons = read(fileURLToPath(new URL("../../../src/import/reason.rs", import.meta.url)));
  const names = [...reasons.matchAll(/^ {4}Needs\w+ "(\w+)"/gm)].map((m) => m[1]);
  expect(names.length).toBeGreaterThan(8);
  // The cell in which a box stands is the sender's alone to say: the ledger's sentence says so.
  expect(names.filter((name) => !(`need.${name}` in table))).toEqual(["needs_stowage"]);
});

/** Sources in which rules are checked, of the families whose phrases are all in Chinese. */
const PHRASED = /\/(combined_port|family|identifiers|evidence)\/|\/(entry|execute)\.rs$/;
/** Files whose texts are in both languages where they stand, or are no refusals. */
const OWN_CHINESE = /tests|alerts\.rs|holds\.rs|deadlines\.rs|shapes\.rs|\/state|\/bodies|kinds\.rs|\/events/;
/** Faults of an encoding and a text that is signed: they are no facts of a refusal. */
const NO_FACTS = new Set([
  " or ",
  "there is no family '{}'", "there is no kind '{}'", "{}.{} schema", "{}.{} body",
  "countersign position\\n{}\\n{}\\n{}\\n{}\\n{}\\n{}",
]);

test("what the rules of the ports find and expect has Chinese words", () => {
  const known = new Set(facts.map(([en]) => en));
  const sources = files(CONTRACTS, /\.rs$/).filter((path) => PHRASED.test(path) && !OWN_CHINESE.test(path));
  const phrases = sources.flatMap((path) => {
    const code = (read(path).split("#[cfg(test)]\nmod tests {")[0] ?? "").replace(/\/\/[^\n]*/g, "");
    const literals = [...code.matchAll(/"((?:[^"\\]|\\[^])*)"/g)].map((m) => (m[1] ?? "").replace(/\\\n\s*/g, ""));
    return literals.map((text) => text.replace(/\{[^}]*\}/g, "{}")).filter((text) => / /.test(text) && /[a-z]{2}/.test(text.replaceAll("{}", "")));
  });
  expect(phrases.length).toBeGreaterThan(100);
  expect([...new Set(phrases)].filter((phrase) => !known.has(phrase) && !NO_FACTS.has(phrase))).toEqual([]);
});

test("phrases and their Chinese have the same placeholders", () => {
  const many = (text: string) => text.split("{}").length;
  for (const [en, zh] of facts) {
    expect(many(zh), en).toBe(many(en));
    expect(zh, en).toMatch(/[\u4e00-\u9fff]/);
  }
  expect(new Set(facts.map(([en]) => en)).size).toBe(facts.length);
});
