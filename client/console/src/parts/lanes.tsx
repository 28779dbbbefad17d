// A story with a lane for each party: who stated what, one under the other in time.

import type { Happening } from "../api/types";
import { useTexts } from "../texts/use";
import { Nothing } from "./answer";
import { amount, isMoment, moment as clockTime } from "./format";
import { useValue } from "./sentence";
import { EntryLink, Party, When } from "./small";
import { facts, lanes, type Moment, story } from "./story";

const BAD = new Set(["held", "overdue", "doubted", "disputed", "revoked", "refused", "claimed", "expired"]);
const GOOD = new Set(["hold_cleared", "released", "written_off", "closed", "approved", "acknowledged"]);

/** Histories as lanes. With `of` each step names its subject. */
export function Lanes({ histories, of = false }: { histories: Happening[][]; of?: boolean }) {
  const { t } = useTexts();
  const moments = story(histories);
  const parties = lanes(moments);
  if (moments.length === 0) return <Nothing>{t("common.none")}</Nothing>;
  const clock = moments.some((moment) => moment.party === null);
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
    </div>
  );
}

/** A number as people read it. */
function figure(name: string, value: number): string {
  return amount(name, value) ?? (isMoment(value) ? clockTime(value) : String(value));
}

function Steps({ moment, of }: { moment: Moment; of: boolean }) {
  const { word } = useTexts();
  const said = useValue();
  return moment.events.map(({ subject, event }, at) => {
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
}
