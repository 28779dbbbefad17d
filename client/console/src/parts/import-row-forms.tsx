// What a trade file does not say of one container alone: its seal, its bill, its equipment receipt.

import { Button, Input, Select } from "antd";
import { type FormEvent, useState } from "react";

import type { Key } from "../texts";
import { useTexts } from "../texts/use";
import { type Given, givenFor, giveRow, type OfRow, type Row } from "./importing";

interface Props {
  row: Row;
  /** The field on which the ledger refused this row. */
  refused: string | undefined;
  given: Given;
  onGiven: (given: Given) => void;
}

interface RowForm {
  option: Exclude<OfRow, "seal">;
  /** Of the entry that a row makes. */
  field: string;
  label: Key;
  hint: Key;
  /** What the row lacks without it. */
  code?: string;
}

const FORMS: RowForm[] = [
  { option: "billOf", field: "bill_no", label: "import.billNo", hint: "option.bill", code: "needs_bill" },
  { option: "eir", field: "eir_no", label: "import.eirNo", hint: "field.eir_no" },
];

/** Lengths that the entry takes. */
const NUMBER_CHARS_MAX = 35;
const SEAL_CHARS_MAX = 15;

/** The forms that would help this row; the others for whoever asks for them. */
export function RowForms({ row, refused, given, onGiven }: Props) {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  const lacks = new Set(row.lacks.map(({ code }) => code));
  const gate = row.kind === "gate_in" || row.kind === "gate_out";
  const wanted = ({ option, field, code = "" }: RowForm) =>
    lacks.has(code) || refused === field || givenFor(given, option, row.number) !== "";
  const shown = FORMS.filter((form) => wanted(form) || (open && gate));
  const give = (option: OfRow) => (value: string) => onGiven(giveRow(given, option, row.number, value));
  return (
    <>
      {lacks.has("needs_seal") && <SealForm no={row.number} onGive={give("seal")} />}
      {shown.map(({ option, label, hint }) => (
        <NumberForm key={option} label={t(label, { no: row.number })} hint={t(hint)} before={givenFor(given, option, row.number)} onGive={give(option)} />
      ))}
      {gate && shown.length < FORMS.length && (
        <Button size="small" type="link" onClick={() => setOpen(true)}>
          {t("import.rowMore")}
        </Button>
      )}
    </>
  );
}

function submitting(give: () => void) {
  return (event: FormEvent) => {
    event.preventDefault();
    give();
  };
}

function NumberForm(props: { label: string; hint: string; before: string; onGive: (value: string) => void }) {
  const { t } = useTexts();
  const [number, setNumber] = useState(props.before);
  const typed = number.trim();
  return (
    <form className="of-row" onSubmit={submitting(() => props.onGive(typed))}>
      <Input
        size="small"
        aria-label={props.label}
        placeholder={props.hint}
        value={number}
        maxLength={NUMBER_CHARS_MAX}
        autoComplete="off"
        onChange={(event) => setNumber(event.target.value)}
      />
      <Button size="small" htmlType="submit" disabled={typed === props.before}>
        {t("import.give")}
      </Button>
    </form>
  );
}

const ISSUERS = ["CA", "SH", "CU"];

function SealForm({ no, onGive }: { no: string; onGive: (value: string) => void }) {
  const { t, word } = useTexts();
  const [number, setNumber] = useState("");
  const [issuer, setIssuer] = useState("CA");
  const options = ISSUERS.map((code) => ({ value: code, label: word("issuer", code.toLowerCase()) }));
  return (
    <form className="of-row" onSubmit={submitting(() => onGive(`${number.trim()}:${issuer}`))}>
      <Input
        size="small"
        aria-label={t("import.sealNo", { no })}
        placeholder={t("field.seal_no")}
        value={number}
        maxLength={SEAL_CHARS_MAX}
        onChange={(event) => setNumber(event.target.value)}
      />
      <Select
        size="small"
        aria-label={t("import.sealBy", { no })}
        value={issuer}
        onChange={setIssuer}
        options={options}
        popupMatchSelectWidth={false}
      />
      <Button size="small" htmlType="submit" disabled={number.trim() === ""}>
        {t("import.give")}
      </Button>
    </form>
  );
}
