// "May this box leave?", and the board of the gate.

import { Button, Input, Segmented, Select } from "antd";
import { useState } from "react";
import { Link, useLocation } from "wouter";

import { useLive } from "../app/live";
import type { Both, BoxAnswer, BoxRow, Page, Subject } from "../api/types";
import { segment } from "../api/http";
import { useGet } from "../api/use";
import { read } from "../parts/container";
import { PagedRows, usePaged } from "../parts/rows";
import { Deadline, Mark, Section } from "../parts/small";
import { Verdict } from "../parts/verdict";
import type { Key } from "../texts";
import { useTitle } from "../parts/title";
import { useTexts } from "../texts/use";
import { usePlaces } from "../parts/places";
import { useRefusals } from "../parts/sentence";

export function Wharf({ no }: { no?: string }) {
  const { t } = useTexts();
  useTitle(t("menu.wharf"));
  return (
    <>
      <h1>
        {t("wharf.title")}
        <Link href="/import" className="aside">
          {t("wharf.import")}
        </Link>
      </h1>
      <section className="part">
        <Ask key={no ?? ""} asked={no ?? ""} />
        {no && <Answered no={no} />}
      </section>
      <Board />
    </>
  );
}

function Ask({ asked }: { asked: string }) {
  const { t } = useTexts();
  const [, go] = useLocation();
  const [text, setText] = useState(asked);
  const [wrong, setWrong] = useState(false);
  const typed = read(text);
  const ask = () => {
    setWrong(typed.is === "badForm");
    if (typed.is !== "badForm") go(`/wharf/${typed.no}`);
  };
  return (
    <>
      <form
        className="ask"
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        <Input
          autoFocus
          size="large"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onFocus={(event) => event.target.select()}
          aria-label={t("wharf.hint")}
          placeholder={t("wharf.hint")}
          maxLength={16}
          autoComplete="off"
          spellCheck={false}
          status={wrong ? "error" : ""}
        />
        <Button type="primary" size="large" htmlType="submit">
          {t("wharf.ask")}
        </Button>
      </form>
      <div role="status" className="quiet">
        {wrong && t("wharf.badForm")}
        {typed.is === "badCheck" && t("wharf.badCheck", { digit: typed.digit })}
      </div>
    </>
  );
}

function Answered({ no }: { no: string }) {
  const { t } = useTexts();
  const answer = useGet<BoxAnswer>(`/v1/boxes/${segment(no)}/next`);
  return (
    <>
      <Verdict no={no} of={answer} />
      {answer.data && (
        <p style={{ margin: "10px 0 0" }}>
          <Link href={`/boxes/${segment(no)}`}>{t("wharf.story")}</Link>
        </p>
      )}
    </>
  );
}

const BOARDS: { board: string; name: Key }[] = [
  { board: "here", name: "wharf.boardHere" },
  { board: "free", name: "wharf.boardFree" },
  { board: "blocked", name: "wharf.boardBlocked" },
  { board: "inspection", name: "wharf.boardInspection" },
  { board: "held", name: "wharf.boardHeld" },
  { board: "expected", name: "wharf.boardExpected" },
  { board: "afloat", name: "wharf.boardAfloat" },
  { board: "", name: "wharf.boardAll" },
];

function Board() {
  const { t } = useTexts();
  const [board, setBoard] = useState("here");
  const [place, setPlace] = useState("");
  const query = [
    "limit=20",
    ...(board ? [`board=${board}`] : []),
    ...(place ? [`place=${encodeURIComponent(place)}`] : []),
  ];
  const paged = usePaged<BoxRow>(`/v1/boxes?${query.join("&")}`);
  const places = useGet<Page<Subject<Both>>>("/v1/subjects/membership?prefix=place:&limit=500");
  const { both } = useTexts();
  const options = (places.data?.items ?? []).map((item) => {
    const code = item.subject.slice("place:".length);
    return { value: code, label: `${both(item.state)} ${code}` };
  });
  return (
    <Section
      title={t("wharf.board")}
      side={
        <>
          <Select
            aria-label={t("common.place")}
            value={place}
            onChange={setPlace}
            options={[{ value: "", label: t("wharf.anywhere") }, ...options]}
            popupMatchSelectWidth={false}
            style={{ minWidth: 150 }}
            size="small"
          />
          {paged.turn}
        </>
      }
    >
      <div style={{ overflowX: "auto", marginBottom: 8 }}>
        <Segmented
          size="small"
          value={board}
          onChange={setBoard}
          options={BOARDS.map(({ board, name }) => ({ value: board, label: t(name) }))}
        />
      </div>
      <BoardTable paged={paged} />
    </Section>
  );
}

function BoardTable({ paged }: { paged: ReturnType<typeof usePaged<BoxRow>> }) {
  const { t, word } = useTexts();
  const { now } = useLive();
  const place = usePlaces();
  const { said, fact } = useRefusals();
  return (
    <PagedRows<BoxRow>
      of={paged}
      id={(row) => `${row.container_no} ${row.bill_no}`}
      none={t("wharf.boardNone")}
      columns={[
        {
          title: t("wharf.box"),
          render: (_, row) => (
            <Link href={`/wharf/${row.container_no}`} className="figure">
              {row.container_no}
            </Link>
          ),
        },
        { title: t("wharf.verdict"), render: (_, row) => <May row={row} /> },
        { title: t("common.status"), render: (_, row) => <span className="figure">{word("status", row.status)}</span> },
        { title: t("common.place"), render: (_, row) => <span className="figure">{place(row.place)}</span> },
        { title: t("wharf.next"), render: (_, row) => <span className="figure">{word("move", row.next_move)}</span> },
        {
          title: `${t("wharf.why")} · ${t("wharf.who")}`,
          render: (_, row) =>
            row.blocking ? (
              <span className="text" title={said(row.blocking)}>
                {word("field", row.blocking.field)}: {fact(row.blocking.found)} · <b>{word("remedy", row.blocking.remedy)}</b>
              </span>
            ) : (
              <span className="quiet">–</span>
            ),
        },
        {
          title: t("wharf.inspection"),
          render: (_, row) =>
            row.inspection ? (
              row.inspection.slot_no ? (
                t("wharf.slot", { slot: row.inspection.slot_no })
              ) : (
                t("wharf.noSlot")
              )
            ) : (
              <span className="quiet">–</span>
            ),
        },
        { title: t("common.deadline"), render: (_, row) => <Deadline at={row.deadline} now={now} /> },
        {
          title: t("common.bill"),
          render: (_, row) =>
            row.bill_no ? (
              <Link href={`/transfers/${segment(row.bill_no)}`} className="figure">
                {row.bill_no}
              </Link>
            ) : (
              <span className="quiet">–</span>
            ),
        },
      ]}
    />
  );
}

function May({ row }: { row: BoxRow }) {
  const { t } = useTexts();
  if (row.expected) return <Mark tone="off">{t("wharf.boardExpected")}</Mark>;
  if (row.held) return <Mark tone="bad">{t("wharf.boardHeld")}</Mark>;
  if (row.allowed) return <Mark tone="good">{t("wharf.yes")}</Mark>;
  if (row.next_move === "none") return <Mark tone="off">{t("wharf.left")}</Mark>;
  return <Mark tone="bad">{t("wharf.no")}</Mark>;
}
