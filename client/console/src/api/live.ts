// The line to the node: every batch as it becomes final. A line that breaks is taken up again where
// it broke, and says so meanwhile.

import { createParser } from "eventsource-parser";

import { headers } from "./http";
import type { BatchNews } from "./types";

/** How the line stands. `since` is when it came to stand so. */
export type Line =
  | { state: "opening"; since: number }
  | { state: "live"; since: number }
  | { state: "broken"; since: number; again: number }
  | { state: "closed"; since: number };

export interface Listener {
  onBatch: (batch: BatchNews) => void;
  onLine: (line: Line) => void;
}

const WAIT_MS_MIN = 500;
const WAIT_MS_MAX = 15_000;
/** The node says something every 15 s; a line that is silent for longer is broken. */
const SILENCE_MS_MAX = 40_000;

/** How long to wait before the n-th attempt in a row. */
export function wait(attempt: number): number {
  return Math.min(WAIT_MS_MIN * 2 ** attempt, WAIT_MS_MAX);
}

/** Listens until the signal says no more. */
export async function listen(listener: Listener, signal: AbortSignal): Promise<void> {
  let last: number | undefined;
  let attempt = 0;
  let broken: number | undefined;
  listener.onLine({ state: "opening", since: Date.now() });
  while (!signal.aborted) {
    try {
      await follow(signal, last, {
        open: () => {
          attempt = 0;
          broken = undefined;
          listener.onLine({ state: "live", since: Date.now() });
        },
        batch: (height, batch) => {
          last = height;
          listener.onBatch(batch);
        },
      });
    } catch (cause) {
      if (cause instanceof Closed) {
        listener.onLine({ state: "closed", since: Date.now() });
        return;
      }
      // A batch that the node keeps no more: begin with the next one.
      if (cause instanceof Gone) last = undefined;
    }
    if (signal.aborted) return;
    broken ??= Date.now();
    const pause = wait(attempt++);
    listener.onLine({ state: "broken", since: broken, again: Date.now() + pause });
    await pauseOrOnline(pause);
  }
}

/** Waits, but not longer than until the network is back. */
function pauseOrOnline(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener("online", done);
  });
}

/** Who asks may not listen: another attempt would not help. */
class Closed extends Error {}
class Gone extends Error {}

interface Hears {
  open: () => void;
  batch: (height: number, batch: BatchNews) => void;
}

async function follow(signal: AbortSignal, last: number | undefined, hears: Hears): Promise<void> {
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), SILENCE_MS_MAX);
  const stop = () => silent.abort();
  signal.addEventListener("abort", stop);
  // A browser tells at once that its machine has no network; the connection itself may seem whole.
  window.addEventListener("offline", stop);
  try {
    const seen: Record<string, string> = last === undefined ? {} : { "last-event-id": String(last) };
    const response = await fetch("/v1/events", { headers: headers(seen), signal: silent.signal });
    if (response.status === 401 || response.status === 403) throw new Closed();
    if (response.status === 410) throw new Gone();
    if (!response.ok || !response.body) throw new Error(String(response.status));
    hears.open();
    const parser = createParser({
      onEvent: (event) => {
        if (event.event === "batch") hears.batch(Number(event.id), JSON.parse(event.data) as BatchNews);
      },
    });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(), SILENCE_MS_MAX);
      parser.feed(value);
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    window.removeEventListener("offline", stop);
  }
}
