// Svelte 5. `useCall` is a store with an attachment: it needs no compiler.
import { createCall } from "./call.js";

/** @type {typeof import("./svelte.d.ts").useCall} */
export function useCall(options) {
  const call = createCall(options);
  return {
    subscribe(run) {
      run(call.now());
      return call.subscribe(run);
    },
    attach(element) {
      call.attach(element);
      return () => call.attach(null);
    },
    ...{ update: call.update, start: call.start, end: call.end, mute: call.mute },
  };
}
