import { StrictMode } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { App } from "./App.jsx";

const target = document.getElementById("app");
let state = window.first;
let root = createRoot(target);
const render = () => flushSync(() => root.render(<StrictMode><App {...state} /></StrictMode>));

window.app = {
  show(change) {
    state = { ...state, ...change };
    render();
  },
  unmount: () => root.unmount(),
  mount() {
    root = createRoot(target);
    render();
  },
};
render();
