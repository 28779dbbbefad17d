// Clearing a hold: which statement is true, why, and the evidence it rests on; signed here.

import { App, Button, Form, Input, Modal, Radio, Upload } from "antd";
import { useState, useSyncExternalStore } from "react";

import type { Hold } from "../api/types";
import { useLive } from "../app/live";
import { onKey, ownKey } from "../app/keys";
import { useTexts } from "../texts/use";
import { anchor, clearHold } from "./signing";
import { Party } from "./small";
import { useTask } from "./task";
import { useTrust } from "./trust";
import { Report } from "./verify";

interface Fields {
  trueValue: string;
  reason: string;
  keptAt: string;
}

/** The button, and the form behind it. */
export function Clear({ subject, hold }: { subject: string; hold: Hold }) {
  const { t } = useTexts();
  const own = useSyncExternalStore(onKey, ownKey);
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        size="small"
        type="primary"
        disabled={!own}
        title={own ? undefined : t("clear.needsKey")}
        onClick={() => setOpen(true)}
      >
        {t("clear.button")}
      </Button>
      {open && <Dialog subject={subject} hold={hold} onClose={() => setOpen(false)} />}
    </>
  );
}

const UNNAMED = "";

function Dialog({ subject, hold, onClose }: { subject: string; hold: Hold; onClose: () => void }) {
  const { t } = useTexts();
  const { now } = useLive();
  const { modal } = App.useApp();
  const own = useSyncExternalStore(onKey, ownKey);
  const trusted = useTrust();
  const [form] = Form.useForm<Fields>();
  const [file, setFile] = useState<File>();
  const { busy, run } = useTask();
  const sign = async () => {
    const fields = await form.validateFields().catch(() => undefined);
    if (!fields || !file || !own || typeof trusted !== "object") return;
    const pen = { key: own.key, genesis: trusted.genesis, now };
    const evidence = await anchor(pen, file, `combined_port/${subject}`, fields.keptAt);
    const trueValue = fields.trueValue === UNNAMED ? undefined : fields.trueValue;
    const sent = await clearHold(pen, { subject, hold: hold.id, evidence, reason: fields.reason, trueValue });
    // Not a part of this form: the hold, and the form with it, is gone as soon as the news is here.
    modal.success({
      title: t("clear.done"),
      content: <Report report={sent.report} trust={trusted} />,
      okText: t("state.close"),
      width: 640,
    });
    onClose();
  };
  return (
    <Modal
      open
      title={t("clear.title", { subject })}
      okText={t("clear.sign")}
      okButtonProps={{ disabled: !file, loading: busy }}
      onOk={() => run(sign)}
      onCancel={onClose}
      width={640}
    >
      <Form<Fields> form={form} layout="vertical" initialValues={{ trueValue: UNNAMED, keptAt: "" }} requiredMark={false}>
        <Form.Item name="trueValue" label={t("clear.which")}>
          <Radio.Group>
            {[hold.first, hold.second].map((said) => (
              <div key={said.entry}>
                <Radio value={said.value}>
                  <b>{said.value}</b> · <Party id={said.party} />
                </Radio>
              </div>
            ))}
            <Radio value={UNNAMED}>{t("clear.neither")}</Radio>
          </Radio.Group>
        </Form.Item>
        <Form.Item name="reason" label={t("clear.reason")} rules={[{ required: true, max: 200, message: t("clear.reasonNeeded") }]}>
          <Input.TextArea rows={2} maxLength={200} />
        </Form.Item>
        <Form.Item label={t("clear.evidence")} required>
          <Upload
            maxCount={1}
            beforeUpload={(chosen) => {
              setFile(chosen);
              return false;
            }}
            onRemove={() => setFile(undefined)}
          >
            <Button size="small">{t("clear.choose")}</Button>
          </Upload>
          <span className="quiet">{t("clear.evidenceWhy")}</span>
        </Form.Item>
        <Form.Item name="keptAt" label={t("clear.keptAt")} rules={[{ required: true, max: 100, message: t("clear.keptAtNeeded") }]}>
          <Input maxLength={100} />
        </Form.Item>
      </Form>
      {own && (
        <p>
          {t("key.signingAs")} <Party id={own.party} />
        </p>
      )}
    </Modal>
  );
}
