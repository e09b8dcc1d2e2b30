// React on a page that its server has rendered: `hydration.html(name)` as sent, `hydration.hydrate(name, root)`, which
// tells what it could not make its own.
import { createElement, useEffect } from "react";
import { hydrateRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { hosts } from "./hosts.js";

function App({ name, done }) {
  useEffect(done, []);
  const [tag, attributes, inside] = hosts[name];
  const children = Array.isArray(inside)
    ? inside.map(([tag, text]) => createElement(tag, { key: tag }, text))
    : inside;
  return [
    createElement("p", { key: "before" }, "Before"),
    createElement(tag, { key: name, ...attributes }, children ?? undefined),
    createElement("p", { key: "after" }, "After"),
  ];
}

window.hydration = {
  names: Object.keys(hosts),
  html: (name) => renderToString(createElement(App, { name })),
  hydrate: (name, root) =>
    new Promise((done) => {
      const errors = [];
      const app = createElement(App, { name, done: () => setTimeout(done, 50, errors) });
      hydrateRoot(root, app, { onRecoverableError: (error) => errors.push(String(error)) });
    }),
};
