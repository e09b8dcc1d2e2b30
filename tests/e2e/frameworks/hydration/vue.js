// Vue on a page that its server has rendered: see react.js.
import { createSSRApp, h, nextTick } from "vue";
import { renderToString } from "vue/server-renderer";
import { hosts } from "./hosts.js";

const app = (name) => {
  const [tag, attributes, inside] = hosts[name];
  const children = () => (Array.isArray(inside) ? inside.map(([tag, text]) => h(tag, text)) : inside);
  const render = () => h("div", [h("p", "Before"), h(tag, attributes, children()), h("p", "After")]);
  return createSSRApp({ render });
};

window.hydration = {
  names: Object.keys(hosts),
  html: (name) => renderToString(app(name)),
  hydrate: async (name, root) => {
    const errors = [];
    const { error, warn } = console;
    console.error = console.warn = (...told) => errors.push(told.map(String).join(" "));
    app(name).mount(root);
    await nextTick();
    Object.assign(console, { error, warn });
    return errors;
  },
};
