// Makes the page that its own query asks for: a real one, which can be opened alone. It uses what a customer's page uses: a tag,
// attributes, CSS and `Vocadesk.mount`.
"use strict";

import { choicesOf } from "./choices.js";
import { farEnd } from "./far-ends.js";
import { hostOf, optionsOf, styleOf } from "./host.js";

const choices = choicesOf(location.search);
const site = { api: document.body.dataset.api };

const { trouble } = farEnd(choices.far);
if (trouble) {
  // In place of a browser that has no microphone to give.
  const refuse = () => Promise.reject(new DOMException("The playground stands in for this.", trouble));
  // On the prototype: what is put on `navigator.mediaDevices` itself goes with that object, which WebKit makes anew once nobody
  // has held it for a while.
  Object.defineProperty(MediaDevices.prototype, "getUserMedia", { value: refuse });
}

const sheet = new CSSStyleSheet();
document.adoptedStyleSheets.push(sheet);
dress(choices);

const { tag, attributes } = hostOf(choices, site);
const host = document.createElement(tag);
for (const [name, value] of attributes) host.setAttribute(name, value);
if (choices.kind !== "mount") host.textContent = choices.label;
document.querySelector("#place").append(host);
// A policy may have kept the script away.
if (choices.kind === "mount") window.Vocadesk?.mount(host, { ...optionsOf(choices, site), label: choices.label });

/** What needs no new page, and no new call. */
function dress(choices) {
  document.documentElement.classList.toggle("dark", choices.page === "dark");
  document.documentElement.dir = choices.dir;
  sheet.replaceSync(styleOf(choices));
}

// The page around sends its query anew while colours are being tried.
window.addEventListener("message", ({ origin, data }) => {
  if (origin === location.origin && typeof data === "string") dress(choicesOf(data));
});
