// The one line to the node, shared by all pages: what it brings makes what is shown be asked again.

import { useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";

import { type Line, listen } from "../api/live";
import type { BatchNews } from "../api/types";
import { onToken } from "./session";

interface Live {
  line: Line;
  /** The newest batch, and when it came here. */
  tip: { batch: BatchNews; at: number } | undefined;
  /** This machine's clock, renewed every second. */
  now: number;
}

const Context = createContext<Live>({
  line: { state: "opening", since: 0 },
  tip: undefined,
  now: 0,
});

/** How often at most the pages ask again, however much happens. */
const RENEW_MS_MIN = 1000;

/** Holds the line open. */
export function LiveLine({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [line, setLine] = useState<Line>({ state: "opening", since: Date.now() });
  const [tip, setTip] = useState<Live["tip"]>();
  const [now, setNow] = useState(() => Date.now());
  const [session, setSession] = useState(0);

  useEffect(() => onToken(() => setSession((n) => n + 1)), []);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    const stop = new AbortController();
    let due: ReturnType<typeof setTimeout> | undefined;
    let broken = false;
    const renew = () => {
      due ??= setTimeout(() => {
        due = undefined;
        void client.invalidateQueries({ queryKey: ["live"] });
      }, RENEW_MS_MIN);
    };
    const onLine = (next: Line) => {
      setLine(next);
      // What happened while the line was broken is not told where the node keeps it no more.
      if (next.state === "live" && broken) renew();
      broken = next.state === "broken";
    };
    const onBatch = (batch: BatchNews) => {
      setTip({ batch, at: Date.now() });
      if (batch.entries.length > 0 || batch.happenings.length > 0) renew();
    };
    void listen({ onBatch, onLine }, stop.signal);
    return () => {
      stop.abort();
      clearTimeout(due);
    };
  }, [client, session]);

  const value = useMemo(() => ({ line, tip, now }), [line, tip, now]);
  return <Context value={value}>{children}</Context>;
}

/** How the line stands, and the newest batch. */
export function useLive(): Live {
  return useContext(Context);
}
