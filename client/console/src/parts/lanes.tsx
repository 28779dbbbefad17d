// A story with a lane for each party: who stated what, one under the other in time.

import { Button } from "antd";
import { useState } from "react";

import type { Happening } from "../api/types";
import { useTexts } from "../texts/use";
import { Nothing } from "./answer";
import { amount, isMoment, moment as clockTime } from "./format";
import { useValue } from "./sentence";
import { EntryLink, Party, When } from "./small";
import { facts, lanes, type Moment, story } from "./story";

/** How many steps, and events of one step, are written out before somebody asks for more. */
const MOMENTS_SHOWN = 100;
const EVENTS_SHOWN = 40;

const BAD = new Set(["held", "overdue", "doubted", "disputed", "revoked", "refused", "claimed", "expired"]);
const GOOD = new Set(["hold_cleared", "released", "written_off", "closed", "approved", "acknowledged"]);

/** Histories as lanes. With `of` each step names its subject. */
export function Lanes({ histories, of = false }: { histories: Happening[][]; of?: boolean }) {
  const { t } = useTexts();
  const [most, setMost] = useState(MOMENTS_SHOWN);
  const all = story(histories);
  const parties = lanes(all);
  const moments = all.slice(0, most);
  if (moments.length === 0) return <Nothing>{t("common.none")}</Nothing>;
  const clock = all.some((moment) => moment.party === null);
  return (
    <div className="lanes" tabIndex={0} role="region" aria-label={t("common.history")}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("common.final")}</th>
            {parties.map((party) => (
              <th scope="col" key={party}>
                <Party id={party} />
              </th>
            ))}
            {clock && <th scope="col">{t("common.clock")}</th>}
          </tr>
        </thead>
        <tbody>
          {moments.map((moment) => (
            <tr key={`${moment.height}/${moment.entry ?? ""}`}>
              <td className="at">
                {moment.at === undefined ? null : <When at={moment.at} />}
                <div>
                  {t("common.height")} {moment.height} · <EntryLink id={moment.entry} />
                </div>
              </td>
              {parties.map((party) => (
                <td key={party}>{moment.party === party && <Steps moment={moment} of={of} />}</td>
              ))}
              {clock && <td>{moment.party === null && <Steps moment={moment} of={of} />}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      <More n={all.length - moments.length} onMore={() => setMost(most + MOMENTS_SHOWN)} />
    </div>
  );
}

/** What is not written out, and the button that does. */
function More({ n, onMore }: { n: number; onMore: () => void }) {
  const { t } = useTexts();
  if (n <= 0) return null;
  return (
    <Button size="small" type="link" onClick={onMore}>
      {t("common.more", { n })}
    </Button>
  );
}

/** A number as people read it. */
function figure(name: string, value: number): string {
  return amount(name, value) ?? (isMoment(value) ? clockTime(value) : String(value));
}

function Steps({ moment, of }: { moment: Moment; of: boolean }) {
  const { word } = useTexts();
  const said = useValue();
  const [most, setMost] = useState(EVENTS_SHOWN);
  const steps = moment.events.slice(0, most).map(({ subject, event }, at) => {
    const tone = BAD.has(event.event) ? "bad" : GOOD.has(event.event) ? "good" : "";
    return (
      <div className="step" key={at}>
        <span className={`name ${tone}`}>{word("event", event.event)}</span>
        {of && <span className="quiet"> {subject.split(":").slice(1).join(":")}</span>}
        <div className="what">
          {facts(event)
            .map(({ name, value }) => `${word("field", name)} ${typeof value === "string" ? said(name, value) : figure(name, value)}`)
            .join(" · ")}
        </div>
      </div>
    );
  });
  return (
    <>
      {steps}
      <More n={moment.events.length - steps.length} onMore={() => setMost(most + MOMENTS_SHOWN)} />
    </>
  );
}
