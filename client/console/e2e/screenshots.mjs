// Every page in both languages at two sizes: node e2e/screenshots.mjs URL FOLDER

import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { open, settled, start } from "./browser.mjs";

const [url = "http://127.0.0.1:26657", folder = "screenshots"] = process.argv.slice(2);

const PAGES = {
  wharf: "/wharf",
  "wharf-yes": "/wharf/FCIU7042100",
  "wharf-left": "/wharf/CBHU7022929",
  box: "/boxes/CBHU7022929",
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
  search: "/search/51502026",
};

const SIZES = { desk: { width: 1366, height: 768 }, phone: { width: 390, height: 844 } };
const only = process.env.ONLY?.split(",");

mkdirSync(folder, { recursive: true });
const browser = await start();
try {
  for (const [size, box] of Object.entries(SIZES)) {
    for (const language of ["en", "zh"]) {
      const { context, page, faults } = await open(browser, { language, ...box });
      // The entry behind the box with the wrong seal.
      const record = await (await context.request.get(`${url}/v1/subjects/combined_port/box:CBHU7022929`)).json();
      const pages = { ...PAGES, entry: `/entries/${record.state?.moved_by?.entry ?? ""}` };
      for (const [name, path] of Object.entries(pages)) {
        if (only && !only.includes(name)) continue;
        await page.goto(`${url}/console${path}`);
        await settled(page);
        await page.waitForTimeout(400);
        await page.screenshot({ path: join(folder, `${name}-${size}-${language}.png`), fullPage: size === "desk" });
      }
      if (faults.length > 0) console.error(`${size} ${language}:`, [...new Set(faults)].join("\n  "));
      await context.close();
    }
  }
} finally {
  await browser.close();
}
