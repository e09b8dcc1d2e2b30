// The policies of docs/content-policy.md. CDN, API, WSS and HASHES are filled in with the demo's own addresses and hashes.

/** As it stands in a page for a look at it; a real page has a new one in each answer, which is why its name says so. */
export const NONCE = "new-in-each-answer";

export const POLICIES = {
  none: { label: "None", text: "" },
  full: {
    label: "Full quality",
    text: "script-src CDN blob: 'wasm-unsafe-eval'; worker-src blob:; connect-src CDN API WSS",
  },
  no_blob: {
    label: "Full quality, no blob: among scripts",
    text: "script-src CDN 'wasm-unsafe-eval'; worker-src blob:; connect-src CDN API WSS",
  },
  dynamic: { label: "Nonce and 'strict-dynamic'", text: "script-src 'nonce-NONCE' 'strict-dynamic'; connect-src API WSS" },
  nonce: { label: "Nonce alone", text: "script-src 'nonce-NONCE'; connect-src API WSS" },
  hashes: { label: "Hashes alone", text: "script-src HASHES; connect-src API WSS" },
  types: {
    label: "Full quality, Trusted Types",
    text:
      "script-src CDN blob: 'wasm-unsafe-eval'; worker-src blob:; connect-src CDN API WSS; " +
      "require-trusted-types-for 'script'; trusted-types vocadesk",
  },
  least: { label: "The least that works", text: "script-src CDN; connect-src API WSS" },
};

/** What is sent in the header; `site` has the addresses, and the hashes of the release's scripts. */
export function policyText({ policy, own }, site) {
  if (policy === "own") return own.replace(/\s+/g, " ").trim();
  const { api, wss, cdn, hashes } = site;
  const words = { CDN: cdn, API: api, WSS: wss, HASHES: hashes.map((hash) => `'${hash}'`).join(" "), NONCE };
  return POLICIES[policy].text.replace(/\b(?:CDN|API|WSS|HASHES|NONCE)\b/g, (word) => words[word]);
}

/** Whether the script's tag needs the nonce. */
export const hasNonce = (text) => text.includes(`'nonce-${NONCE}'`);

/** The same policy for the preview, which is built by scripts and a style of its own: 'self' lets them in, as it does a site's own. */
export function policyOfPreview(text) {
  const directives = text.split(";").map((directive) => directive.trim()).filter(Boolean);
  const names = directives.map((directive) => directive.split(/\s+/)[0].toLowerCase());
  const own = names.includes("script-src") ? "script-src" : "default-src";
  const open = (directive, name) => (name === own ? `${directive.replace(/\s'none'/g, "")} 'self'` : directive);
  return directives.map((directive, at) => open(directive, names[at])).join("; ");
}

/** What a missing directive or part costs, by how its name begins. */
const COSTS = {
  "script-src 'wasm-unsafe-eval'": "The same code runs as JavaScript: 88 kB more, once.",
  WebAssembly: "The same code runs as JavaScript: 88 kB more, once.",
  "connect-src": "The same code runs as JavaScript: 88 kB more, once.",
  "worker-src": "The page’s thread serves the socket: a page that freezes sends late.",
  Worker: "The page’s thread serves the socket: a page that freezes sends late.",
  "script-src blob:": "The page’s thread makes the sound: some 100 ms more delay each way.",
  AudioWorklet: "The worklet comes without its hash, or the page’s thread makes the sound.",
  "trusted-types": "No Worker, and no call bar.",
  "vocadesk.call-bar": "No call bar: no mute, captions and sound settings.",
  "vocadesk.lang": "The texts are English.",
};

export const costOf = (missing) => Object.entries(COSTS).find(([name]) => missing.startsWith(name))?.[1] ?? "";
