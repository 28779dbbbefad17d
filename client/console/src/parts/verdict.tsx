// Yes or no in one word, and the fact behind it.

import {
  CheckCircleFilled,
  CloseCircleFilled,
  LogoutOutlined,
  QuestionCircleFilled,
} from "@ant-design/icons";
import type { ReactNode } from "react";

import { useLive } from "../app/live";
import type { BoxAnswer } from "../api/types";
import type { Answer } from "../api/use";
import { useTexts } from "../texts/use";
import { Shown } from "./answer";
import { usePlaces } from "./places";
import { useRefusals } from "./sentence";
import { Deadline, Facts, Mark } from "./small";

/** The answer about a box. */
export function Verdict({ no, of }: { no: string; of: Answer<BoxAnswer> }) {
  const { t } = useTexts();
  if (of.error?.status === 404) {
    return (
      <Word tone="off" icon={<QuestionCircleFilled aria-hidden />} word={t("wharf.unknown")} no={no}>
        <p>{t("wharf.unknownMeans")}</p>
      </Word>
    );
  }
  return <Shown of={of}>{(answer) => <Said answer={answer} />}</Shown>;
}

function Said({ answer }: { answer: BoxAnswer }) {
  const { t, word } = useTexts();
  const move = word("move", answer.next_move);
  if (answer.allowed) {
    return (
      <Word tone="good" icon={<CheckCircleFilled aria-hidden />} word={t("wharf.yes")} no={answer.container_no}>
        <p>{t("wharf.yesMeans", { move })}</p>
        <About answer={answer} />
      </Word>
    );
  }
  if (answer.next_move === "none") {
    return (
      <Word tone="off" icon={<LogoutOutlined aria-hidden />} word={t("wharf.left")} no={answer.container_no}>
        <p>{t("wharf.leftMeans")}</p>
        <About answer={answer} />
      </Word>
    );
  }
  return (
    <Word tone="bad" icon={<CloseCircleFilled aria-hidden />} word={t("wharf.no")} no={answer.container_no}>
      <Blocking answer={answer} />
      <About answer={answer} />
    </Word>
  );
}

function Word(props: { tone: string; icon: ReactNode; word: string; no: string; children: ReactNode }) {
  return (
    <div className={`verdict ${props.tone}`} role="status" data-verdict={props.tone}>
      <div>
        <div className="word">
          {props.icon}
          <span>{props.word}</span>
        </div>
        <div className="figure">{props.no}</div>
      </div>
      <div className="why">{props.children}</div>
    </div>
  );
}

function Blocking({ answer }: { answer: BoxAnswer }) {
  const { t, word } = useTexts();
  const { now } = useLive();
  const { said, fact } = useRefusals();
  const move = word("move", answer.next_move);
  const blocking = answer.blocking;
  if (!blocking) return <p>{t("wharf.noMeans", { move })}</p>;
  return (
    <>
      <p>{said(blocking)}</p>
      <Facts
        items={[
          [t("wharf.who"), <b key="w">{word("remedy", blocking.remedy)}</b>],
          [
            t("wharf.byWhen"),
            answer.deadline === null ? (
              <span className="quiet">{t("wharf.noDeadline")}</span>
            ) : (
              <Deadline at={answer.deadline} now={now} />
            ),
          ],
          [t("wharf.blocks"), <b key="f">{word("field", blocking.field)}</b>],
          [t("wharf.found"), fact(blocking.found)],
          [t("wharf.expected"), fact(blocking.expected)],
        ]}
      />
    </>
  );
}

function About({ answer }: { answer: BoxAnswer }) {
  const { t, word } = useTexts();
  const { now } = useLive();
  const place = usePlaces();
  const wanted = answer.inspection;
  return (
    <Facts
      items={[
        [t("common.status"), word("status", answer.status)],
        [t("common.place"), place(answer.place)],
        ...(wanted
          ? ([
              [
                t("wharf.inspection"),
                <span key="i">
                  <Mark tone="wait">{word("check", wanted.check_type)}</Mark>{" "}
                  {wanted.slot_no ? t("wharf.slot", { slot: wanted.slot_no }) : t("wharf.noSlot")} ·{" "}
                  <Deadline at={wanted.due} now={now} />
                </span>,
              ],
            ] as [string, ReactNode][])
          : []),
      ]}
    />
  );
}
