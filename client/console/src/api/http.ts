// Asking the node that served this page. What it refuses, it says in both languages.

import { token } from "../app/session";
import { table } from "../texts";
import type { Both } from "./types";

/** A "no" of the node, or that there was no answer (`status` 0). */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly title: Both,
    readonly detail: string,
    readonly rule?: number,
  ) {
    super(`${status} ${title.en}: ${detail}`);
  }

  /** Whether the caller has to say who it is. */
  get needsToken(): boolean {
    return this.status === 401;
  }
}

interface Problem {
  title?: string;
  title_zh?: string;
  detail?: string;
  refusal?: { rule: number; en?: string; zh?: string };
}

/** The request as this session makes it. */
export function headers(extra: Record<string, string> = {}): Record<string, string> {
  const own = token();
  return own ? { authorization: `Bearer ${own}`, ...extra } : extra;
}

async function ask(path: string, signal?: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { headers: headers(), ...(signal ? { signal } : {}) });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    const [en, zh] = table["state.noAnswer"];
    throw new Refused(0, { en, zh }, path);
  }
  if (response.ok) return response;
  throw await refusal(response);
}

async function refusal(response: Response): Promise<Refused> {
  const said = (await response.json().catch(() => ({}))) as Problem;
  const title = { en: said.title ?? response.statusText, zh: said.title_zh ?? response.statusText };
  return new Refused(response.status, title, said.detail ?? "", said.refusal?.rule);
}

/** A document as the node gives it. */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await ask(path, signal)).json() as Promise<T>;
}

/** A document whose very bytes matter. */
export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  return (await ask(path, signal)).text();
}

/** A file: a proof, a receipt. */
export async function getBytes(path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await ask(path)).arrayBuffer());
}

/** Hands a signed statement in; answers with the bytes of the answer. */
export async function postCose(path: string, statement: Uint8Array): Promise<Uint8Array> {
  let response: Response;
  try {
    const own = headers({ "content-type": "application/cose" });
    response = await fetch(path, { method: "POST", headers: own, body: statement.slice() });
  } catch {
    const [en, zh] = table["state.noAnswer"];
    throw new Refused(0, { en, zh }, path);
  }
  if (!response.ok) throw await refusal(response);
  return new Uint8Array(await response.arrayBuffer());
}

/** Hands a file to whoever sits before the page. */
export function save(bytes: Uint8Array, name: string): void {
  const url = URL.createObjectURL(new Blob([bytes.slice()], { type: "application/octet-stream" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** One segment of a path. */
export function segment(name: string): string {
  return encodeURIComponent(name);
}
