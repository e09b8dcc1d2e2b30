// The blocks of docs/embedding.md that are built, each in a file of its own, by their languages.
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { mount } from "svelte";
import { createApp } from "vue";
import { OwnButton, Support } from "./block.jsx";
import Svelte from "./block.svelte";
import Vue from "./block.vue";

window.documented = {
  jsx: (target) => createRoot(target).render([createElement(Support, { key: 1 }), createElement(OwnButton, { key: 2 })]),
  vue: (target) => createApp(Vue).mount(target),
  svelte: (target) => mount(Svelte, { target }),
  js: () => import("./block.js"),
};
