// Who sits here: a key file of the party, which signs as well, or a token for looking alone.

import { KeyOutlined } from "@ant-design/icons";
import { Alert, Button, Input, Modal, Segmented, Upload } from "antd";
import { BadKey } from "countersign-verifier/sign";
import { useEffect, useState, useSyncExternalStore } from "react";
import { Link } from "wouter";

import { Refused, refusalText } from "../api/http";
import { useName } from "../api/use";
import { inBoth } from "../parts/facts";
import { useTrust } from "../parts/trust";
import { useTexts } from "../texts/use";
import { forgetKey, onKey, openKey, ownKey, tryToken } from "./keys";
import { useLive } from "./live";
import { onToken, setToken, token } from "./session";

export function SignIn() {
  const { t, both } = useTexts();
  const { line } = useLive();
  const held = useSyncExternalStore(onToken, token);
  const own = useSyncExternalStore(onKey, ownKey);
  const name = both(useName(own?.party ?? ""));
  const [open, setOpen] = useState(false);
  const guarded = line.state === "closed" || held !== null;
  useEffect(() => {
    if (line.state === "closed") setOpen(true);
  }, [line.state]);
  const leave = () => {
    forgetKey();
    setToken(null);
  };
  if (own || held) {
    return (
      <Button icon={<KeyOutlined aria-hidden />} onClick={leave} title={own ? `${t("key.signingAs")} ${name}` : undefined}>
        {t(held ? "signin.out" : "key.close")}
      </Button>
    );
  }
  return (
    <>
      <Button icon={<KeyOutlined aria-hidden />} type={guarded ? "primary" : "default"} onClick={() => setOpen(true)}>
        {t(guarded ? "signin.title" : "key.open")}
      </Button>
      {open && <Dialog guarded={guarded} onClose={() => setOpen(false)} />}
    </>
  );
}

function Dialog({ guarded, onClose }: { guarded: boolean; onClose: () => void }) {
  const { t } = useTexts();
  const [way, setWay] = useState<"key" | "token">("key");
  return (
    <Modal open title={t(guarded ? "signin.title" : "key.open")} footer={null} onCancel={onClose}>
      {guarded && (
        <>
          <p>
            {t("signin.asked")} <a href="/verify">{t("signin.public")}</a>,{" "}
            <Link href="/check" onClick={onClose}>
              {t("menu.check")}
            </Link>
          </p>
          <Segmented
            value={way}
            onChange={setWay}
            options={[
              { value: "key", label: t("key.file") },
              { value: "token", label: t("signin.label") },
            ]}
          />
        </>
      )}
      {way === "key" ? <KeyForm guarded={guarded} onClose={onClose} /> : <TokenForm onClose={onClose} />}
    </Modal>
  );
}

function KeyForm({ guarded, onClose }: { guarded: boolean; onClose: () => void }) {
  const { t, both } = useTexts();
  const trusted = useTrust();
  const [pem, setPem] = useState<{ name: string; text: string }>();
  const [passphrase, setPassphrase] = useState("");
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const openIt = async () => {
    if (!pem || typeof trusted !== "object") return;
    setBusy(true);
    setWrong(undefined);
    try {
      await openKey(pem.text, passphrase, trusted.genesis.networkId, guarded);
      onClose();
    } catch (cause) {
      if (cause instanceof BadKey) setWrong(both(inBoth(cause.message)));
      else if (cause instanceof Refused) setWrong(cause.status === 404 ? t("key.unknown") : both(refusalText(cause)));
      else throw cause;
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void openIt();
      }}
    >
      <p>{t("key.how")}</p>
      <div style={{ margin: "0 0 12px" }}>
        <Upload showUploadList={false} accept=".pem" beforeUpload={(file) => (void file.text().then((text) => setPem({ name: file.name, text })), false)}>
          <Button>{t("key.choose")}</Button>
        </Upload>{" "}
        {pem?.name}
      </div>
      <Input.Password
        aria-label={t("key.passphrase")}
        placeholder={t("key.passphrase")}
        value={passphrase}
        onChange={(event) => setPassphrase(event.target.value)}
        autoComplete="off"
      />
      {wrong && <Alert style={{ marginTop: 10 }} type="error" showIcon title={wrong} />}
      <p style={{ margin: "12px 0 0" }}>
        <Button type="primary" htmlType="submit" disabled={!pem} loading={busy}>
          {t(guarded ? "signin.title" : "key.open")}
        </Button>
      </p>
    </form>
  );
}

function TokenForm({ onClose }: { onClose: () => void }) {
  const { t, both } = useTexts();
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState<string>();
  const open = async () => {
    try {
      await tryToken(text);
      onClose();
    } catch (cause) {
      if (!(cause instanceof Refused)) throw cause;
      setWrong(both(refusalText(cause)));
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void open();
      }}
    >
      <p>{t("signin.how")}</p>
      <pre>countersign token new --key entry.pem --genesis genesis.json</pre>
      <Input.TextArea
        aria-label={t("signin.label")}
        placeholder={t("signin.label")}
        rows={4}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {wrong && <Alert style={{ marginTop: 10 }} type="error" showIcon title={wrong} />}
      <p style={{ margin: "12px 0 0" }}>
        <Button type="primary" htmlType="submit" disabled={text.trim() === ""}>
          {t("signin.title")}
        </Button>
      </p>
    </form>
  );
}
