// The same host with the npm package: a component where it is a button, the hook on an element of the page's, or the package's
// own custom element.
import { optionsOf, styleOf } from "./host.js";
import { NONCE, hasNonce, policyText } from "./policies.js";
import { element, inScript, indented } from "./snippet.js";

/** Without what a template would take for code. */
const isPlain = (text) => !/[<>{}&"]/.test(text) && text.trim() === text && text !== "";

function given(choices, site) {
  const nonce = hasNonce(policyText(choices, site)) && { nonce: NONCE };
  return { ...optionsOf(choices, site), src: site.script, ...nonce, ...(!isPlain(choices.label) && { label: choices.label }) };
}

const content = ({ label }) => (isPlain(label) ? label : "");

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Attributes as pairs; the direction is any element's own. */
const pairs = (className, options, { dir }) => [
  [className, "talk"],
  ...(dir === "rtl" ? [["dir", "rtl"]] : []),
  ...Object.entries(options),
];

/** JSX and Svelte take any text in braces. */
const asProperty = ([name, value]) => `${name}=${/["&{}]/.test(value) ? `{${inScript(value)}}` : `"${value}"`}`;

const component = (properties, text) =>
  `<CallButton\n${properties.map((property) => `  ${asProperty(property)}\n`).join("")}>${text}</CallButton>`;

const call = (options) => {
  const lines = Object.entries(options).map(([name, value]) => `  ${name}: ${inScript(value)},\n`);
  return `useCall({\n${lines.join("")}})`;
};

/** `<vocadesk-call>` has an attribute for each option, and the language in `lang`. */
function ownElement(choices, site) {
  const { embedId, ...others } = given(choices, site);
  const attributes = Object.entries(others).map(([name, value]) => [kebab(name), value]);
  return element("vocadesk-call", pairs("class", { embed: embedId }, choices).concat(attributes), content(choices));
}

/** By hook: what stands on the page's own element. A text that is not plain is the option `label`. */
const ownHost = (attribute, choices) =>
  `<div class="talk"${choices.dir === "rtl" ? ' dir="rtl"' : ""} ${attribute}>${content(choices)}</div>`;

function inReact(choices, site) {
  const options = given(choices, site);
  const body = (lines) => `export function Talk() {\n${indented(lines, 2)}\n}\n`;
  const returned = (jsx) => `return (\n${indented(jsx, 2)}\n);`;
  if (choices.kind === "element") {
    return `import "@vocadesk/embed/element";\nimport "./talk.css";\n\n${body(returned(ownElement(choices, site)))}`;
  }
  const [name, code] =
    choices.kind === "div"
      ? ["useCall", `const call = ${call(options)};\n${returned(ownHost("ref={call.ref}", choices).replace("class=", "className="))}`]
      : ["CallButton", returned(component(pairs("className", options, choices), content(choices)))];
  return `import { ${name} } from "@vocadesk/embed/react";\nimport "./talk.css";\n\n${body(code)}`;
}

function inVue(choices, site) {
  const options = given(choices, site);
  const file = (script, template) =>
    `<script setup>\n${script}\n</script>\n\n<template>\n${indented(template, 2)}\n</template>\n\n<style>\n${styleOf(choices)}\n</style>\n`;
  if (choices.kind === "element") {
    const note = '// In vite.config.js: vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === "vocadesk-call" } } })';
    return file(`${note}\nimport "@vocadesk/embed/element";`, ownElement(choices, site));
  }
  if (choices.kind === "div") {
    return file(`import { useCall } from "@vocadesk/embed/vue";\nconst { host } = ${call(options)};`, ownHost('ref="host"', choices));
  }
  const attributes = pairs("class", options, choices).map(([name, value]) => [kebab(name), value]);
  return file('import { CallButton } from "@vocadesk/embed/vue";', element("CallButton", attributes, content(choices)));
}

function inSvelte(choices, site) {
  const options = given(choices, site);
  // The element is another component's: a style of Svelte's own would not reach it.
  const style = styleOf(choices).replace(".talk", ":global(.talk)");
  const file = (script, markup) => `<script>\n${indented(script, 2)}\n</script>\n\n${markup}\n\n<style>\n${style}\n</style>\n`;
  if (choices.kind === "element") return file('import "@vocadesk/embed/element";', ownElement(choices, site).replace(/[{}]/g, braces));
  if (choices.kind === "div") {
    const script = `import { useCall } from "@vocadesk/embed/svelte";\nconst call = ${call(options)};`;
    return file(script, ownHost("{@attach call.attach}", choices));
  }
  const markup = component(pairs("class", options, choices), content(choices));
  return file('import { CallButton } from "@vocadesk/embed/svelte";', markup);
}

const braces = (sign) => `&#${sign.charCodeAt()};`;

/** The files of a framework's snippet, by their names. */
export function filesOf(choices, site) {
  switch (choices.code) {
    case "react":
      return { "Talk.jsx": inReact(choices, site), "talk.css": `${styleOf(choices)}\n` };
    case "vue":
      return { "Talk.vue": inVue(choices, site) };
    case "svelte":
      return { "Talk.svelte": inSvelte(choices, site) };
    default:
      return {};
  }
}
