// What a static host must send with a release's files: one table, as `_headers` and as an nginx configuration.

import { LANGUAGE_FILES } from "./languages.mjs";

const ALL = {
  // For `crossorigin` script tags, and for the script's own fetch of the wasm.
  "Access-Control-Allow-Origin": "*",
  // For pages that isolate themselves (COEP).
  "Cross-Origin-Resource-Policy": "cross-origin",
  "Timing-Allow-Origin": "*",
  "X-Content-Type-Options": "nosniff",
  // The version is in the path: what is there never changes.
  "Cache-Control": "public, max-age=31536000, immutable",
};

/** The files that browsers and people fetch, and which come compressed as well. */
export const SERVED = {
  "vocadesk.min.js": { type: "text/javascript", more: { SourceMap: "vocadesk.min.js.map" } },
  "vocadesk.wasm": { type: "application/wasm" },
  "vocadesk.call-bar.min.js": { type: "text/javascript", more: { SourceMap: "vocadesk.call-bar.min.js.map" } },
  "vocadesk.call-bar.min.js.map": { type: "application/json" },
  "vocadesk.nowasm.min.js": { type: "text/javascript", more: { SourceMap: "vocadesk.nowasm.min.js.map" } },
  "vocadesk.nowasm.min.js.map": { type: "application/json" },
  "vocadesk.min.js.map": { type: "application/json" },
  "vocadesk.d.ts": { type: "text/plain" },
  ...Object.fromEntries(LANGUAGE_FILES.map((name) => [name, { type: "text/javascript" }])),
};

/** `_headers`, as Netlify, Cloudflare Pages and others read it at the top of a site. */
export function headersFile(version) {
  const folder = `/embed/v${version}`;
  const rule = (path, headers) =>
    `${path}\n${Object.entries(headers)
      .map(([name, value]) => `  ${name}: ${value}\n`)
      .join("")}`;
  const rules = Object.entries(SERVED).map(([name, { type, more }]) =>
    rule(`${folder}/${name}`, { "Content-Type": type, ...more }),
  );
  return [rule(`${folder}/*`, ALL), ...rules].join("\n");
}

const quoted = (text) => text.replaceAll(".", "\\.");

/** Locations for a `server` block whose root holds `embed/`, at the top or further down. */
export function nginxConfiguration(version) {
  const folder = `/embed/v${quoted(version)}/`;
  const add = (headers) =>
    Object.entries(headers)
      .map(([name, value]) => `  add_header ${name} "${value}";\n`)
      .join("");
  // `always`: with a refusal, too, or the page's script could not read what was refused.
  const all = add(ALL).replace('Allow-Origin "*";', 'Allow-Origin "*" always;');
  const locations = Object.entries(SERVED).map(([name, { type, more = {} }]) => {
    const headers = `  types { }\n  default_type "${type}";\n${all}${add({ ...more, Vary: "Accept-Encoding" })}`;
    return `location ~ "${folder}${quoted(name)}$" {
  if ($http_accept_encoding ~ "\\bbr\\b(?! *; *q=0(\\.0*)? *(,|$))") { rewrite ^ $uri.br last; }
  gzip_static on;
${headers}}
location ~ "${folder}${quoted(name)}\\.br$" {
  gzip off;
  add_header Content-Encoding br;
${headers}}
`;
  });
  return `# Vocadesk embed v${version}, as nginx serves it. In a server { } block whose root holds embed/:
#
#   include /where/that/is/embed/v*/nginx.conf;
#
# The files lie there compressed as well (.br, .gz); nginx needs no module for brotli.
${locations.join("")}location ~ "${folder}" {
${all}}
`;
}
