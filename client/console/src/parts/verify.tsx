// A check in the browser: the second verifier, step by step, with nothing but the founding document.

import { CheckCircleFilled, CloseCircleFilled, SafetyCertificateOutlined } from "@ant-design/icons";
import { Alert, Button } from "antd";
import { useState } from "react";
import { type FileReport, verifyFile } from "countersign-verifier";

import { getBytes } from "../api/http";
import { useTexts } from "../texts/use";
import { inBoth } from "./facts";
import { Facts, Mark, Party, When } from "./small";
import { useTask } from "./task";
import { type Trust, useTrust } from "./trust";

interface Checked {
  report: FileReport;
  trust: Trust;
}

/** Fetches a file once, and checks it as often as somebody likes, with the network or without. */
export function Verify({ path }: { path: string }) {
  const { t, both } = useTexts();
  const { busy, run } = useTask();
  const trusted = useTrust();
  const [bytes, setBytes] = useState<Uint8Array>();
  const [checked, setChecked] = useState<Checked>();
  if (typeof trusted === "string") return <Alert type="error" showIcon title={both(inBoth(trusted))} />;
  const check = async () => {
    if (!trusted) return;
    const file = bytes ?? (await getBytes(path));
    setBytes(file);
    setChecked({ report: verifyFile(file, trusted.genesis), trust: trusted });
  };
  return (
    <>
      <Button
        type="primary"
        icon={<SafetyCertificateOutlined aria-hidden />}
        disabled={!trusted}
        loading={busy}
        onClick={() => run(check)}
      >
        {t("verify.button")}
      </Button>
      <span className="quiet"> {t("verify.where")}</span>
      {checked && <Report {...checked} />}
    </>
  );
}

/** What came out, step by step. */
export function Report({ report, trust }: Checked) {
  const { t, both, word } = useTexts();
  return (
    <div className={`verdict ${report.ok ? "good" : "bad"}`} role="status" data-verified={report.ok ? "yes" : "no"}>
      <div>
        <div className="word small">
          {report.ok ? <CheckCircleFilled aria-hidden /> : <CloseCircleFilled aria-hidden />}
          <span>{t(report.ok ? "verify.holds" : "verify.fails")}</span>
        </div>
        <div className="quiet">{word("proof", report.kind)}</div>
      </div>
      <div className="why">
        <ol className="steps">
          {report.steps.map((step) => (
            <li key={step.id}>
              <Mark tone={step.ok ? "good" : "bad"}>{both(step)}</Mark> {step.detail && <span>{both(inBoth(step.detail))}</span>}
            </li>
          ))}
        </ol>
        {report.ok && <Proven report={report} />}
        <Founding trust={trust} />
      </div>
    </div>
  );
}

function Proven({ report }: { report: FileReport & { ok: true } }) {
  const { t, word } = useTexts();
  const facts = report.facts;
  const about =
    "entry" in facts
      ? `${facts.entry} · ${word("outcome", facts.outcome)}`
      : "filingNo" in facts
        ? facts.filingNo
        : `${facts.family}/${facts.subject}`;
  return (
    <Facts
      items={[
        [t("verify.about"), <code key="a">{about}</code>],
        ...("state" in facts ? ([[t("common.status"), word("presence", facts.state)]] as [string, string][]) : []),
        [t("common.height"), String(facts.height)],
        [t("common.final"), <When key="t" at={Number(facts.time)} />],
        [t("verify.signers"), <span key="s">{facts.signers.map((id) => <div key={id}><Party id={id} /></div>)}</span>],
      ]}
    />
  );
}

function Founding({ trust }: { trust: Trust }) {
  const { t } = useTexts();
  const name = trust.genesis.name;
  return (
    <p className="quiet" style={{ fontSize: 12, marginTop: 8 }}>
      {t(trust.from === "node" ? "verify.fromNode" : "verify.fromFile", { name })} <code>{trust.genesis.networkId}</code>
    </p>
  );
}
