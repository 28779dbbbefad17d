// Files that prove themselves, to take away.

import { DownloadOutlined } from "@ant-design/icons";
import { App, Button } from "antd";
import { useState } from "react";

import { getBytes, Refused, save, segment } from "../api/http";
import { useTexts } from "../texts/use";

/** Fetches a file and hands it over. */
export function FileButton(props: { path: string; name: string; title: string; hint?: string; primary?: boolean }) {
  const { both } = useTexts();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const take = async () => {
    setBusy(true);
    try {
      save(await getBytes(props.path), props.name);
    } catch (cause) {
      if (cause instanceof Refused) void message.error(`${both(cause.title)}: ${cause.detail}`);
      else throw cause;
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      size="small"
      type={props.primary ? "primary" : "default"}
      icon={<DownloadOutlined aria-hidden />}
      loading={busy}
      title={props.hint}
      onClick={() => void take()}
    >
      {props.title}
    </Button>
  );
}

/** The state proof of a subject. */
export function ProofButton({ family, subject }: { family: string; subject: string }) {
  const { t } = useTexts();
  return (
    <FileButton
      path={`/v1/subjects/${family}/${segment(subject)}?proof=true`}
      name={`${subject.replaceAll(/[^A-Za-z0-9._-]/g, "-")}.proof`}
      title={t("common.proof")}
      hint={t("entry.receiptWhy")}
    />
  );
}
