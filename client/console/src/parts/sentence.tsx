// Sentences of the ledger name parties by their numbers; people know them by their names.

import { useParties } from "../api/use";
import { useTexts } from "../texts/use";

/** Puts names in the place of the numbers that are known. */
export function useNamed(): (text: string) => string {
  const { both } = useTexts();
  const parties = useParties();
  return (text) =>
    text.replace(/\b(?:[0-9A-Z]{18}|GACC\d{4})\b/g, (id) => {
      const party = parties.data?.get(id);
      return party ? both(party.names) : id;
    });
}
