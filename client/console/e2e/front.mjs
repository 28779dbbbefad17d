// What stands before a node: a proxy, which may say who calls, as an organisation's own does. With
// CONSOLE_DIST it serves the console from that folder, so that a console that was just built is tried
// without building the node that would embed it.

import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer, request } from "node:http";
import { extname, join } from "node:path";

const TYPES = { ".css": "text/css", ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".svg": "image/svg+xml" };
const HOME = "/console/";

/** The console's file of a path; its start page for an address of its own. */
function file(dist, path) {
  const found = join(dist, path.slice(HOME.length));
  return existsSync(found) && statSync(found).isFile() ? found : join(dist, "index.html");
}

/** Starts one on a free port; `stop` ends it, and whatever it carries. */
export async function front(node, { forwards = false, dist = process.env.CONSOLE_DIST } = {}) {
  const { hostname, port } = new URL(node);
  const server = createServer((asked, answer) => {
    const { pathname } = new URL(asked.url, node);
    if (dist && pathname.startsWith(HOME)) {
      const path = file(dist, pathname);
      answer.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" });
      answer.end(readFileSync(path));
      return;
    }
    const headers = { ...asked.headers, ...(forwards ? { "x-forwarded-for": asked.socket.remoteAddress } : {}) };
    const carried = request({ hostname, port, method: asked.method, path: asked.url, headers }, (said) => {
      answer.writeHead(said.statusCode, said.headers);
      // A line to the node is open before it says anything.
      answer.flushHeaders();
      said.pipe(answer);
    });
    carried.on("error", () => answer.destroy());
    answer.on("close", () => carried.destroy());
    asked.pipe(carried);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((ended) => server.close(ended));
  };
  return { url: `http://127.0.0.1:${server.address().port}`, stop };
}
