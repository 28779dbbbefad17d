// A person before a page of a network: what he does there, and what has to show.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import assert from "node:assert/strict";

import { open, settled } from "./browser.mjs";

const run = promisify(execFile);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** Upper bound for something to show; nothing depends on how fast it does. */
const SHOWN_MS_MAX = 30_000;

/** One page and the words to look for on it. */
export class User {
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
    const { binary } = this.network;
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

export const missing = (fault) => fault.includes("404 (Not Found)");
export const unreachable = (fault) => fault.includes("ERR_INTERNET_DISCONNECTED") || fault.includes("ERR_NETWORK");
