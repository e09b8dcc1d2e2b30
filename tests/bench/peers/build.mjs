// Makes of the release and of its peers the files that scripts/bench load serves, each as small as brotli
// makes it, and the scripts of the pages on which scripts/bench call has its peers:
// node tests/bench/peers/build.mjs RELEASE_FOLDER OUT_FOLDER

import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import * as esbuild from "esbuild";

const [release, out] = process.argv.slice(2);
const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const published = (file) => readFile(path.join(here, "node_modules", file));

// A package without a file for a script tag, as a site's own bundler would take it in.
async function bundled(contents) {
  const { outputFiles } = await esbuild.build({
    stdin: { contents, resolveDir: here },
    bundle: true,
    minify: true,
    format: "iife",
    globalName: "peer",
    target: "es2021",
    write: false,
    logLevel: "error",
  });
  return outputFiles[0].contents;
}

const files = {
  "vocadesk.min.js": await readFile(path.join(release, "vocadesk.min.js")),
  "vocadesk.wasm": await readFile(path.join(release, "vocadesk.wasm")),
  "elevenlabs.js": await published("@elevenlabs/convai-widget-embed/dist/index.js"),
  "vapi.js": await published("@vapi-ai/client-sdk-react/dist/embed/widget.umd.js"),
  "livekit.js": await published("livekit-client/dist/livekit-client.umd.js"),
  "retell.js": await bundled('export * from "retell-client-js-sdk"'),
  "twilio.js": await published("@twilio/voice-sdk/dist/twilio.min.js"),
};
const put = async (name, bytes) => {
  const file = path.join(out, name);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bytes);
};
for (const [name, bytes] of Object.entries(files)) await put(`load/${name}.br`, brotliCompressSync(bytes));
for (const name of ["wavtools", "pipecat", "deepgram"]) {
  await put(`call/${name}.js`, await bundled(`import "./call/${name}.js"`));
}
