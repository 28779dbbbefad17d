// The founding document: all that a check trusts. The node's own, or a file that somebody got from
// a party that he trusts; a file goes before what a node says.

import { BadGenesis, parseGenesis, type Genesis } from "countersign-verifier";
import { useSyncExternalStore } from "react";

import { useGetText } from "../api/use";

/** A founding document, and where it comes from. */
export interface Trust {
  genesis: Genesis;
  from: "node" | "file";
}

let own: Trust | undefined;
const listeners = new Set<() => void>();

function tell(next: Trust | undefined): void {
  own = next;
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Takes a founding document from a file, for as long as the page is open; a sentence where it is none. */
export function trust(text: string): string | undefined {
  try {
    tell({ genesis: parseGenesis(text), from: "file" });
    return undefined;
  } catch (cause) {
    if (cause instanceof BadGenesis) return cause.message;
    throw cause;
  }
}

/** What is trusted, once it is here; a sentence where the node's document is none. */
export function useTrust(): Trust | string | undefined {
  const file = useSyncExternalStore(listen, () => own);
  const { data } = useGetText("/v1/genesis");
  if (file) return file;
  if (data === undefined) return undefined;
  const known = parsed.get(data);
  if (known) return known;
  const fresh = read(data);
  parsed.set(data, fresh);
  return fresh;
}

const parsed = new Map<string, Trust | string>();

function read(text: string): Trust | string {
  try {
    return { genesis: parseGenesis(text), from: "node" };
  } catch (cause) {
    if (cause instanceof BadGenesis) return cause.message;
    throw cause;
  }
}
