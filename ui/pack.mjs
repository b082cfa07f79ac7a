// Lays a packed twin beside each file that packs well: the server picks one by what the browser takes, and packs nothing itself.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const KINDS = /\.(?:js|css|svg|json|webmanifest|wasm)$/;
const SMALLEST = 1024;
const folder = process.argv[2];

for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !KINDS.test(entry.name) || entry.name === "manifest.json") continue;
  const data = readFileSync(path);
  if (data.length < SMALLEST) continue;
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length } };
  for (const [suffix, packed] of [[".br", brotliCompressSync(data, options)], [".gz", gzipSync(data, { level: 9 })]]) {
    if (packed.length < data.length) writeFileSync(path + suffix, packed);
  }
}
