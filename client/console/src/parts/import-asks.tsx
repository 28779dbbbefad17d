// What a trade file does not say and an entry needs: what rows wait for stands before the rest.

import { Button, Checkbox, Input, Select } from "antd";
import { type ReactNode, useId, useState } from "react";

import type { Dropped } from "../api/trade";
import type { Both, Page, Subject } from "../api/types";
import { useGet } from "../api/use";
import type { Key } from "../texts";
import { useTexts } from "../texts/use";
import { type Given, wanted } from "./importing";
import { Mark, Section } from "./small";

interface Props {
  dropped: Dropped;
  given: Given;
  onGiven: (given: Given) => void;
}

/** Options in the order in which people think of them. */
const OPTIONS = ["place", "bill", "batch", "leg", "ship", "voyage", "event_time", "fullness", "seal_issuer"] as const;
const SWITCHES = ["undoubted", "truck_plates"] as const;
type Option = (typeof OPTIONS)[number];

/** What may be chosen where not everything may be typed. */
const CHOICES: Partial<Record<Option, { value: string; name: Key }[]>> = {
  leg: [
    { value: "barge", name: "leg.barge" },
    { value: "vessel", name: "leg.vessel" },
  ],
  fullness: [
    { value: "full", name: "value.full" },
    { value: "empty", name: "value.empty" },
  ],
  seal_issuer: [
    { value: "ca", name: "issuer.ca" },
    { value: "sh", name: "issuer.sh" },
    { value: "cu", name: "issuer.cu" },
  ],
};

/** Times are typed as the clocks of the port show them. */
const ZONE = "+08:00";

export function Asks({ dropped, given, onGiven }: Props) {
  const { t, word } = useTexts();
  const [typed, setTyped] = useState<Partial<Given>>({});
  const needed = wanted(dropped);
  const first = OPTIONS.filter((option) => needed.has(option) || given[option]);
  const rest = OPTIONS.filter((option) => !first.includes(option));
  const field = (option: Option) => (
    <Field key={option} option={option} needed={needed.get(option)}>
      {(id) => <Typed
          id={id}
          option={option}
          value={typed[option] ?? given[option] ?? ""}
          onValue={(value) => setTyped({ ...typed, [option]: value })}
        />}
    </Field>
  );
  return (
    <Section title={t("import.asks")}>
      <form
        className="asks"
        onSubmit={(event) => {
          event.preventDefault();
          onGiven({ ...given, ...typed });
        }}
      >
        {first.length === 0 && needed.size === 0 && <p className="quiet">{t("import.asksNothing")}</p>}
        <div className="fields">{first.map(field)}</div>
        <details>
          <summary>{t("import.more")}</summary>
          <div className="fields">{rest.map(field)}</div>
          {SWITCHES.map((name) => (
            <Checkbox
              key={name}
              checked={(typed[name] ?? given[name]) === "true"}
              onChange={(event) => setTyped({ ...typed, [name]: event.target.checked ? "true" : "" })}
            >
              {word("option", name)}
            </Checkbox>
          ))}
        </details>
        <Button htmlType="submit" type={needed.size > 0 ? "primary" : "default"} size="small">
          {t("import.again")}
        </Button>
      </form>
    </Section>
  );
}

function Field(props: { option: Option; needed: number | undefined; children: (id: string) => ReactNode }) {
  const { t, word } = useTexts();
  const id = useId();
  return (
    <div>
      <label htmlFor={id}>{word("option", props.option)}</label>{" "}
      {props.needed !== undefined && <Mark tone="wait">{t("import.neededBy", { n: props.needed })}</Mark>}
      {props.children(id)}
    </div>
  );
}

interface TypedProps {
  id: string;
  option: Option;
  value: string;
  onValue: (value: string) => void;
}

function Typed({ id, option, value, onValue }: TypedProps) {
  const { t } = useTexts();
  if (option === "place") return <PlaceChoice id={id} value={value} onValue={onValue} />;
  const choices = CHOICES[option];
  if (choices) {
    const options = choices.map(({ value, name }) => ({ value, label: t(name) }));
    return <Choice id={id} value={value} onValue={onValue} options={options} />;
  }
  if (option === "event_time") return <TimeInput id={id} value={value} onValue={onValue} />;
  return <Input id={id} value={value} maxLength={64} autoComplete="off" onChange={(event) => onValue(event.target.value)} />;
}

type ValueProps = Omit<TypedProps, "option">;

function Choice({ id, value, onValue, options }: ValueProps & { options: { value: string; label: string }[] }) {
  return (
    <Select
      id={id}
      allowClear
      style={{ width: "100%" }}
      value={value === "" ? null : value}
      onChange={(chosen) => onValue(chosen ?? "")}
      options={options}
      popupMatchSelectWidth={false}
    />
  );
}

function PlaceChoice(props: ValueProps) {
  const { both } = useTexts();
  const places = useGet<Page<Subject<Both>>>("/v1/subjects/membership?prefix=place:&limit=500");
  const options = (places.data?.items ?? []).map(({ subject, state }) => {
    const code = subject.slice("place:".length);
    return { value: code, label: `${both(state)} ${code}` };
  });
  return <Choice {...props} options={options} />;
}

/** Shown as Shanghai's clock, kept as UTC milliseconds. */
function TimeInput({ id, value, onValue }: ValueProps) {
  const [text, setText] = useState("");
  return (
    <Input
      id={id}
      type="datetime-local"
      value={value === "" ? "" : text}
      onChange={(event) => {
        const typed = event.target.value;
        const at = Date.parse(`${typed}:00${ZONE}`);
        setText(typed);
        onValue(Number.isNaN(at) ? "" : String(at));
      }}
    />
  );
}
