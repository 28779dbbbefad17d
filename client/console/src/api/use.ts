// Documents of the node as a component takes them: kept, renewed when something has happened.

import { keepPreviousData, useQuery, type UseQueryResult } from "@tanstack/react-query";

import { Refused, getJson, getText } from "./http";
import type { Both, Page, Party, Subject } from "./types";

export type Answer<T> = UseQueryResult<T, Refused>;

/** Another attempt helps where the node did not answer or had too much to do. */
function again(attempt: number, cause: Refused): boolean {
  return attempt < 2 && (cause.status === 0 || cause.status === 429 || cause.status >= 500);
}

interface Options {
  /** It never changes. */
  fixed?: boolean;
  /** While another page of a list is on its way, the one before stays. */
  turned?: boolean;
}

/** A document; nothing is asked where there is no path. */
export function useGet<T>(path: string | null, { fixed = false, turned = false }: Options = {}): Answer<T> {
  return useQuery<T, Refused>({
    queryKey: [fixed ? "fixed" : "live", path],
    queryFn: ({ signal }) => getJson<T>(path ?? "", signal),
    enabled: path !== null,
    retry: again,
    staleTime: fixed ? Infinity : 0,
    ...(turned ? { placeholderData: keepPreviousData } : {}),
  });
}

/** What the node says about something that was handed to it: asked once, kept as long as it is shown. */
export function useAsked<T>(key: string[], ask: (signal: AbortSignal) => Promise<T>): Answer<T> {
  return useQuery<T, Refused>({
    queryKey: ["asked", ...key],
    queryFn: ({ signal }) => ask(signal),
    retry: again,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
}

/** A text that never changes. */
export function useGetText(path: string): Answer<string> {
  return useQuery<string, Refused>({
    queryKey: ["fixed", "text", path],
    queryFn: ({ signal }) => getText(path, signal),
    retry: again,
    staleTime: Infinity,
  });
}

const PARTIES_PAGES_MAX = 20;

async function allParties(signal: AbortSignal): Promise<Map<string, Party>> {
  const parties = new Map<string, Party>();
  let after: string | null = null;
  for (let page = 0; page < PARTIES_PAGES_MAX; page++) {
    const more: string = after ? `&after=${encodeURIComponent(after)}` : "";
    const found: Page<Subject<Party>> = await getJson(`/v1/parties?limit=500${more}`, signal);
    for (const item of found.items) parties.set(item.subject.slice("party:".length), item.state);
    after = found.next;
    if (!after) break;
  }
  return parties;
}

/** All parties that the caller sees, by their numbers. */
export function useParties(): Answer<Map<string, Party>> {
  return useQuery<Map<string, Party>, Refused>({
    queryKey: ["parties"],
    queryFn: ({ signal }) => allParties(signal),
    staleTime: 300_000,
    retry: again,
  });
}

/** The names of a party; its number where the ledger does not tell. */
export function useName(id: string): Both {
  const parties = useParties();
  return parties.data?.get(id)?.names ?? { en: id, zh: id };
}
