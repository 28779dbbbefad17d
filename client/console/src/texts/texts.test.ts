// No word is missing, none is left over, and the ledger's own words are all here.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

import { table } from ".";
import { factInChinese } from "../parts/facts";
import { phrases } from "./phrases";

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

test("every kind of entry, and every field of a record, has a word", () => {
  const sources = files(CONTRACTS, /\.rs$/).filter((path) => !/tests|\/testing\//.test(path)).map(read);
  const lists = (macro: string) => sources.flatMap((code) => [...code.matchAll(new RegExp(`^${macro}! \\{(.*?)^\\}`, "gms"))].map(([, list]) => list ?? ""));
  const kinds = lists("kinds").flatMap((list) => [...list.matchAll(/^ {4}\w+(?:\(\w+\))? "(\w+)"/gm)].map(([, name]) => name ?? ""));
  const fields = [...lists("part"), ...lists("body")].flatMap((list) => [...list.matchAll(/^ {8}\d+ (\w+):/gm)].map(([, name]) => name ?? ""));
  expect(kinds.length).toBeGreaterThan(90);
  expect(fields.length).toBeGreaterThan(500);
  expect(kinds.filter((name) => !(`entryKind.${name}` in table))).toEqual([]);
  expect([...new Set(fields)].filter((name) => !(`field.${name}` in table))).toEqual([]);
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

/** Who speaks in sentences that a page shows: where they stand, and what there is no such sentence. */
const SPEAKERS: { name: string; folder: string; sources: RegExp; except: RegExp; enough: number; own: string[] }[] = [
  {
    name: "the rules",
    folder: "../../../../contracts/src",
    sources: /\.rs$/,
    // Texts in both languages where they stand, and tests.
    except: /tests|\/testing\/|alerts\.rs|holds\.rs|deadlines\.rs|shapes\.rs|refusal\.rs/,
    enough: 450,
    own: [
      // Programs that call wrongly, and ledgers that no rule made: no rule's no.
      "there is no family '{}'", "there is no kind '{}'", "{}.{} schema", "{}.{} body", " at line ",
      "the parameter {} is missing", "the parameters are missing", "the parameter {} is {}", "the roster: {}",
      "the account {} is missing", "the application {} is missing", "the tank {} is missing", "the proposal {} is missing",
      // What is signed or hashed.
      "countersign position\\n{}\\n{}\\n{}\\n{}\\n{}\\n{}", "countersign key of ", "countersign validator key of ",
      "countersign guarantee live 1", "line statement", "too large",
      // Founding documents and later versions: the command line alone reads them.
      "the founding document cannot found a network: {}", "the parameter {} is missing or negative",
      "rules is {}, and the parameter {} is {}", "party {}: {}", "there is no role '{}'", "the key {} stands twice",
      "it stands twice", "a customs office of district '{}' is named GACC and a district of this document",
      "the place '{}' is not in this document", "the key {} cannot verify anything", "it has no key",
      "from height {} on the ledger is under version {} of the rules, and this program knows versions 1 to {}. Install a newer countersign and start it again: nothing is lost",
      "it is there for tests, and those of other crates need only a part of it",
      // The verifier's own words for the same are in the table.
      "{} is proven, expected a guarantee line", "drawdown {} is listed before one of a lower number",
      // What joins two phrases.
      " or ", " and ", " or {}",
    ],
  },
  {
    name: "the node",
    folder: "../../../../node/src/access",
    sources: /\.rs$/,
    // Pages of their own, in both languages; the node's door and its operator's own words.
    except: /tests|fuzz|verify_page|delivery_note|openapi|door\.rs|serve\.rs|console\.rs/,
    enough: 60,
    own: [
      // Titles, which have Chinese beside them, and what only the log or a header gets.
      "the request body cannot be read", "the form cannot be read", "the form is too large", "this content type is not taken",
      "the sequence of statements", "refusal {} is of no known rule", "this cannot be done here", "the request took too long",
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      "line {}: {}", "attachment; filename=\\\"line.statement\\\"", "attachment; filename=\\\"{}.receipt\\\"",
      "attachment; filename=\\\"state.proof\\\"", "text/plain; version=0.0.4; charset=utf-8",
      "the reader of pictures does not run: {}", "' or '", "the request body is malformed", "there is no such thing in the ledger",
      "who asks is not known", "the token is not good", "this is not for who asks", "too many requests",
      "the request cannot be understood", "too busy at the moment", "this node's disk is full", "a request failed: {}",
      "the node cannot answer", "that height has not been decided yet", "nobody signed the state before the first batch",
      "that height is not kept on this node", "the state of that height cannot be proven any more",
      // Chinese beside it.
      "show a token of your party: 'countersign token new --key KEY --genesis FILE' makes one; it goes into the header 'Authorization: Bearer'",
      // How the node is, which the network page says in its own words.
      "the ledger could not be written: check the disk, then restart", "no batch for {} s: too few validators may be running",
      "no other node is connected: check the peers and the firewall",
      "questions stay without an answer by an error in this program: {}", "the answer failed; the log has the reason",
    ],
  },
  {
    name: "the reader of tokens",
    folder: "../../../../contracts/record/src",
    sources: /token\.rs$/,
    except: /tests/,
    enough: 5,
    // Names of what is read.
    own: ["token protected header", "token claims"],
  },
  {
    name: "the verifier",
    folder: "../../../verifier/src",
    sources: /\.ts$/,
    // The steps of a check have both languages; the command line is no page.
    except: /\/node\/|report\.ts/,
    enough: 120,
    // The names of what is read stand within sentences; the last is hashed.
    own: ["line statement", "statement with receipts", "receipt context", "inclusion proof", "receipt protected header", "refusal record", "state code", "state proof", "statement protected header", "statement payload", "countersign guarantee live 1"],
  },
];

/** Every sentence in a source, `{}` for what is put in: a text of several words that is no comment. */
function sentences(source: string): string[] {
  const rust = source.endsWith(".rs");
  const code = (read(source).split("#[cfg(test)]\nmod tests")[0] ?? "")
    .replace(/#\[utoipa::path\([^]*?\)\]\npub/g, "pub")
    .replace(/#\[expect\([^]*?\)\]/g, "")
    .replace(rust ? /\/\/[^\n]*/g : /^\s*(\/\/|\/\*\*|\*)[^\n]*/gm, "");
  const quoted = rust ? /"((?:[^"\\]|\\[^])*)"/g : /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`([^`]*)`/g;
  return [...code.matchAll(quoted)]
    .map((found) => (found[1] ?? found[2] ?? found[3] ?? "").replace(/\\\n\s*/g, "").replace(rust ? /\{[^}]*\}/g : /\$\{[^}]*\}/g, "{}"))
    .filter((text) => / /.test(text) && /[a-z]{2}/.test(text.replaceAll("{}", "")) && !/[\u4e00-\u9fff]/.test(text));
}

