// `<vocadesk-call embed="emb_…">`: the element is the call button itself, by the attributes that it has. Imported on a server,
// it defines nothing.
import { createCall } from "./call.js";

/** Which option an attribute is. The nonce is read from the property: browsers hide the attribute. */
const OPTIONS = {
  embed: "embedId",
  label: "label",
  "api-url": "apiUrl",
  "wss-url": "wssUrl",
  ui: "ui",
  controls: "controls",
  src: "src",
};

/** @import { VocadeskCall as Declared } from "./element.d.ts" */

const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

/** @implements {Declared} */
export class VocadeskCall extends Base {
  static observedAttributes = Object.keys(OPTIONS);

  #more = {};
  #call = createCall({});

  get call() {
    return this.#call.now();
  }

  get options() {
    return this.#more;
  }

  set options(more) {
    this.#more = more;
    this.#update();
  }

  start() {
    this.#call.start();
  }

  end() {
    this.#call.end();
  }

  mute(muted) {
    this.#call.mute(muted);
  }

  connectedCallback() {
    this.#update();
    this.#call.attach(this);
  }

  // One that is only moved is back at once, and keeps its call.
  disconnectedCallback() {
    setTimeout(() => this.isConnected || this.#call.attach(null));
  }

  attributeChangedCallback() {
    this.#update();
  }

  #update() {
    const written = { nonce: this.nonce || undefined };
    for (const [attribute, option] of Object.entries(OPTIONS)) written[option] = this.getAttribute(attribute) ?? undefined;
    this.#call.update({ ...written, ...this.#more });
  }
}

// Another copy of this package may have been first.
if (globalThis.customElements && !customElements.get("vocadesk-call")) customElements.define("vocadesk-call", VocadeskCall);
