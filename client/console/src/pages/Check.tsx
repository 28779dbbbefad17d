// Checks a file that somebody has: a receipt, a state proof, the statement of a guarantee line. It
// works with the network cut as well, once the page is open.

import { InboxOutlined } from "@ant-design/icons";
import { Alert, Button, Upload } from "antd";
import { type FileReport, verifyFile } from "countersign-verifier";
import { useState } from "react";

import { Section } from "../parts/small";
import { inBoth } from "../parts/facts";
import { trust, useTrust } from "../parts/trust";
import { Report } from "../parts/verify";
import { useTitle } from "../parts/title";
import { useTexts } from "../texts/use";

/** Larger than any proof; a file is read only up to here. */
const FILE_BYTES_MAX = 16 * 1024 * 1024;

export function Check() {
  const { t, both } = useTexts();
  const trusted = useTrust();
  const [file, setFile] = useState<{ name: string; bytes: Uint8Array }>();
  const [wrong, setWrong] = useState<string>();
  useTitle(t("menu.check"));
  const take = async (blob: File) => {
    setWrong(undefined);
    if (blob.size > FILE_BYTES_MAX) setWrong(t("check.tooLarge", { name: blob.name }));
    else setFile({ name: blob.name, bytes: new Uint8Array(await blob.arrayBuffer()) });
  };
  const found = async (blob: File) => {
    const fault = trust(await blob.text());
    setWrong(fault && both(inBoth(fault)));
  };
  const said = wrong ?? (typeof trusted === "string" ? both(inBoth(trusted)) : undefined);
  const ready = typeof trusted === "object" ? trusted : undefined;
  const report: FileReport | undefined = ready && file ? verifyFile(file.bytes, ready.genesis) : undefined;
  return (
    <>
      <h1>{t("check.title")}</h1>
      <Section
        title={t("check.file")}
        side={
          <Upload showUploadList={false} accept=".json" beforeUpload={(blob) => (void found(blob), false)}>
            <Button size="small">{t("check.genesis")}</Button>
          </Upload>
        }
      >
        <Upload.Dragger showUploadList={false} multiple={false} beforeUpload={(blob) => (void take(blob), false)}>
          <p>
            <InboxOutlined style={{ fontSize: 24 }} aria-hidden />
          </p>
          <p>{t("check.drop")}</p>
          <p className="quiet">{t("check.offline")}</p>
        </Upload.Dragger>
        {said && <Alert style={{ marginTop: 10 }} type="error" showIcon title={said} />}
        {report && ready && (
          <>
            <h2 style={{ fontSize: 14, margin: "14px 0 0" }}>{file?.name}</h2>
            <Report report={report} trust={ready} />
          </>
        )}
      </Section>
    </>
  );
}
