// A demonstration network of four real nodes, and what parties do on it while a page is open.

import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** The story takes some ten seconds on two processors; a busy machine may take much longer. */
const START_MS_MAX = 240_000;

const BILL = "SDSK26119001";
const BOX = "OOLU7100014";
const DECLARATION = "515020260000119001";
const SHIP = { conveyance_id: "UN9912347", name: "PEARL STAR", voyage: "049E" };

/** A running network. */
export class Network {
  /** One that somebody has started: where it is, and its founding document. */
  static at(binary, url, genesis) {
    const network = new Network(binary, undefined);
    return Object.assign(network, { url, genesis, homes: dirname(genesis) });
  }

  static async start(binary) {
    const process = spawn(binary, ["demo"], { stdio: ["ignore", "pipe", "pipe"] });
    const network = new Network(binary, process);
    try {
      await network.#announced();
    } catch (cause) {
      await network.stop();
      throw cause;
    }
    return network;
  }

  constructor(binary, process) {
    this.binary = binary;
    this.process = process;
    this.folder = mkdtempSync(join(tmpdir(), "countersign-console-"));
    this.references = 0;
  }

  /** Waits for the line that says where the network is. */
  #announced() {
    let text = "";
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the demonstration did not start:\n${text}`)), START_MS_MAX);
      const hear = (chunk) => {
        text += chunk;
        const found = /(http:\S+)\/v1\/status\s+genesis: (\S+genesis\.json)/.exec(text);
        if (!found) return;
        clearTimeout(late);
        [, this.url, this.genesis] = found;
        this.homes = dirname(this.genesis);
        resolve();
      };
      this.process.stdout.on("data", hear);
      this.process.stderr.on("data", hear);
      this.process.once("exit", (code) => {
        clearTimeout(late);
        reject(new Error(`the demonstration ended with ${code}:\n${text}`));
      });
    });
  }

  /** Ends it, all four nodes. */
  async stop() {
    if (this.process) {
      const ended = new Promise((resolve) => this.process.once("exit", resolve));
      if (this.process.exitCode === null && this.process.kill("SIGINT")) await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #command(...args) {
    const { stdout } = await run(this.binary, ["--node", this.url, ...args]);
    return stdout;
  }

  /** The key that signs a party's entries. */
  keyFile(party) {
    return join(this.homes, party, "keys/entry.pem");
  }

  #key(party) {
    return ["--key", this.keyFile(party), "--genesis", this.genesis];
  }

  /** One entry of a party, final when this returns. */
  async say(party, ...actions) {
    const reference = `CONSOLE-${Date.now()}-${++this.references}`;
    const file = join(this.folder, `${reference}.json`);
    const described = actions.map(([kind, subject, body]) => ({ family: "combined_port", kind, subject, body }));
    writeFileSync(file, JSON.stringify({ reference, event_time: Date.now(), actions: described }));
    await this.#command("entry", "submit", file, ...this.#key(party));
  }

  /** The agent sends both manifests of a bill with these boxes. */
  async manifest(bill, boxes) {
    const containers = boxes.map((container_no) => ({ container_no, size_type: "22G1" }));
    for (const [customs_code, location, line_mark] of [
      ["5150", "CNSUD/5150", "branch"],
      ["5304", "CNSHK/5304", "trunk"],
    ]) {
      const manifest = { message_type: "MT2101", customs_code, location, line_mark, ...SHIP, containers, packages: 200, gross_g: 9_000_000 };
      await this.say("ship-agent", ["manifest", `bill:${bill}`, manifest]);
    }
  }

  /** The agent's manifests say 200 packages, the declarant says 210: a bill is held. */
  async disagree() {
    const now = Date.now();
    const bill = `bill:${BILL}`;
    await this.manifest(BILL, [BOX]);
    await this.say(
      "shunde-wharf",
      ["gate", `box:${BOX}`, { direction: "in", place: "CNSUD/5150", fullness: "full", size_type: "22G1", seals: [], time: now, bill_no: BILL }],
      ["arrival", `box:${BOX}`, { bill_no: BILL, declaration_office: "5150", size_type: "22G1", fullness: "full", arrival_date: now }],
    );
    const item = { hs: "8418102000", net_g: 8_900_000, origin: "CHN", qty_milli: 210_000, unit: "001" };
    await this.say("declarant", [
      "declaration",
      bill,
      {
        entry_no: DECLARATION, advance: false, agent_uscc: "91440606MA7DEM120G", consignor_uscc: "91440606MA7DEM040W",
        containers: [BOX], exit_customs: "5304", gross_g: 9_000_000, net_g: 8_900_000, ie_date: "2026-11-21",
        items: [item], mode: 2, packages: 210, trade_mode: "0110",
      },
    ]);
    return { bill: BILL, box: BOX };
  }
}
