// What the preview's page says: its events, the state, and what `diagnostics()` answers. All of it is what any page around a
// frame of its own origin could hear.
import { costOf } from "./policies.js";

const EVENTS = ["state", "start", "transcript", "mute", "error", "end"];

/** A page that talks for hours keeps no more lines than this. */
const MOST_ROWS = 300;

/** The call bar's script is known to have come, or not, a moment after the start. */
const BAR_DECIDED_MS = 4_000;

function part(row, tag, className, textContent) {
  row.append(Object.assign(document.createElement(tag), { className, textContent }), " ");
}

const worded = (detail) => Object.entries(detail ?? {}).map(([name, value]) => `${name}: ${value}`).join(", ");

/** `frame` is the preview's; the others are where to show what it says. */
export function watch({ frame, state, log, nothing, diagnostics }) {
  const rows = log.querySelector("ol");
  let hasStarted = false;

  function add({ type, detail }) {
    const row = document.createElement("li");
    row.dataset.type = type.slice("vocadesk:".length);
    part(row, "time", "", new Date().toLocaleTimeString("en-GB"));
    part(row, "code", "", type);
    part(row, "span", "detail", worded(detail));
    rows.append(row);
    if (rows.children.length > MOST_ROWS) rows.firstElementChild.remove();
    nothing.hidden = true;
    log.scrollTop = log.scrollHeight;
  }

  function show(now) {
    state.textContent = now;
    state.dataset.state = now;
  }

  function ask() {
    const page = frame.contentWindow;
    if (!page.Vocadesk) return;
    // A page has no handle of a host that is only marked up: any other answers the same.
    const handle = page.Vocadesk.mount(page.document.createElement("p"), { embedId: "emb_none" });
    const { missing, ...counts } = handle.diagnostics();
    handle.destroy();
    const lacks = missing.length ? missing.map((name) => [name, costOf(name)]) : [["missing", "Nothing is given up."]];
    const lines = [
      ...(hasStarted ? lacks : [["missing", "Known once a call has started."]]),
      ...Object.entries(counts).map(([name, count]) => [name, String(count)]),
    ];
    diagnostics.replaceChildren(
      ...lines.flatMap(([name, text]) => [
        Object.assign(document.createElement("dt"), { textContent: name }),
        Object.assign(document.createElement("dd"), { textContent: text }),
      ]),
    );
  }

  function hear(event) {
    add(event);
    hasStarted ||= event.type === "vocadesk:start";
    if (event.type === "vocadesk:state") show(event.detail.state);
    ask();
    if (event.type === "vocadesk:start") setTimeout(ask, BAR_DECIDED_MS);
  }

  /** The preview has another page. */
  function begin() {
    for (const name of EVENTS) frame.contentDocument.addEventListener(`vocadesk:${name}`, hear);
    hasStarted = false;
    diagnostics.replaceChildren();
    show(frame.contentWindow.Vocadesk ? "idle" : "The script did not load");
  }

  frame.addEventListener("load", begin);
  return {
    clear() {
      rows.replaceChildren();
      nothing.hidden = false;
    },
  };
}
