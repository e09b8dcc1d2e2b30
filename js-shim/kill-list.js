// PAGE: what one instance of the Rust side has under way. Should that die, it is undone from here: the microphone goes off, the
// Worker goes, the token is released, and the page hears of the end. JavaScript, because there is no wasm then.
import { get } from "./by-prototype.js";

// A token that was being asked for as the Worker went is granted by then, or never: it is released after that.
const IN_FLIGHT_MS = 300;
// The next call waits no longer for this one's place.
const UNDO_MS = 1_500;

const later = (milliseconds) => new Promise((rings) => setTimeout(rings, milliseconds));

/** Nothing that is undone keeps another from being undone. */
export const attempt = async (work) => {
  try {
    await work();
  } catch {
    // A page's own function perhaps.
  }
};

/** A list of its own for each instance. */
export function killList() {
  const open = new Map(); // how to close each; held weakly, what ends by itself is forgotten
  const debts = new Set(); // requests that release a token
  const calls = []; // hosts, with those events of their calls that count
  let dead;

  const keep = (thing, close) => {
    for (const known of open.keys()) known.deref() ?? open.delete(known);
    // A page's own function may give anything.
    if (Object(thing) === thing) open.set(new WeakRef(thing), close);
    return thing;
  };
  const stop = (stream) => stream.getTracks().forEach((track) => track.stop());
  const callOf = (host) => calls.find((call) => call.host === host);

  // As src/page/custom_events.rs does.
  function emit(host, name, detail) {
    const event = () => new CustomEvent(`vocadesk:${name}`, { bubbles: true, composed: true, detail });
    host.dispatchEvent(event());
    if (!host.isConnected) get(host.ownerDocument, "documentElement")?.dispatchEvent(event());
  }

  return {
    keep,

    // What src/page/kill_list.rs asks for.
    askMicrophone(constraints) {
      const asked = navigator.mediaDevices.getUserMedia(constraints);
      attempt(async () => {
        const stream = await asked;
        dead ? stop(stream) : keep(stream, stop);
      });
      return asked;
    },
    keepMicrophone: (stream) => void keep(stream, stop),
    keepLock: (free) => void keep(free, (lock) => lock()),
    /** Settled once a lock is free again. */
    lockAsked: (request) => void keep(request, (free) => free),
    /** A token is about to be asked for, which this releases; gives what takes that back. */
    owe(...request) {
      debts.add(request);
      return () => debts.delete(request);
    },
    callBegins: (host) => void calls.push({ host, said: [] }),
    /** One event is about to be dispatched, of the first call of this host that is not over. */
    saying: (host, event) => void callOf(host)?.said.push(event),
    callIsOver: (host) => void calls.splice(calls.indexOf(callOf(host)), 1),

    /** Closes all that is open; fulfilled once the visitor's place is free again, or is not waited for any longer. */
    undo() {
      dead = true;
      const undone = [...open].map(([known, close]) => attempt(() => close(known.deref())));
      for (const request of debts) undone.push(attempt(() => later(IN_FLIGHT_MS)).then(() => attempt(() => fetch(...request))));
      return Promise.race([Promise.all(undone), later(UNDO_MS)]);
    },

    /** Tells the page what it is owed. */
    tell(why) {
      for (const { host, said } of calls) {
        // One that was never dispatched has no target.
        const told = (name) => said.find(({ type, target }) => target && type === `vocadesk:${name}`);
        const start = told("start");
        const durationMs = start && Math.round(new Event("").timeStamp - start.timeStamp);
        if (!told("error")) attempt(() => emit(host, "error", { code: "unknown", message: why }));
        if (start && !told("end")) attempt(() => emit(host, "end", { durationMs }));
      }
    },
  };
}
