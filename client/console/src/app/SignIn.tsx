// A token of the party, for nodes that others than their operator reach.

import { Button, Input, Modal } from "antd";
import { useEffect, useState, useSyncExternalStore } from "react";

import { useTexts } from "../texts/use";
import { useLive } from "./live";
import { onToken, setToken, token } from "./session";

export function SignIn() {
  const { t } = useTexts();
  const { line } = useLive();
  const own = useSyncExternalStore(onToken, token);
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  useEffect(() => setOpen(line.state === "closed"), [line.state]);
  // On a node that its operator alone reaches nobody has to say who he is.
  if (line.state !== "closed" && !own) return null;
  const take = () => {
    setToken(text);
    setText("");
    setOpen(false);
  };
  return (
    <>
      {own ? (
        <Button onClick={() => setToken(null)}>{t("signin.out")}</Button>
      ) : (
        <Button type="primary" onClick={() => setOpen(true)}>
          {t("signin.title")}
        </Button>
      )}
      <Modal
        open={open}
        title={t("signin.title")}
        okText={t("signin.title")}
        okButtonProps={{ disabled: text.trim() === "" }}
        onOk={take}
        onCancel={() => setOpen(false)}
      >
        <p>{t("signin.asked")}</p>
        <p>{t("signin.how")}</p>
        <pre>countersign token new --key entry.pem --genesis genesis.json</pre>
        <Input.TextArea
          aria-label={t("signin.label")}
          placeholder={t("signin.label")}
          rows={4}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </Modal>
    </>
  );
}
