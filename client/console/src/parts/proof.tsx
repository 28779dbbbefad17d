// Files that prove themselves, to take away.

import { DownloadOutlined } from "@ant-design/icons";
import { Button } from "antd";

import { getBytes, save, segment } from "../api/http";
import { useTexts } from "../texts/use";
import { useTask } from "./task";

/** Fetches a file and hands it over. */
export function FileButton(props: { path: string; name: string; title: string; hint?: string; primary?: boolean }) {
  const { busy, run } = useTask();
  return (
    <Button
      size="small"
      type={props.primary ? "primary" : "default"}
      icon={<DownloadOutlined aria-hidden />}
      loading={busy}
      title={props.hint}
      onClick={() => run(async () => save(await getBytes(props.path), props.name))}
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
