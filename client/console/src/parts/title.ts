// The name of a page where browsers show it.

import { useEffect } from "react";

import { useTexts } from "../texts/use";

/** Names the page; anew when its name or the language changes. */
export function useTitle(name: string): void {
  const { t } = useTexts();
  const title = `${name} · ${t("app.name")}`;
  useEffect(() => {
    document.title = title;
  }, [title]);
}
