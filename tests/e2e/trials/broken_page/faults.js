// Fault injection: what the module imports on the page's thread throws, once, in a given state of a call. Runs before our script.
// Which imports there are is found in the module itself.
(() => {
  const GLUE = "./vocadesk_embed_bg.js";
  const { Instance } = WebAssembly;
  let phase = "", fault, fired;
  const met = new Map(); // by state, the imports that were called in it

  const watch = (name, work) => (...given) => {
    if (phase) {
      if (!met.has(phase)) met.set(phase, new Set());
      met.get(phase).add(name);
      if (fault === `${phase} ${name}`) {
        fault = undefined;
        fired = true;
        throw new WebAssembly.RuntimeError("unreachable");
      }
    }
    return work(...given);
  };
  WebAssembly.Instance = function (module, imports) {
    const glue = Object.entries(imports?.[GLUE] ?? {});
    const watched = glue.length ? { [GLUE]: Object.fromEntries(glue.map(([name, work]) => [name, watch(name, work)])) } : imports;
    return new Instance(module, watched);
  };

  // The state as the page is told, while a call is watched.
  document.addEventListener("vocadesk:state", ({ detail }) => {
    if (phase) phase = detail.state;
    // Something to do in each.
    setTimeout(redraw, 20);
  });

  let drawn = 0;
  function redraw() {
    const host = document.getElementById("call");
    host.dataset.vocadeskLabel = `Talk ${++drawn}`;
    const other = host.cloneNode(true);
    other.id = "other";
    document.getElementById("other")?.remove();
    document.body.append(other);
  }

  const until = async (holds, milliseconds) => {
    const late = Date.now() + milliseconds;
    while (!holds()) {
      if (Date.now() > late) return false;
      await new Promise((later) => setTimeout(later, 10));
    }
    return true;
  };

  // A call that ends by itself, with the fault in it; gives what is wrong with what came of it, if anything.
  window.cell = async (name) => {
    const host = document.getElementById("call");
    const first = __harness.events.length;
    const count = (kind) => __harness.events.slice(first).filter(({ type }) => type === `vocadesk:${kind}`).length;
    const seen = () => {
      const came = __harness.events.slice(first).map(({ type, detail }) => `${type.slice(9)} ${detail?.code ? `${detail.code} (${detail.message})` : ""}`.trim());
      return `${came.join(", ")}; ${host.dataset.vocadeskState}`;
    };
    await until(() => host.dataset.vocadeskState !== "live", 3000);
    fault = name;
    fired = false;
    phase = "idle";
    redraw();
    await new Promise((later) => setTimeout(later, 120));
    if (!fired) host.click();
    await until(() => fired || count("start"), 5000);
    handle.mute(true);
    handle.mute(false);
    await until(() => fired || count("end"), 5000);
    // What comes after the end.
    if (!fired) await until(() => fired, 60);
    const last = phase;
    phase = "";
    fault = undefined;
    const settled = () => __harness.microphoneIsOff() && count("start") === count("end");
    if (!(await until(settled, 3000))) return { fired, wrong: `not over within 3 s: ${seen()}` };
    const [starts, errors] = [count("start"), count("error")];
    if (errors > (fired ? 1 : 0) || starts > 1) return { fired, wrong: `told too often: ${seen()}` };
    if (fired && !errors && ["connecting", "live"].includes(last)) return { fired, wrong: `not told: ${seen()}` };
    if (fired) {
      if (!(await until(() => host.dataset.vocadeskState === "idle", 3000))) return { fired, wrong: `not bound: ${seen()}` };
      host.click();
      if (!(await until(() => count("start") > starts, 3000))) return { fired, wrong: `the next click does not call: ${seen()}` };
      if (!(await until(() => settled() && count("end") > starts, 5000))) return { fired, wrong: `the next call does not end: ${seen()}` };
    }
    const wrong = __harness.errors.splice(0).join("; ");
    return { fired, wrong };
  };
  window.cells = () => [...met].flatMap(([state, names]) => [...names].map((name) => `${state} ${name}`));
})();
