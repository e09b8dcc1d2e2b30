// The playground: a form whose choices stand in the page's own address, a preview that is a page of the same choices, and the code
// that makes such a button elsewhere.
import { COLOURS, DEFAULTS, choicesOf, queryOf } from "./choices.js";
import { fill, judge, read, write } from "./form.js";
import { filesOf } from "./frameworks.js";
import { policyOfPreview, policyText } from "./policies.js";
import { htmlOf } from "./snippet.js";
import { watch } from "./watch.js";

/** A pause in typing, or in the pulling of a colour. */
const RESTS_MS = 250;

/** The choices that the preview's page shows without being loaded again: a call goes on meanwhile. */
const DRESS = [...Object.keys(COLOURS), "size", "shape", "page"];
/** Those that it does not know at all. */
const AROUND = ["room", "code"];

const find = (selector) => document.querySelector(selector);
const form = find("#choices");
const frame = find("#preview");
const { script, integrity, api, wss, cdn } = document.body.dataset;
const site = { script, integrity, api, wss, cdn, hashes: await hashes() };

/** Of the scripts that a policy of hashes has to name. */
async function hashes() {
  const { files } = await (await fetch(new URL("integrity.json", script))).json();
  const names = ["vocadesk.min.js", "vocadesk.nowasm.min.js", "vocadesk.call-bar.min.js"];
  return names.map((name) => files[name].integrity);
}

const without = (choices, names) => queryOf({ ...choices, ...Object.fromEntries(names.map((name) => [name, undefined])) });

let loaded; // the choices of the preview's page, but for its dress
let waiting;

function showPreview(choices) {
  const policy = policyText(choices, site);
  const page = without(choices, [...DRESS, ...AROUND]);
  const query = without(choices, AROUND);
  const address = `preview.html?${query}${policy && `&csp=${encodeURIComponent(policyOfPreview(policy))}`}`;
  find("#alone").href = address;
  if (page === loaded) return frame.contentWindow.postMessage(query, location.origin);
  loaded = page;
  // In the place of the page before: the visitor's way back leads out of the playground.
  frame.contentWindow.location.replace(new URL(address, location.href));
}

function showCode(choices) {
  const policy = policyText(choices, site);
  const files = choices.code === "html" ? { "In the page": htmlOf(choices, site) } : filesOf(choices, site);
  if (policy) files["Content-Security-Policy"] = policy;
  find("#files").replaceChildren(...Object.entries(files).map(([name, code]) => block(name, code)));
}

function block(name, code) {
  const made = find("#file").content.cloneNode(true);
  made.querySelector("h3").textContent = name;
  made.querySelector("code").textContent = code;
  made.querySelector("pre").ariaLabel = name;
  const button = made.querySelector("button");
  button.ariaLabel = `Copy: ${name}`;
  button.addEventListener("click", () => copy(code, button));
  return made;
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    find("#said").textContent = "Copied.";
    button.dataset.label ??= button.textContent;
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = button.dataset.label), 2_000);
  } catch {
    find("#said").textContent = "The browser does not let the page copy. Select the code instead.";
  }
}

/** What costs nothing, at once; a page and an address, once the hand rests. */
function show(choices) {
  judge(form, choices);
  find("#own-policy").hidden = choices.policy !== "own";
  find("#sent").textContent = policyText(choices, site) || "No policy is sent.";
  find(".stage").classList.toggle("phone", choices.room === "phone");
  showCode(choices);
}

function settle() {
  clearTimeout(waiting);
  const choices = read(form);
  const query = queryOf(choices);
  history.replaceState(null, "", query ? `?${query}` : location.pathname);
  showPreview(choices);
}

function change() {
  show(read(form));
  clearTimeout(waiting);
  waiting = setTimeout(settle, RESTS_MS);
}

const watched = watch({
  ...{ frame, state: find("#state"), log: find("#log"), nothing: find("#nothing"), diagnostics: find("#diagnostics") },
});

fill(form);
write(form, choicesOf(location.search));
form.addEventListener("input", change);
form.addEventListener("submit", (event) => event.preventDefault());
// The browser's own way would empty what a script has filled.
form.addEventListener("reset", (event) => {
  event.preventDefault();
  write(form, DEFAULTS);
  change();
});
// The radio buttons outside the form are its own all the same, but their events pass it by.
document.querySelectorAll("[data-form]").forEach((row) => row.addEventListener("input", change));
find("#clear").addEventListener("click", () => watched.clear());
find("#share").addEventListener("click", ({ currentTarget }) => {
  settle();
  copy(location.href, currentTarget);
});
show(read(form));
settle();
