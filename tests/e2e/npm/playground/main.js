// What the playground has written, each in a folder of the kind of its host.
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { mount } from "svelte";
import { createApp } from "vue";

const show = {
  jsx: ({ Talk }, target) => createRoot(target).render(createElement(Talk)),
  vue: ({ default: Talk }, target) => createApp(Talk).mount(target),
  svelte: ({ default: Talk }, target) => mount(Talk, { target }),
};

const files = import.meta.glob("./*/Talk.*", { eager: true });
const byName = ([file, module]) => [file, (target) => show[file.split(".").at(-1)](module, target)];
window.written = Object.fromEntries(Object.entries(files).map(byName));
