// One transfer: what each party stated, what was compared, where the barge went.

import { Select } from "antd";
import { useState } from "react";

import type { Bill, History, Subject } from "../api/types";
import { segment } from "../api/http";
import { useGet } from "../api/use";
import { Shown } from "../parts/answer";
import { compare, SOURCES, type Fact, type Row, type Source } from "../parts/compare";
import { EvidenceList } from "../parts/evidence";
import { Holds } from "../parts/holds";
import { Lanes } from "../parts/lanes";
import { ProofButton } from "../parts/proof";
import { River } from "../parts/river";
import { Rows } from "../parts/rows";
import { EntryLink, Facts, Mark, Party, Section, Standing, SubjectLink, When } from "../parts/small";
import type { Key } from "../texts";
import { useTitle } from "../parts/title";
import { useTexts } from "../texts/use";

export function Transfer({ bill = "" }: { bill?: string }) {
  const { t } = useTexts();
  const subject = `combined_port/${segment(`bill:${bill}`)}`;
  const record = useGet<Subject<Bill>>(`/v1/subjects/${subject}`);
  const [box, setBox] = useState("");
  useTitle(bill);
  return (
    <>
      <h1>{t("transfer.title", { bill })}</h1>
      <Shown of={record}>
        {({ state, alerts }) => (
          <>
            <Head bill={state} subject={`bill:${bill}`} />
            {state.holds.length > 0 && (
              <Section title={t("customs.title")}>
                <Holds alerts={alerts} />
              </Section>
            )}
            <div className="columns">
              <Section title={t("transfer.matches")}>
                <Compared bill={state} />
              </Section>
              <Section title={t("transfer.map")}>
                <Track bill={state} />
              </Section>
            </div>
            <Timeline bill={bill} boxes={Object.keys(state.boxes)} box={box} onBox={setBox} />
            <Boxes bill={state} />
          </>
        )}
      </Shown>
      <Section title={t("common.evidence")}>
        <EvidenceList family="combined_port" subject={`bill:${bill}`} />
      </Section>
    </>
  );
}

function Head({ bill, subject }: { bill: Bill; subject: string }) {
  const { t, word } = useTexts();
  const ship = (bill.hub ?? bill.river)?.conveyance;
  return (
    <Section title={t("common.details")} side={<ProofButton family="combined_port" subject={subject} />}>
      <Facts
        items={[
          [t("common.status"), <Standing key="s" group="standing" name={bill.standing} />],
          [t("transfers.flow"), word("flow", bill.flow)],
          [t("transfers.ship"), ship ? <span key="v"><SubjectLink subject={`ship:${ship.conveyance_id}`} /> {ship.name} {ship.voyage}</span> : "–"],
          [t("transfers.declared"), bill.declaration ? <span key="d"><span className="figure">{bill.declaration.entry_no}</span> · <Party id={bill.declaration.by.party} /></span> : "–"],
          [t("transfers.released"), bill.release_1 ? <span key="r"><When at={bill.release_1.by.at} /> · <Party id={bill.release_1.by.party} /></span> : "–"],
          [t("transfers.tallied"), bill.tallied ? <span key="t"><When at={bill.tallied.at} /> · <EntryLink id={bill.tallied.entry} /></span> : "–"],
        ]}
      />
    </Section>
  );
}

const NAMES: Record<Source, Key> = {
  river: "transfer.river",
  hub: "transfer.hub",
  declaration: "transfer.declaration",
  tally: "transfer.tally",
};

const FACTS: Record<Fact, Key> = {
  rowPackages: "transfer.rowPackages",
  rowGross: "transfer.rowGross",
  rowBoxes: "transfer.rowBoxes",
  rowShip: "transfer.rowShip",
};

function Compared({ bill }: { bill: Bill }) {
  const { t } = useTexts();
  const rows = compare(bill);
  const cell = (source: Source) => (_: unknown, row: Row) => {
    const value = row.cells[source];
    if (value === undefined) return <span className="quiet">–</span>;
    return row.differ.includes(source) ? <Mark tone="bad">{value}</Mark> : <span className={row.fact === "rowShip" ? "" : "figure"}>{value}</span>;
  };
  return (
    <>
      <Rows<Row>
        rows={rows}
        id={(row) => row.fact}
        none={t("common.none")}
        columns={[
          { title: "", render: (_, row) => t(FACTS[row.fact]) },
          ...SOURCES.map((source) => ({ title: t(NAMES[source]), render: cell(source) })),
          {
            title: "",
            render: (_, row) => (
              <Mark tone={row.differ.length === 0 ? "good" : "bad"}>
                {t(row.differ.length === 0 ? "transfer.match" : "transfer.differs")}
              </Mark>
            ),
          },
        ]}
      />
      <p className="quiet" style={{ margin: "6px 0 0", fontSize: 12 }}>
        {t("transfer.matchesWhy")}
      </p>
    </>
  );
}

/** The barges that carried boxes of the bill: by the plans of its first boxes. */
function Track({ bill }: { bill: Bill }) {
  const first = Object.keys(bill.boxes)[0];
  const last = Object.keys(bill.boxes).at(-1);
  return <River boxes={[...new Set([first, last])].filter((box): box is string => box !== undefined)} />;
}

function Timeline(props: { bill: string; boxes: string[]; box: string; onBox: (box: string) => void }) {
  const { t } = useTexts();
  const path = (subject: string) => `/v1/subjects/combined_port/${segment(subject)}/history?limit=500`;
  const ofBill = useGet<History>(path(`bill:${props.bill}`));
  const ofBox = useGet<History>(props.box ? path(`box:${props.box}`) : null);
  return (
    <Section
      title={t("transfer.lanes")}
      side={
        <>
          <span className="quiet">{t("transfer.ofBox")}</span>
          <Select
            size="small"
            showSearch
            aria-label={t("transfer.ofBox")}
            value={props.box}
            onChange={props.onBox}
            style={{ width: 170 }}
            options={[{ value: "", label: t("transfer.billOnly") }, ...props.boxes.map((box) => ({ value: box, label: box }))]}
          />
        </>
      }
    >
      <Shown of={ofBill}>
        {(found) => <Lanes of={props.box !== ""} histories={[found.history, props.box ? (ofBox.data?.history ?? []) : []]} />}
      </Shown>
    </Section>
  );
}

function Boxes({ bill }: { bill: Bill }) {
  const { t, word } = useTexts();
  const rows = Object.entries(bill.boxes).map(([no, box]) => ({ no, ...box }));
  const odd = (mark: string) => ["short", "over", "withdrawn", "rolled"].includes(mark);
  return (
    <Section title={t("transfer.boxes")}>
      <Rows
        rows={rows}
        id={(row) => row.no}
        none={t("common.none")}
        pageSize={15}
        columns={[
          { title: t("wharf.box"), render: (_, row) => <SubjectLink bare subject={`box:${row.no}`} /> },
          { title: t("box.type"), dataIndex: "size_type" },
          { title: t("transfer.rowGross"), align: "right", render: (_, row) => (row.gross_g === undefined ? "–" : `${(row.gross_g / 1000).toLocaleString("en-US")} kg`) },
          {
            title: t("transfer.marks"),
            render: (_, row) =>
              row.marks.map((mark) => (
                <span key={mark} style={{ marginRight: 6 }}>
                  {odd(mark) ? <Mark tone="wait">{word("mark", mark)}</Mark> : word("mark", mark)}
                </span>
              )),
          },
        ]}
      />
    </Section>
  );
}
