// Files that are handed in, row by row.

import { gateIn } from "./edifact.mjs";
import { User } from "./user.mjs";

export const HANDED_IN = {
  "a clerk imports what the gate's own system wrote": async (browser, network) => {
    const bill = "SDSK26119002";
    const [plain, unsealed, inside] = ["OOLU7100056", "OOLU7100061", "OOLU7100077"];
    await network.manifest(bill, [plain, unsealed, inside]);
    const clerk = await User.at(browser, network, {});
    const main = clerk.page.locator("main");
    const drop = (name, text) =>
      main.locator("input[type=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(text) });
    const row = (no) => main.locator(`[data-row="${no}"]`);
    // The port was told of them, and has seen none.
    const expected = async () => {
      await clerk.goto("/wharf");
      await main.getByText("Expected", { exact: true }).first().click();
    };
    await expected();
    await clerk.sees(plain, unsealed, inside, "gate in", bill);
    await clerk.fits("the board of expected boxes");
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
    // They came: nobody waits for them any more.
    await expected();
    await clerk.sees("No box is on this board.");
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
};
