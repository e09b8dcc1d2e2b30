// CALL WORKER: starts the session on the module that the page sends, and closes when it is done. JavaScript: it makes the
// instance.
import { initSync, serveCall } from "wasm-glue";

/** Called once when the script wakes up in a Worker. */
export function runCallWorker() {
  // Awake: no policy has refused it.
  postMessage(0);
  self.onmessage = ({ data: [module, port] }) => {
    initSync({ module });
    serveCall(
      port,
      () => self.close(),
      () => {},
    );
  };
}
