// The frame: menu, search, the line to the node, language; in it the page of the address.

import { CloudServerOutlined, MenuOutlined, SearchOutlined } from "@ant-design/icons";
import { Alert, Button, Drawer, Input, Menu, Skeleton } from "antd";
import { Suspense, useEffect, useState } from "react";
import { Link, Route, Switch, useLocation } from "wouter";

import { useGet } from "../api/use";
import type { Status } from "../api/types";
import { Nothing } from "../parts/answer";
import { clock } from "../parts/format";
import { Mark } from "../parts/small";
import { type Key, speak } from "../texts";
import { useTexts } from "../texts/use";
import { Fence } from "./Fence";
import { useLive } from "./live";
import { MENU, PAGES } from "./pages";
import { SignIn } from "./SignIn";

/** Heartbeats that may fail to come before the page says so. */
const LATE_HEARTBEATS = 4;

export function Shell() {
  const { t } = useTexts();
  const [open, setOpen] = useState(false);
  const [location] = useLocation();
  return (
    <div className="frame">
      <a className="skip" href="#page">
        {t("app.skip")}
      </a>
      <header className="top">
        <Button
          className="menu-button"
          type="text"
          icon={<MenuOutlined aria-hidden />}
          aria-label={t("menu.open")}
          onClick={() => setOpen(true)}
        />
        <Link href="/" className="brand" aria-label={t("app.name")}>
          <img src="/console/seal.svg" alt="" width={24} height={24} />
          <span>{t("app.name")}</span>
        </Link>
        <SearchBox />
        <span className="grow" />
        <LinePill />
        <LanguageSwitch />
        <SignIn />
      </header>
      <nav className="side-menu" aria-label={t("menu.open")}>
        <PageMenu />
      </nav>
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        placement="left"
        size={240}
        title={t("app.name")}
        styles={{ body: { padding: 0 } }}
      >
        <PageMenu onChosen={() => setOpen(false)} />
      </Drawer>
      <main id="page" tabIndex={-1}>
        <Notices />
        <Fence at={location}>
          <Suspense fallback={<Skeleton active title={false} paragraph={{ rows: 6 }} />}>
            <Switch>
              {PAGES.map(({ path, page: Page }) => (
                <Route key={path} path={path}>
                  {(params) => <Page {...decoded(params)} />}
                </Route>
              ))}
              <Route>
                <Nothing>{t("notfound.title")}</Nothing>
              </Route>
            </Switch>
          </Suspense>
        </Fence>
      </main>
    </div>
  );
}

/** The parts of an address as the page that was linked to meant them. */
function decoded(params: Record<string, string | undefined>): Record<string, string> {
  const plain = Object.entries(params).map(([name, value]) => {
    try {
      return [name, decodeURIComponent(value ?? "")];
    } catch {
      // A lone percent sign: nothing that this page links to.
      return [name, value ?? ""];
    }
  });
  return Object.fromEntries(plain) as Record<string, string>;
}

function PageMenu({ onChosen }: { onChosen?: () => void }) {
  const { t } = useTexts();
  const [location] = useLocation();
  const current = MENU.find((item) => [item.path, ...(item.also ?? [])].some((path) => location.startsWith(path))) ?? (location === "/" ? MENU[0] : undefined);
  return (
    <Menu
      mode="inline"
      selectedKeys={[current?.path ?? ""]}
      items={MENU.map(({ path, icon: Icon, name }) => ({
        key: path,
        icon: <Icon aria-hidden />,
        label: (
          <Link href={path} onClick={() => onChosen?.()}>
            {t(name)}
          </Link>
        ),
      }))}
    />
  );
}

function SearchBox() {
  const { t } = useTexts();
  const [, go] = useLocation();
  return (
    <form
      role="search"
      className="search"
      onSubmit={(event) => {
        event.preventDefault();
        const q = String(new FormData(event.currentTarget).get("q") ?? "").trim();
        if (q) go(`/search/${encodeURIComponent(q)}`);
      }}
    >
      <Input
        name="q"
        aria-label={t("search.label")}
        placeholder={t("search.hint")}
        prefix={<SearchOutlined aria-hidden />}
        maxLength={64}
        autoComplete="off"
        allowClear
      />
    </form>
  );
}

const LINES: Record<ReturnType<typeof useLive>["line"]["state"], { key: Key; tone: "good" | "bad" | "wait" | "off" }> = {
  live: { key: "line.live", tone: "good" },
  opening: { key: "line.opening", tone: "wait" },
  broken: { key: "line.broken", tone: "bad" },
  closed: { key: "line.closed", tone: "off" },
};

function LinePill() {
  const { t } = useTexts();
  const { line, tip, now } = useLive();
  const { key, tone } = LINES[line.state];
  return (
    <Link href="/network" className="pill">
      <span role="status" data-line={line.state}>
        <Mark tone={tone}>{t(key)}</Mark>
      </span>
      {tip && (
        <span className="figure wide-only">
          {t("line.height", { height: tip.batch.height })} ·{" "}
          {t("line.age", { s: Math.max(0, Math.round((now - tip.at) / 1000)) })}
        </span>
      )}
      <CloudServerOutlined aria-hidden className="narrow-only" />
    </Link>
  );
}

function LanguageSwitch() {
  const { t, language } = useTexts();
  const other = language === "zh" ? "en" : "zh";
  return (
    <Button
      type="text"
      lang={other === "zh" ? "zh-CN" : "en"}
      aria-label={t("language.switch")}
      onClick={() => speak(other)}
    >
      {t("language.other")}
    </Button>
  );
}

/** What everybody should know before reading on. */
function Notices() {
  const { t } = useTexts();
  const { line, tip, now } = useLive();
  const status = useGet<Status>("/v1/status");
  const [heard, setHeard] = useState(() => Date.now());
  useEffect(() => setHeard(tip?.at ?? Date.now()), [tip]);
  const silent = Math.round((now - heard) / 1000);
  const late = (status.data?.heartbeat_ms ?? 5000) * LATE_HEARTBEATS;
  return (
    <>
      {line.state === "broken" && (
        <Alert banner type="warning" title={t("line.brokenSince", { time: clock(line.since) })} />
      )}
      {line.state === "closed" && <Alert banner type="info" title={t("line.closedWhy")} />}
      {line.state === "live" && silent * 1000 > late && (
        <Alert banner type="error" title={t("line.still", { s: silent })} />
      )}
      {status.data?.clock_ahead_ms !== undefined && (
        <Alert banner type="info" title={t("line.rehearsal")} />
      )}
    </>
  );
}
