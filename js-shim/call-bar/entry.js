// PAGE: what the wasm and the call bar say to each other. The wasm's side is src/page/call_bar.rs: an update is an object of
// one member, the method's name with its argument; and src/page/call_controls.rs, what the visitor may do.
import { open } from "./call-bar.js";
import { controls } from "./controls.js";
import { tag } from "../current-script.js";
import { texts } from "./texts.js";

tag.open = (host, call, labels, language) => {
  const bar = open(host, controls(() => call), texts(labels, language));
  return (update) => {
    const [[method, given]] = Object.entries(update);
    const told = bar[method](given);
    // Firefox (153) keeps a bar that closed before its first frame. What it held of the page it lets go.
    if (update.close) call = undefined;
    return told;
  };
};
