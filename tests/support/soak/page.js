// In place of the harness, which keeps all that it sees: here nothing is kept but numbers.
"use strict";
{
  const told = { start: 0, end: 0, error: 0, uncaught: 0 };
  for (const kind of ["start", "end", "error"]) document.addEventListener(`vocadesk:${kind}`, () => told[kind]++);
  for (const kind of ["error", "unhandledrejection"]) window.addEventListener(kind, () => told.uncaught++);

  const pause = (ms) => new Promise((later) => setTimeout(later, ms));
  const until = async (holds) => {
    while (!(await holds())) await pause(5);
  };
  // A call that fails is told as well: nobody waits for it in vain.
  const heard = (kind) =>
    new Promise((resolve, reject) => {
      const stop = new AbortController();
      const listen = (name, done) => document.addEventListener(name, done, { signal: stop.signal });
      listen(`vocadesk:${kind}`, () => (stop.abort(), resolve()));
      listen("vocadesk:error", ({ detail }) => (stop.abort(), reject(new Error(`${detail.code}: ${detail.message}`))));
    });
  const placeIsFree = async () => {
    const { held, pending } = await navigator.locks.query();
    return held.length + pending.length === 0;
  };
  const made = (apiUrl) => {
    const host = document.createElement("button");
    host.textContent = "Talk to us";
    host.dataset.vocadeskApiUrl = apiUrl;
    document.body.append(host);
    return host;
  };

  window.soak = {
    told,
    start: async () => {
      const started = heard("start");
      window.call.click();
      await started;
    },
    hangUp: async () => {
      // A script's click right after the start is the second half of a double click.
      await pause(100);
      const ended = heard("end");
      window.call.click();
      await ended;
      // Until then the token is being released.
      await until(placeIsFree);
    },
    /** So many calls, one after the other, each with some sound both ways. */
    calls: async (times) => {
      for (; times > 0; times--) {
        await window.soak.start();
        await pause(100);
        await window.soak.hangUp();
      }
    },
    /** So many hosts that the page mounts and destroys. */
    mounts: async (times, apiUrl) => {
      for (; times > 0; times--) {
        const host = made(apiUrl);
        const handle = Vocadesk.mount(host, { embedId: "emb_echo", label: "Call" });
        if (times % 10 === 0) await until(() => host.dataset.vocadeskState);
        handle.destroy();
        host.remove();
      }
      await pause(100);
    },
    /** So many marked hosts that come and go. */
    hosts: async (times, apiUrl) => {
      while (times > 0) {
        const some = Array.from({ length: Math.min(times, 50) }, () => made(apiUrl));
        for (const host of some) host.dataset.vocadeskEmbed = "emb_echo";
        await until(() => some.every((host) => host.dataset.vocadeskState));
        for (const host of some) host.remove();
        times -= some.length;
      }
      await pause(100);
    },
    locks: async () => {
      const { held, pending } = await navigator.locks.query();
      return held.length + pending.length;
    },
  };
}
