// Imports the npm package as a server does that renders pages: node on-a-server.mjs INTEGRITY   Beside it is the package 1.2.3,
// in node_modules. Throws at the first thing that is not right; a rejection that nobody hears of would end it too.

import assert from "node:assert/strict";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createElement } from "react";
import { renderToString as reactToString } from "react-dom/server";
import { createSSRApp, h } from "vue";
import { renderToString as vueToString } from "vue/server-renderer";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

const before = Object.keys(globalThis);
const { loadVocadesk } = await import("@vocadesk/embed");
const react = await import("@vocadesk/embed/react");
const vue = await import("@vocadesk/embed/vue");
const { VocadeskCall } = await import("@vocadesk/embed/element");
assert.deepEqual(Object.keys(globalThis), before);
assert.equal(typeof VocadeskCall, "function");

// What the page of another version would be told, and nothing that a release does not know.
const release = await import("./node_modules/@vocadesk/embed/release.js");
const src = "https://cdn.vocadesk.com/embed/v1.2.3/vocadesk.min.js";
assert.deepEqual({ ...release }, { version: "1.2.3", src, integrity: process.argv[2] });

// A module may keep the promise for its effects; whoever waits for it is told what to do.
loadVocadesk();
await new Promise((later) => setTimeout(later, 50));
await assert.rejects(loadVocadesk(), /needs a browser.*effect/);

// A plain button with what is in it, which is a call button where the page has the script's tag.
const options = { embedId: "emb_1", label: "Ring", apiUrl: "https://a.example", ui: "none", nonce: "abc", class: "big" };
const marks = `data-vocadesk-embed="emb_1" data-vocadesk-label="Ring" data-vocadesk-api-url="${options.apiUrl}" data-vocadesk-ui="none"`;
const { class: className, ...rest } = options;
const byReact = reactToString(createElement(react.CallButton, { ...rest, className }, "Talk to us"));
assert.equal(byReact, `<button type="button" ${marks} class="big">Talk to us</button>`);
const byVue = await vueToString(createSSRApp({ render: () => h(vue.CallButton, options, () => "Talk to us") }));
assert.equal(byVue.replaceAll(/<!--.*?-->/g, ""), `<button type="button" ${marks} class="big">Talk to us</button>`);

// `useCall` is at rest there, and says what is wrong with a start.
let used;
function Used() {
  used = react.useCall({ embedId: "emb_1" });
  return createElement("p", null, used.state);
}
assert.equal(reactToString(createElement(Used)), "<p>idle</p>");
const warnings = [];
console.warn = (warning) => warnings.push(warning);
used.start();
used.mute(true);
used.end();
assert.match(warnings.join("\n"), /^Vocadesk: there is no element to call from\. .*useCall/);

// Outside a component each framework says so itself.
assert.throws(() => react.useCall({ embedId: "emb_1" }));

// Some hundred bytes.
const stdin = { contents: 'export * from "@vocadesk/embed"', resolveDir: path.dirname(fileURLToPath(import.meta.url)) };
const { outputFiles } = await build({ stdin, bundle: true, minify: true, format: "esm", write: false });
const bytes = brotliCompressSync(outputFiles[0].contents).length;
console.log(`loadVocadesk: ${outputFiles[0].contents.length} bytes, ${bytes} by brotli`);
assert.ok(bytes < 1_000, `${bytes} bytes`);
