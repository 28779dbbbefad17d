// A trade file on its way into the ledger: dropped, read by the node, looked at row by row, given what
// it does not say, and only then signed, here.

import { InboxOutlined } from "@ant-design/icons";
import { Alert, Button, Upload } from "antd";
import { fileDigest } from "countersign-verifier/sign";
import { useMemo, useState, useSyncExternalStore } from "react";

import { postFile } from "../api/http";
import type { Dropped } from "../api/trade";
import { useAsked, useParties } from "../api/use";
import { onKey, ownKey } from "../app/keys";
import { Shown } from "../parts/answer";
import { count } from "../parts/format";
import { Asks } from "../parts/import-asks";
import { FileRows, MessageFaults } from "../parts/import-rows";
import { Signing } from "../parts/import-sign";
import { Contradiction, type Given, query, rows, type Sending, shown } from "../parts/importing";
import { Section } from "../parts/small";
import { useTitle } from "../parts/title";
import { useTexts } from "../texts/use";

/** What a node takes. */
const FILE_BYTES_MAX = 1024 * 1024;

interface File {
  name: string;
  bytes: Uint8Array;
  sha256: string;
}

const NOTHING: Given = { seal: [], billOf: [], eir: [], without: [] };

export function Import() {
  const { t } = useTexts();
  const [file, setFile] = useState<File>();
  const [wrong, setWrong] = useState<string>();
  useTitle(t("menu.import"));
  const take = async (blob: Blob & { name: string }) => {
    setWrong(undefined);
    if (blob.size > FILE_BYTES_MAX) {
      setWrong(t("import.tooLarge", { name: blob.name, n: FILE_BYTES_MAX / 1024 }));
      return;
    }
    const bytes = new Uint8Array(await blob.arrayBuffer());
    setFile({ name: blob.name, bytes, sha256: fileDigest(bytes) });
  };
  return (
    <>
      <h1>{t("import.title")}</h1>
      {file ? (
        <Read key={file.sha256} file={file} onOther={() => setFile(undefined)} />
      ) : (
        <section className="part">
          <Upload.Dragger showUploadList={false} multiple={false} beforeUpload={(blob) => (void take(blob), false)}>
            <p>
              <InboxOutlined style={{ fontSize: 24 }} aria-hidden />
            </p>
            <p>{t("import.drop")}</p>
            <p className="quiet">{t("import.dropWhy")}</p>
          </Upload.Dragger>
          {wrong && <Alert style={{ marginTop: 10 }} type="error" showIcon title={wrong} />}
        </section>
      )}
    </>
  );
}

/** Where the party of the open key handles boxes; only that it can sign for. */
function useOwnPlace(): string | undefined {
  const own = useSyncExternalStore(onKey, ownKey);
  return useParties().data?.get(own?.party ?? "")?.places[0];
}

function Read({ file, onOther }: { file: File; onOther: () => void }) {
  const { t } = useTexts();
  const [given, setGiven] = useState<Given>(NOTHING);
  const ownPlace = useOwnPlace();
  const asked = useMemo(() => ({ ...given, place: given.place ?? ownPlace ?? "" }), [given, ownPlace]);
  const path = `/v1/imports?${query(asked)}`;
  const answer = useAsked<Dropped>([file.sha256, path], (signal) => postFile(path, file.bytes, signal));
  return (
    <>
      <Section
        title={file.name}
        side={
          <Button size="small" onClick={onOther}>
            {t("import.other")}
          </Button>
        }
      >
        <span className="quiet">{t("import.fileFacts", { n: count(file.bytes.length) })}</span> <code>{file.sha256}</code>
      </Section>
      <Shown of={answer}>
        {(dropped) => <Answer file={file} dropped={dropped} given={asked} onGiven={setGiven} />}
      </Shown>
    </>
  );
}

interface AnswerProps {
  file: File;
  dropped: Dropped;
  given: Given;
  onGiven: (given: Given) => void;
}

function Answer({ file, dropped, given, onGiven }: AnswerProps) {
  const { t, both } = useTexts();
  const [sent, setSent] = useState<Sent>({ of: dropped, drafts: [] });
  // What was sent belongs to the drafts that were shown: others begin anew, and are answered with the
  // first receipts where they say the same.
  const sending = sent.of === dropped ? sent.drafts : [];
  const tell = (draft: number, now: Sending) =>
    setSent((before) => {
      const drafts = before.of === dropped ? [...before.drafts] : [];
      drafts[draft] = now;
      return { of: dropped, drafts };
    });
  const read = useMemo(() => understood(dropped), [dropped]);
  const { refused } = dropped.report;
  if (dropped.report.file.sha256 !== file.sha256) return <Alert type="error" showIcon title={t("import.otherFile")} />;
  if (refused) return <Alert type="error" showIcon title={`${t("import.wholeRefused")}: ${both(refused)}`} />;
  if (!read) return <Alert type="error" showIcon title={t("import.contradiction")} />;
  return (
    <>
      <Asks dropped={dropped} given={given} onGiven={onGiven} />
      <MessageFaults dropped={dropped} />
      <FileRows dropped={dropped} rows={read.rows} given={given} onGiven={onGiven} sending={sending} />
      <Signing dropped={dropped} drafts={read.drafts} sending={sending} tell={tell} />
    </>
  );
}

interface Sent {
  of: Dropped;
  drafts: Sending[];
}

function understood(dropped: Dropped) {
  try {
    return { rows: rows(dropped), drafts: shown(dropped) };
  } catch (cause) {
    if (cause instanceof Contradiction) return undefined;
    throw cause;
  }
}
