// Every page in both languages at two sizes: node e2e/screenshots.mjs BINARY FOLDER
//
// BINARY may be the address of a running node as well; `CONSOLE_DIST` names the folder of a console
// that is to be shown in place of the embedded one.

import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { open, settled, start } from "./browser.mjs";
import { front } from "./front.mjs";
import { Network } from "./network.mjs";

const [where, folder] = process.argv.slice(2);
if (!where || !folder) throw new Error("usage: node e2e/screenshots.mjs BINARY FOLDER");

const PAGES = {
  wharf: "/wharf",
  "wharf-no": "/wharf/OOLU7100014",
  "wharf-yes": "/wharf/FCIU7042100",
  "wharf-left": "/wharf/CBHU7022929",
  box: "/boxes/CBHU7022929",
  import: "/import",
  customs: "/customs",
  transfers: "/transfers",
  transfer: "/transfers/SDSK26110001",
  guarantors: "/guarantors",
  guarantor: "/guarantors/91440101MA7DEM059P",
  oil: "/oil",
  account: "/oil/LZ5160000001",
  certificates: "/certificates",
  certificate: "/certificates/E265100123450001",
  network: "/network",
  batch: "/batches/66",
  drawdown: "/subjects/guarantee/drawdown%3A515020260000900012",
  check: "/check",
  search: "/search/51502026",
};

const SIZES = { desk: { width: 1366, height: 768 }, phone: { width: 390, height: 844 } };
const only = process.env.ONLY?.split(",");

mkdirSync(folder, { recursive: true });
const network = where.startsWith("http") ? undefined : await Network.start(where);
const before = await front(network?.url ?? where);
const { url } = before;
const browser = await start();
try {
  await network?.disagree();
  for (const [size, box] of Object.entries(SIZES)) {
    for (const language of ["en", "zh"]) {
      const { context, page, faults } = await open(browser, { language, ...box });
      page.setDefaultTimeout(60_000);
      // The entry behind the box with the wrong seal.
      const record = await (await context.request.get(`${url}/v1/subjects/combined_port/box:CBHU7022929`)).json();
      const pages = { ...PAGES, entry: `/entries/${record.state?.moved_by?.entry ?? ""}` };
      for (const [name, path] of Object.entries(pages)) {
        if (only && !only.includes(name)) continue;
        await page.goto(`${url}/console${path}`);
        await settled(page);
        // Charts and the newest batch come a little later; a picture is no test.
        await page.waitForTimeout(600);
        await page.screenshot({ path: join(folder, `${name}-${size}-${language}.png`), fullPage: size === "desk" });
      }
      if (faults.length > 0) console.error(`${size} ${language}:`, [...new Set(faults)].join("\n  "));
      await context.close();
    }
  }
} finally {
  await browser.close();
  await before.stop();
  await network?.stop();
}
