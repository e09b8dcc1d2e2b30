import { flushSync, mount, unmount } from "svelte";
import App from "./App.svelte";
import { state } from "./state.svelte.js";

let running;

window.app = {
  show(change) {
    Object.assign(state, change);
    flushSync();
  },
  unmount: () => unmount(running),
  mount() {
    running = mount(App, { target: document.getElementById("app"), props: { state } });
    flushSync();
  },
};
window.app.mount();
