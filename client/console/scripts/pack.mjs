// Packs what was built, and refuses a first load of more than 700 kB: every node serves it, often
// over a wharf's mobile line.
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const FIRST_LOAD_BYTES_MAX = 700_000;
const dist = fileURLToPath(new URL("../dist/", import.meta.url));

function files(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

for (const path of files(dist)) {
  if (/\.(js|css|html|svg|json)$/.test(path)) {
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
  }
}

// What the start page loads before anything shows: its own files and all that they import.
const manifest = JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8"));
const first = new Set();
function load(name) {
  const item = manifest[name];
  if (!item || first.has(item.file)) return;
  first.add(item.file);
  for (const css of item.css ?? []) first.add(css);
  for (const other of item.imports ?? []) load(other);
}
load("index.html");
const sizes = [...first].map((file) => [file, statSync(join(dist, `${file}.gz`)).size]);
const bytes = sizes.reduce((sum, [, size]) => sum + size, 0);
console.log(`first load: ${(bytes / 1000).toFixed(0)} kB gzip in ${sizes.length} files`);
if (bytes === 0 || bytes > FIRST_LOAD_BYTES_MAX) {
  console.error(`first load: ${bytes} bytes, at most ${FIRST_LOAD_BYTES_MAX}`, sizes);
  process.exit(1);
}
