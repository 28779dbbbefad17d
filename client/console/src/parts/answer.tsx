// The four states of what was asked for: under way, there, not to be had, and old.

import { MinusCircleOutlined, ReloadOutlined } from "@ant-design/icons";
import { Alert, Button, Skeleton } from "antd";
import type { ReactNode } from "react";

import type { Answer } from "../api/use";
import { token } from "../app/session";
import { useTexts } from "../texts/use";
import { clock } from "./format";

interface Props<T> {
  of: Answer<T>;
  children: (data: T) => ReactNode;
  /** What is shown while nothing is there yet. */
  rows?: number;
}

/** Shows an answer, or why there is none. */
export function Shown<T>({ of, children, rows = 4 }: Props<T>) {
  const { t, both } = useTexts();
  if (of.data !== undefined) {
    return (
      <>
        {of.error && (
          <p className="stale" role="status">
            {t("state.stale", { time: clock(of.dataUpdatedAt) })} · {both(of.error.title)}
          </p>
        )}
        {children(of.data)}
      </>
    );
  }
  if (of.error) {
    // A token that is not good is a fault; none is not: whoever has one signs in above.
    if (of.error.needsToken && token() === null) return <Nothing>{t("signin.needed")}</Nothing>;
    if (of.error.status === 404) return <Nothing>{t("state.missing")}</Nothing>;
    return (
      <Alert
        type="error"
        showIcon
        title={`${t("state.failed")}: ${both(of.error.title)}`}
        description={both(of.error.detail)}
        action={
          <Button size="small" icon={<ReloadOutlined aria-hidden />} onClick={() => void of.refetch()}>
            {t("state.again")}
          </Button>
        }
      />
    );
  }
  return (
    <div role="status" aria-label={t("state.loading")}>
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  );
}

/** There is nothing to show, and that is an answer. */
export function Nothing({ children }: { children: ReactNode }) {
  return (
    <p className="nothing">
      <MinusCircleOutlined aria-hidden /> {children}
    </p>
  );
}
