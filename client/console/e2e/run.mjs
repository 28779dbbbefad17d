// Each user's main question, asked in a real browser of a real network:
// node e2e/run.mjs BINARY [ADDRESS GENESIS]
//
// With an address, of a network that runs there; `ONLY` names the beginning of one story, and
// `CONSOLE_DIST` the folder of a console that is to be tried in place of the embedded one.
//
// What the browser cannot know, the command line says: files that the page hands out are verified
// with the founding document.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import assert from "node:assert/strict";

import { gateIn } from "./edifact.mjs";
import { executable, open, settled, start } from "./browser.mjs";
import { front } from "./front.mjs";
import { Guarded } from "./guarded.mjs";
import { Network } from "./network.mjs";

const run = promisify(execFile);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Upper bound for something to show; nothing depends on how fast it does. */
const SHOWN_MS_MAX = 30_000;

const [binary, url, genesis] = process.argv.slice(2);
if (!binary) throw new Error("usage: node e2e/run.mjs BINARY [ADDRESS GENESIS]");
if (!executable()) throw new Error("no chromium on this machine; COUNTERSIGN_CHROMIUM may name one");

/** One page and the words to look for on it. */
class User {
  static async at(browser, network, options) {
    const { context, page, faults } = await open(browser, options);
    page.setDefaultTimeout(SHOWN_MS_MAX);
    return new User(network, context, page, faults);
  }

  constructor(network, context, page, faults) {
    Object.assign(this, { network, context, page, faults });
  }

  async goto(path) {
    await this.page.goto(`${this.network.url}/console${path}`);
    await settled(this.page);
  }

  /** Waits until the page says so. */
  async sees(...texts) {
    for (const text of texts) await this.page.locator("main").getByText(text).first().waitFor();
  }

  async ask(no) {
    const field = this.page.locator(".ask input");
    await field.fill(no);
    await field.press("Enter");
  }

  async verdict(tone, ...texts) {
    const shown = this.page.locator(`[data-verdict=${tone}]`);
    await shown.waitFor();
    for (const text of texts) await shown.getByText(text).first().waitFor();
  }

  /** The file that a button hands out, held against the founding document by the command line. */
  async verified(button) {
    const [download] = await Promise.all([this.page.waitForEvent("download"), this.page.getByRole("button", { name: button }).first().click()]);
    const file = await download.path();
    await run(binary, ["verify", file, "--genesis", this.network.genesis]);
    await assert.rejects(
      run(binary, ["verify", this.network.genesis, "--genesis", this.network.genesis]),
      "what is no proof must not verify",
    );
  }

