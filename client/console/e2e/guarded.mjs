// A node that others reach, and that therefore asks who calls: one validator behind a proxy.

import { execFile, spawn } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { front } from "./front.mjs";

const run = promisify(execFile);
const START_MS_MAX = 60_000;
/** Whose node it is. */
const HOME = "shunde-wharf";

/** Two ports beside each other that are free now. */
async function ports() {
  const free = (port) =>
    new Promise((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(undefined));
      server.listen(port, "127.0.0.1", () => {
        const found = server.address().port;
        server.close(() => resolve(found));
      });
    });
  for (;;) {
    const first = await free(0);
    if (first !== undefined && first < 65_535 && (await free(first + 1)) !== undefined) return first;
  }
}

export class Guarded {
  static async start(binary) {
    const guarded = new Guarded(binary);
    try {
      await guarded.#found();
      guarded.front = await front(await guarded.#announced(), { forwards: true });
    } catch (cause) {
      await guarded.stop();
      throw cause;
    }
    return guarded;
  }

  constructor(binary) {
    this.binary = binary;
    this.folder = mkdtempSync(join(tmpdir(), "countersign-guarded-"));
  }

  get url() {
    return this.front.url;
  }

  get #network() {
    return join(this.folder, "network");
  }

  async #found() {
    const plan = JSON.parse((await run(this.binary, ["network", "sample-plan"])).stdout);
    const file = join(this.folder, "plan.json");
    const parties = plan.parties.map((party) => (party.slug === HOME ? party : { ...party, node: null }));
    writeFileSync(file, JSON.stringify({ ...plan, parties, first_port: await ports() }));
    await run(this.binary, ["network", "init", "--unencrypted", "--plan", file, "--output", this.#network]);
    appendFileSync(join(this.#network, HOME, "config/node.toml"), "\n[api]\nbehind_proxy = true\n");
  }

  /** Starts the node; waits for the line that says where it listens. */
  #announced() {
    this.process = spawn(this.binary, ["node", "run", "--home", join(this.#network, HOME)]);
    let text = "";
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`the guarded node did not start:\n${text}`)), START_MS_MAX);
      const hear = (chunk) => {
        text += chunk;
        const [, url] = /listening on (http:\S+)/.exec(text) ?? [];
        if (!url) return;
        clearTimeout(late);
        resolve(url);
      };
      this.process.stdout.on("data", hear);
      this.process.stderr.on("data", hear);
      this.process.once("exit", (code) => {
        clearTimeout(late);
        reject(new Error(`the guarded node ended with ${code}:\n${text}`));
      });
    });
  }

  /** The key that signs a party's entries. */
  keyFile(party) {
    return join(this.#network, party, "keys/entry.pem");
  }

  /** A token of a party. */
  async token(party) {
    const genesis = join(this.#network, "genesis.json");
    return (await run(this.binary, ["token", "new", "--key", this.keyFile(party), "--genesis", genesis])).stdout.trim();
  }

  async stop() {
    await this.front?.stop();
    if (this.process) {
      const ended = new Promise((resolve) => this.process.once("exit", resolve));
      if (this.process.exitCode === null && this.process.kill("SIGINT")) await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
