// PAGE: what the wasm and the call bar say to each other, in the words of either. The wasm's side is
// src/page/call_bar.rs: an update is an object of one member, the method's name with its argument. It is told by `tell` of
// src/page/exports.rs.
import { open } from "./call-bar.js";
import { controls } from "./controls.js";
import { texts } from "./texts.js";

document.currentScript.open = (host, wish, labels) => {
  // Firefox (153) keeps a bar that closed before its first frame. What it held of the page it lets go.
  const bar = open(host, controls((...given) => wish?.(...given)), texts(labels));
  return (update) => {
    for (const [method, given] of Object.entries(update)) bar[method](given);
    if (update.close) wish = undefined;
  };
};
