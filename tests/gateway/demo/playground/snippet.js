// What the preview shows, as one would write it in a page: the tag, the style and the host. Copied into an empty page it calls.
import { hostOf, optionsOf, styleOf } from "./host.js";
import { NONCE, hasNonce, policyText } from "./policies.js";

export const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt()};`);

export const indented = (text, spaces) => text.replace(/^(?=.)/gm, " ".repeat(spaces));

/** An element with each attribute on a line of its own, as soon as they are too many for one. */
export function element(tag, attributes, content) {
  const written = attributes.map(([name, value]) => (value === undefined ? name : `${name}="${escaped(value)}"`));
  const open = written.length < 3 ? `<${[tag, ...written].join(" ")}>` : `<${tag}\n${written.map((w) => `  ${w}\n`).join("")}>`;
  return `${open}${content}</${tag}>`;
}

/** A text inside a script element of a page, or of a component's file. */
export const inScript = (value) => JSON.stringify(value).replace(/</g, "\\u003c");

function mountScript(choices, site, nonce) {
  const options = Object.entries({ ...optionsOf(choices, site), label: choices.label });
  const lines = options.map(([name, value]) => `  ${name}: ${inScript(value)},\n`).join("");
  const code = `Vocadesk.mount("#talk", {\n${lines}});`;
  const needsFile = policyText(choices, site) && !nonce.length;
  const note = needsFile ? "// Under this policy: in a file of yours that script-src lets in.\n" : "";
  return element("script", [["type", "module"], ...nonce], `\n${indented(note + code, 2)}\n`);
}

/** The page's own code, in the order in which it stands there. */
export function htmlOf(choices, site) {
  const nonce = hasNonce(policyText(choices, site)) ? [["nonce", NONCE]] : [];
  const tag = [["src", site.script], ["integrity", site.integrity], ["crossorigin", "anonymous"], ...nonce, ["defer"]];
  const host = hostOf(choices, site);
  const isMounted = choices.kind === "mount";
  const parts = [
    element("script", tag, ""),
    `<style${nonce.length ? ` nonce="${NONCE}"` : ""}>\n${styleOf(choices)}\n</style>`,
    element(host.tag, host.attributes, isMounted ? "" : escaped(choices.label)),
    ...(isMounted ? [mountScript(choices, site, nonce)] : []),
  ];
  return `${parts.join("\n\n")}\n`;
}
