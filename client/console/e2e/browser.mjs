// A browser without a screen, and nothing in it that speaks to anybody but the node.

import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser of the machine; `COUNTERSIGN_CHROMIUM` names another. */
export function executable() {
  const named = process.env.COUNTERSIGN_CHROMIUM;
  return [named, ...PLACES].find((path) => path && existsSync(path));
}

/** Starts it. */
export function start() {
  return chromium.launch({
    executablePath: executable(),
    args: [
      "--no-sandbox",
      "--disable-quic",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page in a language; what goes wrong in it is collected in `faults`. */
export async function open(browser, { language = "en", width = 1366, height = 768 } = {}) {
  const context = await browser.newContext({
    viewport: { width, height },
    locale: language === "zh" ? "zh-CN" : "en-GB",
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(`${message.type()}: ${message.text()}`);
  });
  return { context, page, faults };
}

/** Waits until nothing is loading any more. */
export async function settled(page) {
  await page.waitForLoadState("load");
  await page.waitForFunction(() => document.querySelector("main h1, main .nothing") !== null);
  await page.waitForFunction(() => document.querySelector(".ant-skeleton") === null);
}
