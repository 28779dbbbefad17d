// Each user's main question, asked in a real browser of a real network:
// node e2e/run.mjs BINARY [ADDRESS GENESIS]
//
// With an address, of a network that runs there; `ONLY` names the beginning of one story, and
// `CONSOLE_DIST` the folder of a console that is to be tried in place of the embedded one.
//
// What the browser cannot know, the command line says: files that the page hands out are verified
// with the founding document.

import assert from "node:assert/strict";

import { AT_THE_DOOR } from "./at-the-door.mjs";
import { executable, settled, start } from "./browser.mjs";
import { front } from "./front.mjs";
import { HANDED_IN } from "./handed-in.mjs";
import { Network } from "./network.mjs";
import { missing, unreachable, User } from "./user.mjs";

const [binary, url, genesis] = process.argv.slice(2);
if (!binary) throw new Error("usage: node e2e/run.mjs BINARY [ADDRESS GENESIS]");
if (!executable()) throw new Error("no chromium on this machine; COUNTERSIGN_CHROMIUM may name one");

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
    for (const [name, story] of Object.entries({ ...STORIES, ...HANDED_IN, ...AT_THE_DOOR }).filter(([name]) => name.startsWith(only))) {
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
