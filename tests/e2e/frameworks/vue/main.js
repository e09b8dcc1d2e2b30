import { createApp, shallowReactive } from "vue";
import App from "./App.vue";

const state = shallowReactive({ ...window.first });
let running;

window.app = {
  show: (change) => Object.assign(state, change),
  unmount: () => running.unmount(),
  mount() {
    running = createApp(App, { state });
    running.mount("#app");
  },
};
window.app.mount();
