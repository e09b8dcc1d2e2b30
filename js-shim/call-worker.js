// CALL WORKER: starts the session on the module that the page sends, and closes when it is done. JavaScript: it makes the
// instance.
import { initSync, serveCall } from "wasm-glue";

/** Called once when the script wakes up in a Worker. */
export function runCallWorker() {
  // Awake: no policy has refused it.
  postMessage(0);
  // A Worker that is terminated, or dies, says nothing and gives back its locks: who waits for this one hears of that.
  const name = `vocadesk worker ${Math.random()}`;
  const held = () => {
    postMessage(name);
    return new Promise(() => {});
  };
  // Async: there may be no locks, and asking for one may throw.
  (async () => navigator.locks.request(name, held))().catch(() => {});
  self.onmessage = ({ data: [module, port] }) => {
    initSync({ module });
    serveCall(port, () => self.close());
  };
}