const heard = SPEAKERS.map((speaker) => {
  const sources = files(fileURLToPath(new URL(speaker.folder, import.meta.url)), speaker.sources);
  return { ...speaker, said: new Set(sources.filter((path) => !speaker.except.test(path)).flatMap(sentences)) };
});

test.each(heard)("what $name may say has Chinese words", ({ said, own, enough }) => {
  const known = new Set([...phrases.map(([en]) => en), ...own]);
  expect(said.size).toBeGreaterThan(enough);
  expect([...said].filter((phrase) => !known.has(phrase))).toEqual([]);
  expect(own.filter((phrase) => !said.has(phrase))).toEqual([]);
});

test("no phrase is left over", () => {
  const said = heard.flatMap(({ said }) => [...said]);
  const made = new Set(said);
  // Phrases of one word, of pieces that are put together, and of remedies are not seen as sentences.
  const seen = (phrase: string) => made.has(phrase) || !/ /.test(phrase) || PIECED.has(phrase);
  expect(phrases.map(([en]) => en).filter((phrase) => !seen(phrase))).toEqual([]);
});

/** Put together from pieces, so that no source has them as one sentence. */
const PIECED = new Set([
  "{}: {}", "{} or {}", "{} and {}", "{}' or '{}",
  "{} containers", "{}, alone with {}", "{} and {} more", "{} (stated by {})",
  // One of two lists is empty.
  "missing: {}; not listed: ", "missing: ; not listed: {}",
  // A rule's sentence, as `refusal.rs` puts it together.
  "the signing key is not registered: {} is {}, expected {}; {} can put it right",
  "the signing key was revoked or replaced: {} is {}, expected {}; {} can put it right",
  "the party is suspended: {} is {}, expected {}; {} can put it right",
  // Of a token's digits, as the library says.
  "Invalid character '{}' at position {}", "Odd number of digits", "expected {}",
  "the party that signed", "the founders, by a vote",
]);

test("every word that the rules list has Chinese", () => {
  const sources = files(CONTRACTS, /\.rs$/).filter((path) => !/tests|\/testing\//.test(path));
  const lists = sources.flatMap((path) => [...read(path).matchAll(/^words! \{(.*?)^\}/gms)].map(([, list]) => list ?? ""));
  const words = lists.flatMap((list) => [...list.matchAll(/^ {8}\d+ \w+ = "([a-z_]+)"/gm)].map(([, word]) => word ?? ""));
  expect(words.length).toBeGreaterThan(100);
  expect(words.filter((word) => !/[\u4e00-\u9fff]/.test(factInChinese(word)))).toEqual([]);
});

test("phrases and their Chinese have the same placeholders", () => {
  const many = (text: string) => text.split("{}").length;
  for (const [en, zh] of phrases) {
    expect(many(zh), en).toBe(many(en));
    if (/[a-z]/.test(en)) expect(zh, en).toMatch(/[\u4e00-\u9fff]/);
  }
  expect(new Set(phrases.map(([en]) => en)).size).toBe(phrases.length);
});
