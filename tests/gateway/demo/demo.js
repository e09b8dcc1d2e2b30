// The event log: what a customer's own page would do with the three events, and nothing else.
"use strict";

const log = document.querySelector("#log");
const empty = document.querySelector("#log-empty");
const rows = log.querySelector("ul");

for (const type of ["vocadesk:start", "vocadesk:end", "vocadesk:error"]) {
  // They bubble: one listener serves every button of the page.
  document.addEventListener(type, (event) => add(type, event.target, event.detail));
}

function add(type, host, detail) {
  const row = document.createElement("li");
  row.dataset.type = type.slice("vocadesk:".length);
  const now = new Date();
  const time = part(row, "time", now.toLocaleTimeString("en-GB"));
  time.dateTime = now.toISOString();
  part(row, "code", type);
  part(row, "span", `#${host.id}`).className = "host";
  part(row, "span", describe(detail)).className = "detail";
  rows.append(row);
  empty.hidden = true;
  log.scrollTop = log.scrollHeight;
}

function part(row, name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  // Read aloud as separate words.
  row.append(element, " ");
  return element;
}

function describe(detail) {
  if (!detail) return "no detail";
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}
