// As of when: now, a height, or a day and time, for which the height is looked up.

import { Button, Input } from "antd";
import { type FormEvent, useState } from "react";

import { getJson } from "../api/http";
import type { Batch, Page } from "../api/types";
import { useTexts } from "../texts/use";
import { useTask } from "./task";

/** Times are typed as the clocks of the port show them. */
const ZONE = "+08:00";

/** The time of a batch; nothing where the node keeps it no more. */
async function timeOf(height: number): Promise<number | undefined> {
  const page = await getJson<Page<Batch>>(`/v1/batches?from=${height}&limit=1`);
  const found = page.items[0];
  return found?.header.height === height ? found.header.time : undefined;
}

/** The last height of which the time had come, by halving; at the least 1. */
export async function heightAt(time: number, tip: number, at: (height: number) => Promise<number | undefined> = timeOf): Promise<number> {
  let [low, high] = [1, tip];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const of = await at(middle);
    // What is kept no more is early.
    if (of === undefined || of <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

interface Props {
  tip: number;
  chosen: number | undefined;
  onChosen: (height: number | undefined) => void;
}

export function AsOf({ tip, chosen, onChosen }: Props) {
  const { t } = useTexts();
  const { busy, run } = useTask();
  const [height, setHeight] = useState("");
  const [moment, setMoment] = useState("");
  const show = (event: FormEvent) => {
    event.preventDefault();
    const time = Date.parse(`${moment}:00${ZONE}`);
    if (height !== "") onChosen(Math.min(Number(height), tip));
    else if (!Number.isNaN(time)) run(async () => onChosen(await heightAt(time, tip)));
  };
  return (
    <form className="of-row" onSubmit={show}>
      <Input
        size="small"
        type="number"
        min={1}
        max={tip}
        aria-label={t("asOf.height")}
        placeholder={t("asOf.height")}
        value={height}
        onChange={(event) => (setHeight(event.target.value), setMoment(""))}
      />
      <Input
        size="small"
        type="datetime-local"
        aria-label={t("asOf.time")}
        value={moment}
        onChange={(event) => (setMoment(event.target.value), setHeight(""))}
      />
      <Button size="small" htmlType="submit" loading={busy} disabled={height === "" && moment === ""}>
        {t("asOf.show")}
      </Button>
      {chosen !== undefined && (
        <Button size="small" type="link" onClick={() => onChosen(undefined)}>
          {t("asOf.now")}
        </Button>
      )}
    </form>
  );
}
