// Tables: dense, and turned page by page by the node, which knows how many there are.

import { Button, Input, Table, type TableProps } from "antd";
import { useState } from "react";

import type { Page } from "../api/types";
import { type Answer, useGet } from "../api/use";
import { useTexts } from "../texts/use";
import { Nothing, Shown } from "./answer";

interface RowsProps<T> {
  rows: readonly T[];
  columns: NonNullable<TableProps<T>["columns"]>;
  id: (row: T) => string;
  none: string;
  expandable?: TableProps<T>["expandable"];
  /** Where all rows are here, and too many for one sight. */
  pageSize?: number;
}

/** On a telephone each row stands as a card: its cells carry the names of their columns. */
function labelled<T>(column: Column<T>): Column<T> {
  return { ...column, onCell: () => ({ "data-label": typeof column.title === "string" ? column.title : "" }) as Cell };
}

type Column<T> = NonNullable<TableProps<T>["columns"]>[number];
type Cell = React.TdHTMLAttributes<HTMLTableCellElement>;

/** A table of what is here. */
export function Rows<T extends object>({ rows, columns, id, none, expandable, pageSize }: RowsProps<T>) {
  if (rows.length === 0) return <Nothing>{none}</Nothing>;
  return (
    <Table<T>
      size="small"
      pagination={pageSize === undefined ? false : { pageSize, hideOnSinglePage: true, showSizeChanger: false, size: "small" }}
      dataSource={rows}
      className="rows"
      columns={columns.map(labelled)}
      rowKey={id}
      {...(expandable ? { expandable } : {})}
    />
  );
}

export interface Paged<T> {
  answer: Answer<Page<T>>;
  turn: React.ReactNode;
}

/** A list that the node turns page by page. `path` has its query; a new path begins anew. */
export function usePaged<T>(path: string): Paged<T> {
  const { t } = useTexts();
  const [at, setAt] = useState<{ path: string; after: string | null }>({ path, after: null });
  const after = at.path === path ? at.after : null;
  const query = after === null ? path : `${path}&after=${encodeURIComponent(after)}`;
  const answer = useGet<Page<T>>(query, { turned: true });
  const next = answer.data?.next ?? null;
  const turn =
    after === null && next === null ? null : (
      <>
        <Button size="small" disabled={after === null} onClick={() => setAt({ path, after: null })}>
          {t("state.first")}
        </Button>
        <Button size="small" disabled={next === null} onClick={() => setAt({ path, after: next })}>
          {t("state.more")}
        </Button>
      </>
    );
  return { answer, turn };
}

export interface Found<T> extends Paged<T> {
  /** The field for the beginning of a number. */
  search: React.ReactNode;
}

const NUMBER_CHARS_MAX = 40;

/** Subjects of one kind, found by how their numbers begin, turned page by page. */
export function useFound<T>(family: string, kind: string, limit: number, hint: string): Found<T> {
  const [begins, setBegins] = useState("");
  const paged = usePaged<T>(`/v1/subjects/${family}?limit=${limit}&prefix=${encodeURIComponent(`${kind}:${begins}`)}`);
  const search = (
    <Input
      allowClear
      size="small"
      aria-label={hint}
      placeholder={hint}
      value={begins}
      maxLength={NUMBER_CHARS_MAX}
      onChange={(event) => setBegins(event.target.value.trim().toUpperCase())}
      style={{ width: 240 }}
    />
  );
  return { ...paged, search };
}

/** Such a list as a table. */
export function PagedRows<T extends object>(props: { of: Paged<T> } & Omit<RowsProps<T>, "rows">) {
  const { of, ...rest } = props;
  return <Shown of={of.answer}>{(page) => <Rows rows={page.items} {...rest} />}</Shown>;
}
