// What the harness puts into a page before anything else: a log of our events, and a tap in front of
// the speaker. The same file runs again as the tap's AudioWorklet module.
"use strict";

if (typeof AudioWorkletProcessor !== "undefined") {
  // Keeps all that reaches it here, on the audio thread, until it is asked: a page whose main thread
  // is blocked loses nothing.
  class Tap extends AudioWorkletProcessor {
    constructor() {
      super();
      this.blocks = [];
      this.from = currentTime;
      this.port.onmessage = ({ data, ports: [reply] }) => {
        if (data === "end") {
          this.hasEnded = true;
          reply.postMessage(null);
          return;
        }
        const samples = new Float32Array(this.blocks.length * 128);
        this.blocks.forEach((block, i) => samples.set(block, i * 128));
        reply.postMessage({ samples, from: this.from }, [samples.buffer]);
      };
    }

    process([input]) {
      const block = new Float32Array(128);
      for (const channel of input) {
        for (let i = 0; i < 128; i++) block[i] += channel[i] / input.length;
      }
      this.blocks.push(block);
      return !this.hasEnded;
    }
  }
  registerProcessor("harness-tap", Tap);
} else {
  // The page may make its own say something else.
  const now = performance.now.bind(performance);
  const events = [];
  const waiting = new Set();
  const check = () => waiting.forEach((look) => look());
  const recorded = new WeakMap();
  for (const type of ["vocadesk:start", "vocadesk:end", "vocadesk:error"]) {
    // Captured at the window: also what a page's own listener stops on its way up.
    window.addEventListener(
      type,
      (event) => {
        const { detail, target, bubbles, composed, cancelable } = event;
        const played = [...taps.keys()].at(-1)?.currentTime ?? 0;
        const at = now();
        const keys = detail && Object.keys(detail);
        const shape = { custom: event instanceof CustomEvent, bubbles, composed, cancelable, keys };
        const record = { type, detail: detail ?? null, target: target.id ?? "", at, played, shape };
        recorded.set(event, record);
        events.push(record);
        check();
      },
      true,
    );
    document.addEventListener(type, (event) => (recorded.get(event).onDocument = true));
  }

  const clicks = [];
  window.addEventListener("click", ({ timeStamp, detail }) => clicks.push([Math.round(timeStamp), detail]), true);

  // What a site's own error reporting would see.
  const errors = [];
  window.addEventListener("error", ({ type, message, filename, lineno, colno, error }) =>
    errors.push(message === undefined ? type : `${message} (${filename}:${lineno}:${colno}) ${error?.stack ?? ""}`.trim()),
  );
  window.addEventListener("unhandledrejection", (event) => errors.push(String(event.reason)));

  // What the console said, for drivers that do not tell, in the words of the one that does.
  const said = [];
  const levels = { debug: "DEBUG", log: "INFO", info: "INFO", warn: "WARNING", error: "SEVERE" };
  for (const [method, level] of Object.entries(levels)) {
    const say = console[method];
    console[method] = (...words) => {
      said.push({ level, message: words.map(String).join(" ") });
      say.apply(console, words);
    };
  }

  // Every microphone that was opened.
  const streams = [];
  let askedForMicrophone = 0;
  // A page without HTTPS has no microphones to open.
  const devices = window.MediaDevices?.prototype;
  const getUserMedia = devices?.getUserMedia;
  if (devices) {
    devices.getUserMedia = async function (wanted) {
      askedForMicrophone += 1;
      const stream = await getUserMedia.call(this, wanted);
      streams.push(stream);
      return stream;
    };
  }

  // What the page's policy refused.
  const violations = [];
  addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
    violations.push(`${effectiveDirective} ${blockedURI}`),
  );

  // The browser's own ear in front of each speaker, where a policy lets no tap in.
  const ears = new Map();
  const taps = new Map();
  // Nobody waits longer for a tap that is to end.
  const A_SECOND = 1000;
  const connect = AudioNode.prototype.connect;
  async function tapOf(context) {
    if (window.withoutWorklets) return tapHere(context);
    await context.audioWorklet.addModule("/harness/tap.js");
    const node = new AudioWorkletNode(context, "harness-tap", { numberOfOutputs: 1 });
    // Its output is silence; a node that leads nowhere would not be asked to process.
    connect.call(node, context.destination);
    return node;
  }

  // Where worklets are refused the tap is none either: beside one, Chromium (156) loses 128 frames of every
  // node of the page's own thread some twice a second.
  function tapHere(context) {
    const FRAMES = 4096;
    const node = context.createScriptProcessor(FRAMES, 1, 1);
    const blocks = [];
    let from, last;
    node.onaudioprocess = ({ inputBuffer }) => {
      // Of a page that stood still Chromium fires one event for each block, all with the same two: the rest of
      // that time is silence here.
      const now = Math.round((context.currentTime * context.sampleRate) / FRAMES);
      from ??= context.currentTime - FRAMES / context.sampleRate;
      if (now - last > 2) for (let missing = now - last - 2; missing > 0; missing--) blocks.push(new Float32Array(FRAMES));
      else if (blocks.length && now === last && blocks.at(-1).at === now && blocks.at(-2)?.at === now) return;
      last = now;
      blocks.push(Object.assign(inputBuffer.getChannelData(0).slice(), { at: now }));
    };
    const samples = () => Float32Array.from(blocks.flatMap((block) => [...block]));
    node.port = { postMessage: (_, [reply]) => reply.postMessage({ samples: samples(), from: from ?? 0 }) };
    connect.call(node, context.destination);
    return node;
  }

  // Whatever is connected to a speaker is also connected to that context's tap. The module loads in
  // the meantime: what sounds in the first few milliseconds after the very first connect is not heard.
  // (A page that is to be measured without it says so.)
  AudioNode.prototype.connect = function (to, ...rest) {
    const result = connect.call(this, to, ...rest);
    if (to instanceof AudioDestinationNode && !window.untapped) {
      const { context } = this;
      if (!ears.has(context)) ears.set(context, new AnalyserNode(context));
      connect.call(this, ears.get(context), rest[0] ?? 0);
      if (!taps.has(context)) taps.set(context, tapOf(context));
      taps.get(context).then(
        (tap) => connect.call(this, tap, rest[0] ?? 0),
        (error) => context.state !== "closed" && console.error("harness: no tap", error),
      );
    }
    return result;
  };

  function askTap(context, tap) {
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => {
        const pcm = Int16Array.from(data.samples, (s) => Math.max(-1, Math.min(1, s)) * 32767);
        const bytes = new Uint8Array(pcm.buffer);
        let text = "";
        for (let i = 0; i < bytes.length; i += 8192) {
          text += String.fromCharCode(...bytes.subarray(i, i + 8192));
        }
        resolve({ rate: context.sampleRate, from: data.from, pcm: btoa(text), state: context.state });
      };
      tap.port.postMessage("take", [port2]);
    });
  }

  // A closed context answers no more: what its tap holds is taken just before.
  const kept = new Map();
  const close = AudioContext.prototype.close;
  AudioContext.prototype.close = async function () {
    if (taps.has(this) && !kept.has(this)) {
      kept.set(
        this,
        // Closed before the tap was in place, it has played nothing.
        taps.get(this).then((tap) => askTap(this, tap), () => null),
      );
    }
    await kept.get(this);
    return close.call(this);
  };

  // The box of what of ours covers a host, and null where nothing does: an element in its shadow root, which a trial may have
  // got hold of, in it or beside it; or pseudo-elements of its own, which cover what is within its border.
  const coverOf = (host, root = host.shadowRoot) => {
    const ours = [root?.lastElementChild, host.lastElementChild, host.nextElementSibling];
    const element = ours.find((e) => e?.ariaHidden === "true");
    if (element) return element.getBoundingClientRect();
    const after = getComputedStyle(host, "::after");
    if (!("vocadeskParts" in host.dataset) || after.position !== "absolute" || getComputedStyle(host).position === "static") return null;
    const box = host.getBoundingClientRect();
    const zoom = host.offsetWidth ? box.width / host.offsetWidth : 1;
    const [top, left] = [box.top + host.clientTop * zoom, box.left + host.clientLeft * zoom];
    const [width, height] = [host.clientWidth || host.offsetWidth, host.clientHeight || host.offsetHeight];
    return { left, top, right: left + width * zoom, bottom: top + height * zoom, width: width * zoom, height: height * zoom };
  };

  // What is drawn of a call on a host, in a page with open roots: the text, and the colours as they are computed.
  const drawnOn = (host) => {
    const root = host.shadowRoot?.lastElementChild?.shadowRoot ?? host.lastElementChild?.shadowRoot;
    if (root) {
      const style = (part, pseudo) => getComputedStyle(root.querySelector(part), pseudo);
      const { backgroundColor: bg, backgroundImage: image } = style(".face");
      const [fg, muted] = [style(".text").color, style(".time").color];
      const accent = style(".bar:nth-child(2)").backgroundColor;
      return { text: root.querySelector(".text").textContent, bg, image, fg, muted, accent, danger: style(".face", "::before").backgroundColor };
    }
    if (!("vocadeskParts" in host.dataset)) return null;
    const bare = "vocadeskBare" in host.dataset;
    const style = getComputedStyle(host, bare ? "::after" : "::before");
    const { backgroundColor: bg, backgroundImage: image } = getComputedStyle(host, bare ? "" : "::after");
    const layers = style.backgroundImage.split("linear-gradient").slice(1).map((layer) => layer.match(/rgba?\([^)]*\)/g));
    const isMuted = /^rgba\(.*, 0\)$|transparent/.test(style.webkitTextFillColor);
    const text = host.dataset.vocadeskDrawn.replace(/[\u2066-\u2069]/g, "").split("\u2002").find((part) => /\D{4}/.test(part)) ?? "";
    return { text, bg, image, fg: style.color, muted: isMuted ? layers[5].at(-1) : style.color, accent: layers[2][0], danger: layers[0][0] };
  };

  Object.defineProperty(window, "__harness", {
    value: {
      coverOf,
      drawnOn,
      events,
      errors,
      said,
      streams,
      violations,
      /** Whether anything sounds just now. */
      sounds: () =>
        [...ears.values()].some((ear) => {
          const samples = new Float32Array(ear.fftSize);
          ear.getFloatTimeDomainData(samples);
          return samples.some((sample) => Math.abs(sample) > 0.02);
        }),
      /** How far a page came, in a few words, for whoever wonders why it came no further. */
      standing: () => {
        const brief = (value) => JSON.stringify(value) ?? "";
        const came = events.map(({ at, type, target, detail }) => `${Math.round(at)} ${type.slice(9)} ${target} ${brief(detail ?? undefined)}`);
        const hosts = [...document.querySelectorAll("[data-vocadesk-state]")];
        return [
          `at ${Math.round(performance.now())} ms, ${document.visibilityState}; clicks ${brief(clicks.slice(-6))}; microphones asked for ${askedForMicrophone}, got ${streams.length}`,
          `states ${brief(hosts.map((host) => host.dataset.vocadeskState))}; contexts ${brief([...taps.keys()].map(({ state, currentTime }) => [state, currentTime]))}`,
          ...came.slice(-12).map((line) => `event ${line}`),
          ...[...errors, ...said].slice(-8).map((line) => `told ${brief(line)}`),
        ];
      },
      contexts: () => [...taps.keys()],
      askedForMicrophone: () => askedForMicrophone,
      /** Whether the browser's recording sign is out. */
      microphoneIsOff: () =>
        streams.flatMap((s) => s.getTracks()).every((t) => t.readyState === "ended"),
      // A Worker's own lock is not meant: it may still wait for a token that nobody wants.
      /** Whether no call has the visitor's place. */
      async lockIsFree() {
        const { held, pending } = await navigator.locks.query();
        return ![...held, ...pending].some(({ name }) => name.startsWith("vocadesk:"));
      },
      /** Calls `done` with what `find` finds, looked for at each event and often; null when late. */
      until(find, milliseconds, done) {
        let ticking = 0;
        let late = 0;
        const look = () => {
          const found = find();
          if (!found) return false;
          clearInterval(ticking);
          clearTimeout(late);
          waiting.delete(look);
          done(found);
          return true;
        };
        waiting.add(look);
        if (look()) return;
        ticking = setInterval(look, 20);
        late = setTimeout(() => {
          clearInterval(ticking);
          waiting.delete(look);
          done(null);
        }, milliseconds);
      },
      /** Ends all taps, for a page that is about to be left. Should it be come back to, what sounds then gets new ones. */
      async endTaps() {
        const end = async (tap) => {
          const { port1, port2 } = new MessageChannel();
          const ended = new Promise((resolve) => (port1.onmessage = resolve));
          (await tap).port.postMessage("end", [port2]);
          await ended;
        };
        const ending = Promise.allSettled([...taps.values()].map(end));
        taps.clear();
        await Promise.race([ending, new Promise((resolve) => setTimeout(resolve, A_SECOND))]);
      },
      /** What each context's speaker was given so far. */
      async heard() {
        const heard = async ([context, tap]) => kept.get(context) ?? askTap(context, await tap);
        return (await Promise.all([...taps].map(heard))).filter(Boolean);
      },
    },
  });
}
