// Svelte on a page that its server has rendered: see react.js.
import { flushSync, hydrate } from "svelte";
import { render } from "svelte/server";
import { hosts } from "./hosts.js";
import Client from "./Hosts.svelte";
import Server from "./Hosts.svelte?server";

window.hydration = {
  names: Object.keys(hosts),
  html: (name) => render(Server, { props: { name } }).body,
  hydrate: async (name, target) => {
    const errors = [];
    const { error, warn } = console;
    console.error = console.warn = (...told) => errors.push(told.map(String).join(" "));
    hydrate(Client, { target, props: { name } });
    flushSync();
    Object.assign(console, { error, warn });
    return errors;
  },
};
