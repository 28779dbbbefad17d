// Places by their names.

import type { Both, Page, Subject } from "../api/types";
import { useGet } from "../api/use";
import { useTexts } from "../texts/use";

/** Reads `yard CNSUD/5150` or `vessel UN9912347` as people say it. */
export function usePlaces(): (text: string) => string {
  const { both, word } = useTexts();
  const places = useGet<Page<Subject<Both>>>("/v1/subjects/membership?prefix=place:&limit=500");
  const names = new Map(places.data?.items.map((item) => [item.subject.slice("place:".length), item.state]));
  return (text) => {
    const [spot = "", ...rest] = text.split(" ");
    const code = rest.join(" ");
    const name = names.get(code);
    return name ? both(name) : [word("spot", spot), code].filter(Boolean).join(" ");
  };
}
