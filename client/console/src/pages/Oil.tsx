// The book of a logistics account, and each delivery chain with its balance.

import { Link } from "wouter";

import { segment } from "../api/http";
import type { By, Subject } from "../api/types";
import { useGet } from "../api/use";
import { Nothing, Shown } from "../parts/answer";
import { balance, type Application } from "../parts/balance";
import { tonnes } from "../parts/format";
import { PagedRows, Rows, usePaged } from "../parts/rows";
import { EntryLink, Facts, Mark, Party, Section, Standing, SubjectLink } from "../parts/small";
import type { Key } from "../texts";
import { useTitle } from "../parts/title";
import { useTexts } from "../texts/use";

interface Book {
  opening_kg: number;
  in_kg: number;
  out_kg: number;
  returned_kg: number;
  adjustment_kg: number;
  closing_kg: number;
}

interface Tank extends Book {
  tank: string;
  product: { grade: string; sulphur_class: string } | null;
  dip: { qty_kg?: number } | null;
  differs: boolean;
}

interface AccountView {
  account_no: string;
  district: string;
  warehouse: string;
  height: number;
  tanks: Tank[];
  total: Book;
  undeclared: unknown[];
  undeclared_kg: number;
  disputes: unknown[];
}

export function Accounts() {
  const { t } = useTexts();
  const paged = usePaged<Subject<{ district: string; by: By; tanks: Record<string, unknown> }>>(
    "/v1/subjects/bonded_oil?prefix=account:&limit=50",
  );
  useTitle(t("menu.oil"));
  return (
    <>
      <h1>{t("menu.oil")}</h1>
      <Section title={t("oil.title")} side={paged.turn}>
        <PagedRows
          of={paged}
          id={(row) => row.subject}
          none={t("oil.none")}
          columns={[
            { title: t("oil.accountNo"), render: (_, row) => <Link href={`/oil/${segment(row.subject.slice(8))}`} className="figure">{row.subject.slice(8)}</Link> },
            { title: t("oil.warehouse"), render: (_, row) => <Party id={row.state.by.party} /> },
            { title: t("common.office"), render: (_, row) => row.state.district },
            { title: t("oil.closing"), align: "right", render: (_, row) => <Closing account={row.subject.slice(8)} /> },
          ]}
        />
      </Section>
    </>
  );
}

function Closing({ account }: { account: string }) {
  const view = useGet<AccountView>(`/v1/accounts/${segment(account)}`);
  return <span className="figure">{view.data ? `${tonnes(view.data.total.closing_kg)} t` : "–"}</span>;
}

export function Account({ no = "" }: { no?: string }) {
  const { t } = useTexts();
  const view = useGet<AccountView>(`/v1/accounts/${segment(no)}`);
  useTitle(no);
  return (
    <>
      <h1>
        {t("oil.account", { no })}
        {view.data && <span className="quiet"><Party id={view.data.warehouse} /> · {t("guarantor.at", { height: view.data.height })}</span>}
      </h1>
      <Shown of={view}>
        {(account) => (
          <>
            <Section title={t("oil.closing")}>
              <Tanks account={account} />
            </Section>
            <Chains account={no} />
            <Open account={account} />
          </>
        )}
      </Shown>
    </>
  );
}

function Tanks({ account }: { account: AccountView }) {
  const { t } = useTexts();
  const rows = [...account.tanks, { ...account.total, tank: "", product: null, dip: null, differs: false }];
  const kg = (field: keyof Book) => ({
    align: "right" as const,
    render: (_: unknown, row: Tank) => <span className="figure">{tonnes(row[field])}</span>,
  });
  return (
    <Rows<Tank>
      rows={rows}
      id={(row) => row.tank}
      none={t("common.none")}
      columns={[
        { title: t("oil.tank"), render: (_, row) => (row.tank === "" ? <b>{t("oil.total")}</b> : row.tank) },
        { title: t("oil.product"), render: (_, row) => (row.product ? `${row.product.grade} ${row.product.sulphur_class}` : "") },
        { title: `${t("oil.opening")} (t)`, ...kg("opening_kg") },
        { title: t("oil.in"), ...kg("in_kg") },
        { title: t("oil.out"), ...kg("out_kg") },
        { title: t("oil.returned"), ...kg("returned_kg") },
        { title: t("oil.adjustment"), ...kg("adjustment_kg") },
        { title: t("oil.closing"), ...kg("closing_kg") },
        { title: t("oil.dip"), render: (_, row) => (row.tank === "" ? null : <Dip tank={row} />) },
      ]}
    />
  );
}

function Dip({ tank }: { tank: Tank }) {
  const { t } = useTexts();
  if (!tank.dip) return <Mark tone="off">{t("oil.noDip")}</Mark>;
  return <Mark tone={tank.differs ? "bad" : "good"}>{t(tank.differs ? "oil.dipDiffers" : "oil.dipAgrees")}</Mark>;
}

