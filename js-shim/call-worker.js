// CALL WORKER: starts the session on the module that the page sends, and closes when it is done. JavaScript: it makes the
// instance.
import { initSync, serveCall } from "wasm-glue";

/** Called once when the script wakes up in a Worker. */
export function runCallWorker() {
  // Awake: no policy has refused it.
  postMessage(0);
  // A page whose Worker does not answer asks for this lock: it is held for as long as the Worker lives. An opaque origin has none.
  const lock = `vocadesk-worker:${Math.random()}`;
  const hold = () => (postMessage(lock), new Promise(() => {}));
  navigator.locks?.request(lock, hold).catch(() => {});
  self.onmessage = ({ data: [module, port] }) => {
    initSync({ module });
    serveCall(
      port,
      () => self.close(),
      () => {},
    );
  };
}
