// The form: made of the tables of choices, read and written as one object.
import { CHOICES, COLOURS, DEFAULTS } from "./choices.js";
import { LEAST, asRatio, contrast } from "./contrast.js";
import { FAR_ENDS } from "./far-ends.js";

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Radio buttons side by side, in a fieldset that says which choice it is for. */
function fillRow(row) {
  const name = row.dataset.choice;
  for (const [value, label] of Object.entries(CHOICES[name])) {
    const input = make("input", { type: "radio", name, value, checked: value === DEFAULTS[name] });
    // The code and the width of the preview stand outside the form, beside what they are for.
    if (row.dataset.form) input.setAttribute("form", row.dataset.form);
    row.querySelector(".options").append(make("label", {}, input, make("span", { textContent: label })));
  }
}

const option = ([value, textContent]) => make("option", { value, textContent });

function fillSelect(select) {
  if (select.name !== "far") return select.append(...Object.entries(CHOICES[select.name]).map(option));
  for (const [label, ends] of Object.entries(FAR_ENDS)) {
    const options = Object.entries(ends).map(([value, end]) => option([value, end.label]));
    select.append(make("optgroup", { label }, ...options));
  }
}

function fillColours(list) {
  for (const [name, { label, value }] of Object.entries(COLOURS)) {
    const input = make("input", { type: "color", id: `colour-${name}`, name, value });
    const hex = make("span", { className: "hex" });
    const verdict = make("span", { className: "verdict", id: `verdict-${name}` });
    if (name !== "bg") input.setAttribute("aria-describedby", verdict.id);
    list.append(make("div", { className: "colour" }, input, make("label", { htmlFor: input.id, textContent: label }), hex, verdict));
  }
}

export function fill(form) {
  document.querySelectorAll("[data-choice]").forEach(fillRow);
  form.querySelectorAll("select").forEach(fillSelect);
  fillColours(form.querySelector("#colours"));
}

/** What is chosen now. */
export const read = (form) => ({ ...DEFAULTS, ...Object.fromEntries(new FormData(form)) });

export function write(form, choices) {
  for (const [name, value] of Object.entries(choices)) form.elements.namedItem(name).value = value;
}

/** What each colour gives on the background, in figures and in words. */
export function judge(form, choices) {
  let tooLow = 0;
  for (const name of Object.keys(COLOURS)) {
    const colour = form.querySelector(`#colour-${name}`).parentElement;
    colour.querySelector(".hex").textContent = choices[name];
    if (name === "bg") continue;
    const found = contrast(choices[name], choices.bg);
    const isLow = found < LEAST;
    colour.classList.toggle("low", isLow);
    colour.querySelector(".verdict").textContent = isLow ? `${asRatio(found)}, too low` : asRatio(found);
    tooLow += isLow;
  }
  form.querySelector("#low").hidden = !tooLow;
}
