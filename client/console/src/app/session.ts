// Who sits before the page: on a guarded node a token of the party, kept for this tab alone.

const KEY = "countersign.token";
const listeners = new Set<() => void>();

/** The token, if one was given. */
export function token(): string | null {
  return sessionStorage.getItem(KEY);
}

/** Takes a token, or forgets it. */
export function setToken(text: string | null): void {
  if (text) sessionStorage.setItem(KEY, text.trim());
  else sessionStorage.removeItem(KEY);
  for (const tell of listeners) tell();
}

/** Tells when the token changes. */
export function onToken(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}