  /** Nothing is wider than the screen. */
  async narrow(name) {
    const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wide <= 0, `${name}: ${wide} px wider than the screen`);
  }

  /** No serious finding of axe, and nothing wider than the screen. */
  async fits(name) {
    await this.narrow(name);
    await this.page.evaluate(axe);
    const { violations } = await this.page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
    const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    const said = serious.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html).join("\n    ")}`);
    assert.deepEqual(said, [], `${name}: ${said.join("\n  ")}`);
  }

  /** Nothing went wrong in the page but what was to be expected. */
  async leave(expected = () => false) {
    const wrong = this.faults.filter((fault) => !expected(fault));
    await this.context.close();
    assert.deepEqual(wrong, []);
  }
}

const missing = (fault) => fault.includes("404 (Not Found)");
const unreachable = (fault) => fault.includes("ERR_INTERNET_DISCONNECTED") || fault.includes("ERR_NETWORK");

const STORIES = {
  "a clerk asks whether a box may leave": async (browser, network) => {
    const clerk = await User.at(browser, network, {});
    await clerk.page.goto(network.url);
    await settled(clerk.page);
    assert.equal(new URL(clerk.page.url()).pathname, "/console/");
    await clerk.ask("fciu 704210-0");
    await clerk.verdict("good", "YES", "load onto the barge");
    await clerk.ask("CBHU7022929");
    await clerk.verdict("off", "LEFT");
    await clerk.ask("CBHU7022928");
    await clerk.sees("The check digit should be 9: mistyped?");
    await clerk.verdict("off", "UNKNOWN");
    await clerk.ask("FCIU");
    await clerk.sees("A container number is four letters and seven digits");
    await clerk.sees("CBHU6192031");
    await clerk.fits("wharf");
    await clerk.goto("/boxes/CBHU7022929");
    await clerk.sees("Hold cleared", "SH-880171", "Loaded onto the ship");
    await clerk.verified("Download the state proof");
    await clerk.fits("box");
    await clerk.leave(missing);
  },

  "two statements disagree while customs looks on": async (browser, network) => {
    const officer = await User.at(browser, network, {});
    const clerk = await User.at(browser, network, { language: "zh" });
    await officer.goto("/customs");
    await officer.sees("No two statements disagree at present.");
    const { bill, box } = await network.disagree();
    const hold = officer.page.locator(`[data-hold="bill:${bill}"]`);
    await hold.waitFor();
    for (const text of ["Packages differ", "200", "210", "no evidence yet"]) await hold.getByText(text).first().waitFor();
    await hold.getByRole("link", { name: "Shunde Customs Broker (fictitious)" }).waitFor();
    await officer.fits("customs");
    await clerk.goto(`/wharf/${box}`);
    await clerk.verdict("bad", "不可", "件数", "验放地海关");
    await clerk.fits("wharf, no");
    await clerk.goto(`/transfers/${bill}`);
    await clerk.sees("不一致", "在先申报");
    await clerk.page.locator("[data-hold]").getByRole("button", { name: "解除" }).waitFor();
    // The officer opens the office's key, which never leaves the page, and clears the hold with it.
    const window = officer.page.getByRole("dialog");
    await officer.page.getByRole("button", { name: "Open a key" }).click();
    await window.locator("input[type=file]").setInputFiles(network.keyFile("shunde-customs"));
    await window.getByText("entry.pem").waitFor();
    await window.getByRole("button", { name: "Open a key" }).click();
    await hold.getByRole("button", { name: "Clear it" }).click();
    await window.getByText("200").click();
    await window.getByLabel("Why").fill("counted again: 200");
    await window.locator("input[type=file]").setInputFiles({ name: "count.txt", mimeType: "text/plain", buffer: Buffer.from(`200 ${Date.now()}`) });
    await window.getByLabel("Where the file is kept").fill("the office");
    await officer.fits("the form that clears a hold");
    await window.getByRole("button", { name: "Sign and send" }).click();
    await window.locator("[data-verified=yes]").getByText("included in the log").waitFor();
    await window.getByRole("button", { name: "Close", exact: true }).last().click();
    // What was held on all nodes is free on all, and nobody has touched the pages.
    await officer.sees("No two statements disagree at present.");
    await clerk.goto(`/wharf/${box}`);
    await clerk.verdict("bad", "验放地海关");
    // Whether somebody has anchored the file before is asked first.
    await officer.leave(missing);
    await clerk.leave();
  },

  "a clerk imports what the gate's own system wrote": async (browser, network) => {
    const bill = "SDSK26119002";
    const [plain, unsealed, inside] = ["OOLU7100056", "OOLU7100061", "OOLU7100077"];
    await network.manifest(bill, [plain, unsealed, inside]);
    const clerk = await User.at(browser, network, {});
    const main = clerk.page.locator("main");
    const drop = (name, text) =>
      main.locator("input[type=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(text) });
    const row = (no) => main.locator(`[data-row="${no}"]`);
    await clerk.goto("/wharf");
    await clerk.page.getByRole("link", { name: "Import a CODECO or COARRI file" }).click();
    await clerk.page.locator("h1").getByText("before you sign it").waitFor();
    // What is no trade file is refused as a whole.
    await drop("letter.txt", "Dear Sirs,");
    await clerk.sees("The whole file is refused");
    await main.getByRole("button", { name: "Another file" }).click();
    // One box that is taken as it stands.
    await drop("gate-1.edi", gateIn(bill, [{ no: inside, seal: "SH-990001" }]));
    await clerk.sees("Containers: 1. Taken 1, doubted 0, refused 0; making no entry 1.", "needs your place");
    await main.getByRole("button", { name: "Open a key" }).click();
    const window = clerk.page.getByRole("dialog");
    await window.locator("input[type=file]").setInputFiles(network.keyFile("shunde-wharf"));
    await window.getByText("entry.pem").waitFor();
    await window.getByRole("button", { name: "Open a key" }).click();
    // The key tells whose wharf it is; what is shown is what stands in the bytes.
    await clerk.sees("Entries: 1; moves in them: 1.", "Shunde River Wharf (fictitious)", "SH-990001", bill);
    await clerk.fits("import, before it is signed");
    await main.getByRole("button", { name: "Sign and send" }).click();
    await clerk.sees("All entries are final.", "final, receipt verified");
    await main.locator("[data-verified=yes]").getByText("included in the log").waitFor();
    await row(inside).getByText("final, receipt verified").waitFor();
    // A file of which a part is refused: by the importer, for want of a seal, by the ledger's rules.
    await main.getByRole("button", { name: "Another file" }).click();
    const boxes = [{ no: plain, seal: "SH-990002" }, { no: "OOLU7100078", seal: "SH-990003" }, { no: unsealed }, { no: inside, seal: "SH-990001" }];
    await drop("gate-2.edi", gateIn(bill, boxes));
    await clerk.sees("Containers: 4. Taken 3, doubted 0, refused 1; making no entry 1.");
    await row("OOLU7100078").getByText("fails its check digit").waitFor();
    await row(unsealed).getByText("a full container needs its seal number").waitFor();
    await clerk.page.getByLabel(`Seal number of ${unsealed}`).fill("CA-990004");
    await clerk.page.getByLabel(`Seal number of ${unsealed}`).press("Enter");
    await clerk.sees("Entries: 1; moves in them: 3.", "CA-990004");
    await main.getByRole("button", { name: "Sign and send" }).click();
    await row(inside).locator("[data-refused]").waitFor();
    await row(plain).getByText("not sent: another row of its entry is refused").waitFor();
    await clerk.fits("import, a row refused");
    await row(inside).getByRole("button", { name: "Leave out" }).click();
    await clerk.sees("Entries: 1; moves in them: 2.");
    await main.getByRole("button", { name: "Sign and send" }).click();
    await clerk.sees("All entries are final.");
    const entry = row(plain).getByRole("link");
    await entry.click();
    await clerk.sees("Accepted and final", unsealed, "CA-990004");
    await clerk.goto(`/boxes/${unsealed}`);
    await clerk.sees("CA-990004");
    // A file that names no bill: each row is given its own, and one the number of its receipt.
    const [left, right] = ["OOLU7100035", "OOLU7100040"];
    await network.manifest("SDSK26119003", [left]);
    await network.manifest("SDSK26119004", [right]);
    await clerk.goto("/import");
    await drop("gate-3.edi", gateIn(undefined, [{ no: left, seal: "SH-990005" }, { no: right, seal: "SH-990006" }]));
    await row(left).getByText("needs the bill of lading").waitFor();
    // A page that is opened anew knows no key: it is opened once more.
    await main.getByRole("button", { name: "Open a key" }).click();
    await window.locator("input[type=file]").setInputFiles(network.keyFile("shunde-wharf"));
    await window.getByText("entry.pem").waitFor();
    await window.getByRole("button", { name: "Open a key" }).click();
    const give = async (label, value) => {
      await clerk.page.getByLabel(label).fill(value);
      await clerk.page.getByLabel(label).press("Enter");
    };
    await give(`Bill of lading of ${left}`, "SDSK26119003");
    await clerk.sees("Entries: 1; moves in them: 1.");
    await give(`Bill of lading of ${right}`, "SDSK26119004");
    await clerk.sees("Entries: 1; moves in them: 2.");
    await row(right).getByRole("button", { name: "Its own bill or receipt" }).click();
    await give(`Equipment receipt of ${right}`, "EIR-990006");
    await clerk.sees("EIR-990006", "SDSK26119003", "SDSK26119004");
    await clerk.fits("import, what rows are given");
    await main.getByRole("button", { name: "Sign and send" }).click();
    await clerk.sees("All entries are final.");
    // The dry run is refused on purpose, and the browser notes it.
    await clerk.leave((fault) => fault.includes("422"));
  },

  "an auditor follows a guarantee": async (browser, network) => {
    const auditor = await User.at(browser, network, {});
    await auditor.goto("/guarantors/91440101MA7DEM059P");
    await auditor.sees("CNY 48.66 m", "CNY 1.34 m", "97.3 % of the limit", "Exposure over time");
    await auditor.page.locator(".chart svg").first().waitFor();
    await auditor.verified("Download the proven statement");
    // The same as of an earlier moment: by its height, by its day and time.
    await auditor.page.getByLabel("As of height").fill("200");
    await auditor.page.getByRole("button", { name: "Show" }).click();
    await auditor.page.locator("h1").getByText("as of height 200").waitFor();
    await auditor.verified("Download the proven statement");
    const record = await (await fetch(`${network.url}/v1/batches?from=230&limit=1`)).json();
    const minute = new Date(record.items[0].header.time + 60_000 + 8 * 3_600_000).toISOString().slice(0, 16);
    await auditor.page.getByLabel("As of day and time").fill(minute);
    await auditor.page.getByRole("button", { name: "Show" }).click();
    await auditor.page.locator("h1").getByText("as of height 200").waitFor({ state: "detached" });
    await auditor.sees("as of height");
    await auditor.page.getByRole("button", { name: "Back to now" }).click();
    await auditor.sees("CNY 48.66 m");
    await auditor.page.locator(".ant-table-row-expand-icon").first().click();
    await auditor.sees("515020260000900012");
    await auditor.fits("guarantor");
    await auditor.page.getByRole("link", { name: "515020260000900012" }).click();
    await auditor.sees("CNY 3,450,000.00");
    await auditor.leave();
  },

  "a transfer, oil, a certificate": async (browser, network) => {
    const anyone = await User.at(browser, network, { language: "zh" });
    await anyone.goto("/transfers");
    await anyone.page.getByRole("link", { name: "SDSK26110001" }).first().click();
    await anyone.sees("时间线（每方一列）", "查验通知", "放行", "19,500");
    await anyone.page.locator("svg.river circle").first().waitFor();
    await anyone.fits("transfer");
    await anyone.goto("/oil/LZ5160000001");
    await anyone.sees("3,800.900", "分毫不差");
    await anyone.fits("oil");
    await anyone.goto("/certificates/E265100123450001");
    await anyone.sees("已撤销", "200 CTN", "买方取消");
    await anyone.fits("certificate");
    await anyone.goto("/search/51502026");
    await anyone.page.locator("main .ant-table-row").first().waitFor();
    await anyone.fits("search");
    await anyone.goto("/subjects/guarantee/drawdown%3A515020260000900012");
    await anyone.page.locator("h1").getByText("515020260000900012").waitFor();
    await anyone.fits("subject");
    await anyone.goto("/batches/20");
    await anyone.page.locator("h1").getByText("20").waitFor();
    await anyone.fits("batch");
    await anyone.leave();
  },

  "long boards are written out page by page": async (browser, network) => {
    const reader = await User.at(browser, network, {});
    const id = (n) => n.toString(16).padStart(64, "0");
    const said = (n, value) => ({ party: "GACC5150", entry: id(n), value });
    const hold = (n) => ({
      subject: `bill:LONG${n}`, kind: "packages_mismatch", field: "packages", en: "they differ", zh: "不一致",
      statements: [said(n, "200"), said(n + 1, "210")], parties: ["GACC5150"], since: Date.now(), deadline: null,
    });
    await reader.context.route("**/v1/alerts?*", (route) =>
      route.fulfill({ json: { items: Array.from({ length: 200 }, (_, n) => hold(n)), next: "more" } }),
    );
    await reader.goto("/customs");
    await reader.sees("200+ open", "LONG9");
    assert.equal(await reader.page.locator("[data-hold]").count(), 10);
    await reader.page.getByTitle("20", { exact: true }).click();
    await reader.sees("LONG199");
    assert.equal(await reader.page.locator("[data-hold]").count(), 10);
    await reader.context.route("**/v1/batches/20", async (route) => {
      const batch = await (await route.fetch()).json();
      const entries = Array.from({ length: 5000 }, (_, n) => ({ ...batch.entries[0], id: id(n) }));
      const happenings = entries.map(({ id }) => ({ ...batch.happenings[0], entry: id }));
      await route.fulfill({ json: { ...batch, entries, happenings } });
    });
    await reader.goto("/batches/20");
    await reader.sees("4900 more");
    assert.ok((await reader.page.locator("main tbody tr").count()) < 150);
    await reader.leave(missing);
  },

  "an entry by its number, and its receipt": async (browser, network) => {
    const party = await User.at(browser, network, { width: 390, height: 844 });
    await party.goto("/");
    for (const [number, shown] of [
      ["9912347", "SHIP UN9912347"],
      ["sdsk26110001", "Transfer SDSK26110001"],
      ["GZ2026000123", "Guarantee line GZ2026000123"],
      ["515020260000900012", "515020260000900012"],
    ]) {
      const field = party.page.getByRole("textbox", { name: "Search by any number" });
      await field.fill(number);
      await field.press("Enter");
      await party.page.locator("h1").getByText(new RegExp(shown, "i")).waitFor();
    }
    const record = await (await fetch(`${network.url}/v1/subjects/combined_port/box:CBHU7022929`)).json();
    await party.goto(`/search/${record.state.moved_by.entry}`);
    await party.sees("Accepted and final", "Shekou Sea Wharf (fictitious)");
    await party.verified("Download the receipt");
    await party.page.getByRole("button", { name: "Verify", exact: true }).click();
    await party.page.locator("[data-verified=yes]").getByText("more than two thirds signed").waitFor();
    await party.fits("entry on a phone");
    await party.leave();
  },

  "every page on a telephone, in Chinese": async (browser, network) => {
    const walker = await User.at(browser, network, { language: "zh", width: 390, height: 844 });
    for (const path of [
      "/wharf/FCIU7042100",
      "/boxes/CBHU7022929",
      "/import",
      "/customs",
      "/transfers/SDSK26110001",
      "/guarantors/91440101MA7DEM059P",
      "/oil/LZ5160000001",
      "/certificates/E265100123450001",
      "/network",
      "/check",
    ]) {
      await walker.goto(path);
      await walker.narrow(path);
    }
    await walker.page.getByRole("button", { name: "菜单" }).click();
    await walker.page.getByRole("dialog").getByRole("link", { name: "海关" }).click();
    await walker.page.locator("h1").getByText("海关").waitFor();
    await walker.leave();
  },

  "a node that asks who calls": async (browser) => {
    const node = await Guarded.start(binary);
    try {
      const stranger = await User.at(browser, node, { language: "zh" });
      await stranger.page.goto(`${node.url}/console/`);
      const window = stranger.page.getByRole("dialog");
      // It asks in words for a key or a token, and says what is open to everybody.
      await window.getByText("本节点仅应答各参与方").waitFor();
      await window.getByRole("link", { name: "证书核验" }).waitFor();
      await stranger.page.locator("[data-line=closed]").waitFor();
      await stranger.sees("此内容仅供各参与方查看");
      await stranger.fits("a stranger before a guarded node");
      await window.getByText("令牌", { exact: true }).click();
      const token = window.getByRole("textbox", { name: "令牌" });
      const enter = window.getByRole("button", { name: "登录" });
      await token.fill("nonsense");
      await enter.click();
      await window.getByText("令牌无效").first().waitFor();
      await token.fill(await node.token("shunde-wharf"));
      await enter.click();
      await stranger.page.locator("[data-line=live]").waitFor();
      await stranger.sees("卡口看板");
      await stranger.goto("/network");
      await stranger.sees("顺德内河码头");
      // The token is the tab's alone.
      await stranger.page.getByRole("button", { name: "退出" }).click();
      await stranger.page.locator("[data-line=closed]").waitFor();
      await stranger.leave((fault) => fault.includes("401"));
    } finally {
      await node.stop();
    }
  },

  "a file is checked with the network cut": async (browser, network) => {
    const court = await User.at(browser, network, {});
    const record = await (await fetch(`${network.url}/v1/subjects/combined_port/box:CBHU7022929`)).json();
    const entry = record.state.moved_by.entry;
    const receipt = Buffer.from(await (await fetch(`${network.url}/v1/entries/${entry}/receipt`)).arrayBuffer());
    await court.goto("/check");
    await court.page.locator("input[type=file]").first().setInputFiles(network.genesis);
    await court.context.setOffline(true);
    const drop = (name, buffer) =>
      court.page.locator(".ant-upload-drag input[type=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
    await drop("true.receipt", receipt);
    await court.page.locator("[data-verified=yes]").getByText(entry).waitFor();
    await court.sees("Against your own founding document of pearl-river:");
    const forged = Buffer.from(receipt);
    forged[forged.length >> 1] ^= 1;
    await drop("forged.receipt", forged);
    await court.page.locator("[data-verified=no]").getByText("It does not hold").waitFor();
    await court.fits("check");
    await court.leave(unreachable);
  },

  "the network in words, and a line that breaks": async (browser, network) => {
    const operator = await User.at(browser, network, {});
    await operator.goto("/network");
    await operator.sees("3 are needed", "this node");
    await operator.page.locator("[data-line=live]").waitFor();
    await operator.fits("network");
    await operator.page.getByRole("button", { name: "切换为中文" }).click();
    await operator.sees("网络状况");
    await operator.context.setOffline(true);
    await operator.page.locator("[data-line=broken]").waitFor({ timeout: 60_000 });
    await operator.sees(/与节点的连接于/);
    await operator.context.setOffline(false);
    await operator.page.locator("[data-line=live]").waitFor();
    await operator.leave(unreachable);
  },
};

const only = process.env.ONLY ?? "";
const network = url ? Network.at(binary, url, genesis) : await Network.start(binary);
const before = process.env.CONSOLE_DIST ? await front(network.url) : undefined;
if (before) network.url = before.url;
let failed = 0;
try {
  const browser = await start();
  try {
    for (const [name, story] of Object.entries(STORIES).filter(([name]) => name.startsWith(only))) {
      const begun = Date.now();
      try {
        await story(browser, network);
        console.log(`ok    ${name}, ${Date.now() - begun} ms`);
      } catch (cause) {
        failed += 1;
        console.log(`FAILED ${name}\n${cause.stack}`);
      }
    }
  } finally {
    await browser.close();
  }
} finally {
  await before?.stop();
  await network.stop();
}
process.exitCode = failed === 0 ? 0 : 1;