/** All applications of the caller that stand under this account. */
function Chains({ account }: { account: string }) {
  const { t } = useTexts();
  const paged = usePaged<Subject<Application>>("/v1/subjects/bonded_oil?prefix=application:&limit=100");
  return (
    <Section title={t("oil.chains")} side={paged.turn}>
      <Shown of={paged.answer}>
        {(page) => {
          const own = page.items.filter((item) => item.state.account_no === account);
          if (own.length === 0) return <Nothing>{t("common.none")}</Nothing>;
          return own.map((item) => <Chain key={item.subject} no={item.subject.slice(12)} of={item.state} />);
        }}
      </Shown>
    </Section>
  );
}

interface Step {
  name: Key;
  by: By | undefined;
  kg: number | undefined;
  bad?: boolean;
}

function Chain({ no, of }: { no: string; of: Application }) {
  const { t } = useTexts();
  const sums = balance(of);
  const deliveries = Object.values(of.deliveries);
  const outbound = Object.values(of.vouchers).find((v) => v.kind === "outbound");
  const declared = deliveries.length > 0 && deliveries.every((d) => d.stage === "declared");
  const steps: Step[] = [
    { name: "oil.step.applied", by: of.by, kg: of.qty_kg },
    { name: "oil.step.approved", by: of.approved, kg: of.approved ? of.approved_kg : undefined },
    { name: "oil.step.acknowledged", by: of.acknowledged, kg: undefined },
    { name: "oil.step.outbound", by: outbound?.countersigned ?? outbound?.by, kg: sums.outKg || undefined },
    { name: "oil.step.delivered", by: undefined, kg: sums.deliveredKg || undefined, bad: deliveries.some((d) => d.stage === "disputed") },
    { name: "oil.step.declared", by: undefined, kg: declared ? sums.deliveredKg : undefined },
    { name: "oil.step.writtenOff", by: of.written_off, kg: undefined },
  ];
  return (
    <article>
      <Facts
        items={[
          [t("common.details"), <SubjectLink key="s" family="bonded_oil" subject={`application:${no}`} />],
          [t("common.status"), <Standing key="g" group="stage" name={of.stage} />],
          [t("oil.ship"), `${of.ship.name} · IMO ${of.ship.imo}`],
          [t("oil.product"), `${of.product.grade} ${of.product.sulphur_class}`],
        ]}
      />
      <ol className="chain" style={{ marginTop: 12 }}>
        {steps.map(({ name, by, kg, bad }) => (
          <li key={name} className={bad ? "bad" : by || kg ? "done" : ""}>
            <b>{t(name)}</b>
            {kg !== undefined && <div className="figure">{tonnes(kg)} t</div>}
            {by ? (
              <div>
                <Party id={by.party} />
                <div className="quiet"><EntryLink id={by.entry} /></div>
              </div>
            ) : (
              !kg && <div className="quiet">–</div>
            )}
          </li>
        ))}
      </ol>
      <p className="equation">
        <b>{t("oil.balance")}</b>: {tonnes(sums.deliveredKg)} {t("oil.delivered")} + {tonnes(sums.returnedKg)} {t("oil.back")} +{" "}
        {tonnes(sums.lostKg)} {t("oil.lost")} = {tonnes(sums.deliveredKg + sums.returnedKg + sums.lostKg)} / {tonnes(sums.outKg)} t{" "}
        {sums.openKg === 0 ? (
          <Mark tone="good">{t("oil.balanced")}</Mark>
        ) : (
          <Mark tone="wait">{t("oil.outstanding", { qty: tonnes(sums.openKg) })}</Mark>
        )}
      </p>
      <Deliveries of={of} />
    </article>
  );
}

function Deliveries({ of }: { of: Application }) {
  const { t } = useTexts();
  const rows = Object.entries(of.deliveries).map(([no, share]) => ({ no, ...share }));
  return (
    <Rows
      rows={rows}
      id={(row) => row.no}
      none={t("common.none")}
      columns={[
        { title: t("oil.note"), render: (_, row) => <SubjectLink bare subject={`delivery:${row.no}`} /> },
        { title: `${t("common.quantity")} (t)`, align: "right", render: (_, row) => <span className="figure">{tonnes(row.qty_kg)}</span> },
        { title: t("common.status"), render: (_, row) => <Standing group="stage" name={row.stage} /> },
        { title: "", render: (_, row) => <a href={`/v1/deliveries/${segment(row.no)}/note`} target="_blank" rel="noreferrer">MARPOL VI/18</a> },
      ]}
    />
  );
}

function Open({ account }: { account: AccountView }) {
  const { t } = useTexts();
  const list = (items: unknown[]) =>
    items.map((item, at) => {
      const no = (item as { bdn_no?: string }).bdn_no;
      return <div key={no ?? at}>{no && <SubjectLink subject={`delivery:${no}`} />}</div>;
    });
  return (
    <div className="columns">
      <Section title={t("oil.undeclared")}>
        {account.undeclared.length === 0 ? <Nothing>{t("oil.allDeclared")}</Nothing> : list(account.undeclared)}
      </Section>
      <Section title={t("oil.disputes")}>
        {account.disputes.length === 0 ? <Nothing>{t("oil.noDisputes")}</Nothing> : list(account.disputes)}
      </Section>
    </div>
  );
}
