// The party's key, opened in this page and held by it alone: never stored, never sent.

import { type Key, loadKey, signToken } from "countersign-verifier/sign";

import { getJson, Refused } from "../api/http";
import type { Subject } from "../api/types";
import { setToken } from "./session";

/** A key, and the party that registered it. */
export interface Own {
  key: Key;
  party: string;
}

/** How long a token is good that the page makes for itself. */
const TOKEN_LIFE_S = 8n * 3600n;
/** Clocks differ a little: a token from the future is refused. */
const TOKEN_BEFORE_S = 30n;

let own: Own | undefined;
const listeners = new Set<() => void>();

/** The key, once one was opened. */
export function ownKey(): Own | undefined {
  return own;
}

/** Tells when a key was opened or put away. */
export function onKey(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

function set(next: Own | undefined): void {
  own = next;
  for (const tell of listeners) tell();
}

/**
 * Opens a key file, and signs in with it where the node asks who calls. Throws `BadKey` where file
 * and passphrase do not fit, and what the node says where it does not know the key.
 */
export async function openKey(pem: string, passphrase: string, networkId: string, guarded: boolean): Promise<void> {
  const key = await loadKey(pem, passphrase === "" ? undefined : passphrase);
  const nowS = BigInt(Math.floor(Date.now() / 1000));
  if (guarded) setToken(signToken(networkId, nowS - TOKEN_BEFORE_S, nowS + TOKEN_LIFE_S, key));
  try {
    const known = await getJson<Subject<{ party: string }>>(`/v1/subjects/membership/key%3A${key.kid}`);
    set({ key, party: known.state.party });
  } catch (cause) {
    if (guarded && cause instanceof Refused) setToken(null);
    throw cause;
  }
}

/** Takes a token that somebody made elsewhere, once the node has taken it. Throws why it does not. */
export async function tryToken(text: string): Promise<void> {
  await getJson("/v1/status", undefined, text.trim());
  setToken(text);
}

/** Puts the key away. */
export function forgetKey(): void {
  set(undefined);
}
