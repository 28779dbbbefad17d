// Asking the node that served this page. What it refuses, it says in both languages.

import { token } from "../app/session";
import { factInChinese, refusalInChinese } from "../parts/facts";
import { table } from "../texts";
import type { Both, Refusal } from "./types";

/** A "no" of the node, or that there was no answer (`status` 0). */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly title: Both,
    readonly detail: Both,
    /** The action that a rule refused, counted from 0. */
    readonly action?: number,
    /** The field that the rule looked at. */
    readonly field?: string,
  ) {
    super(`${status} ${title.en}: ${detail.en}`);
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
  detail_zh?: string;
  action?: number;
  refusal?: Refusal;
}

/** The request as this session makes it, or as one with another token would. */
export function headers(extra: Record<string, string> = {}, own: string | null = token()): Record<string, string> {
  return own ? { authorization: `Bearer ${own}`, ...extra } : extra;
}

async function ask(path: string, request: RequestInit = { headers: headers() }): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, request);
  } catch (cause) {
    if (request.signal?.aborted) throw cause;
    const [en, zh] = table["state.noAnswer"];
    throw new Refused(0, { en, zh }, { en: path, zh: path });
  }
  if (response.ok) return response;
  throw await refusal(response);
}

function reading(signal?: AbortSignal, other?: string): RequestInit {
  return { headers: headers({}, other), ...(signal ? { signal } : {}) };
}

async function refusal(response: Response): Promise<Refused> {
  const said = (await response.json().catch(() => ({}))) as Problem;
  // What stands between the page and its node answers without a problem document.
  const [en, zh] = table["state.noProblem"].map((text) => text.replace("{{status}}", String(response.status)));
  const title = { en: said.title ?? en ?? "", zh: said.title_zh ?? zh ?? "" };
  const detail = { en: said.detail ?? "", zh: inChinese(said) };
  return new Refused(response.status, title, detail, said.action, said.refusal?.field);
}

function inChinese({ refusal, detail, detail_zh }: Problem): string {
  return refusal ? refusalInChinese(refusal) : (detail_zh ?? factInChinese(detail ?? ""));
}

/** A document as the node gives it. */
export async function getJson<T>(path: string, signal?: AbortSignal, token?: string): Promise<T> {
  return (await ask(path, reading(signal, token))).json() as Promise<T>;
}

/** A document whose very bytes matter. */
export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  return (await ask(path, reading(signal))).text();
}

/** A file: a proof, a receipt. */
export async function getBytes(path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await ask(path)).arrayBuffer());
}

/** Hands a signed statement in; answers with the bytes of the answer. */
export async function postCose(path: string, statement: Uint8Array): Promise<Uint8Array> {
  const response = await ask(path, posting(statement, "application/cose"));
  return new Uint8Array(await response.arrayBuffer());
}

/** Hands a file over to be looked at; answers with what the node says about it. */
export async function postFile<T>(path: string, file: Uint8Array, signal: AbortSignal): Promise<T> {
  return (await ask(path, { ...posting(file, "application/octet-stream"), signal })).json() as Promise<T>;
}

function posting(body: Uint8Array, kind: string): RequestInit {
  return { method: "POST", headers: headers({ "content-type": kind }), body: body.slice() };
}

/** What was refused, in a sentence. */
export function refusalText({ title, detail }: Refused): Both {
  const join = (a: string, b: string) => (b ? `${a}: ${b}` : a);
  return { en: join(title.en, detail.en), zh: join(title.zh, detail.zh) };
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
