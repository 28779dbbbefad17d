// Something that asks the node and may be refused: once at a time, and a refusal is said.

import { App } from "antd";
import { NotSigned } from "countersign-verifier/sign";
import { useState } from "react";

import { Refused, refusalText } from "../api/http";
import { useTexts } from "../texts/use";
import { inBoth } from "./facts";
import { useNamed } from "./sentence";

/** How long a refusal stands, seconds: it is a sentence or two. */
const SHOWN_S = 12;

export interface Task {
  busy: boolean;
  run: (work: () => Promise<void>) => void;
}

export function useTask(): Task {
  const { both } = useTexts();
  const named = useNamed();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch (cause) {
      if (cause instanceof Refused) void message.error(named(both(refusalText(cause))), SHOWN_S);
      else if (cause instanceof NotSigned) void message.error(both(inBoth(cause.message)), SHOWN_S);
      else throw cause;
    } finally {
      setBusy(false);
    }
  };
  return { busy, run: (work) => void run(work) };
}
