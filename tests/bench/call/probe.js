// What `scripts/bench` puts between the release and the browser to tell when a sound passed: a microphone
// that clicks, and an ear in front of the speaker. The same file runs again as their AudioWorklet module.
"use strict";

if (typeof AudioWorkletProcessor !== "undefined") {
  // The clock of this realm, in milliseconds since the epoch, of one block: it is made and heard at once.
  class Clicker extends AudioWorkletProcessor {
    constructor() {
      super();
      this.at = 0;
      this.period = Math.round(0.23 * sampleRate);
    }

    process(_, [[output]]) {
      for (let i = 0; i < output.length; i++) {
        const n = this.at % this.period;
        const seconds = n / sampleRate;
        // Ten clicks, then a pause of four: people breathe, and a playout catches up in pauses.
        const speaks = Math.floor(this.at++ / this.period) % 14 < 10;
        output[i] = 0;
        if (!speaks) continue;
        output[i] = 0.1 * Math.sin(2 * Math.PI * 440 * seconds);
        if (seconds < 0.002) output[i] += 0.7 * Math.sin(2 * Math.PI * 3000 * seconds);
        if (n === 0) this.port.postMessage(Date.now());
      }
      return true;
    }
  }

  class Ear extends AudioWorkletProcessor {
    constructor() {
      super();
      this.at = this.clicked = 0;
      this.loudest = 0;
    }

    process([[input]]) {
      if (!input) return true;
      for (let i = 0; i < input.length; i++) {
        const loud = Math.abs(input[i]);
        this.loudest = Math.max(this.loudest, loud);
        if (loud > 0.4 && this.at - this.clicked > 0.1 * sampleRate) {
          this.clicked = this.at;
          this.port.postMessage({ click: Date.now() });
        }
        if (++this.at % Math.round(0.02 * sampleRate) === 0) {
          this.port.postMessage({ window: Date.now(), loudest: this.loudest });
          this.loudest = 0;
        }
      }
      return true;
    }
  }
  registerProcessor("probe-clicker", Clicker);
  registerProcessor("probe-ear", Ear);
} else {
  const probe = (window.probe = { spoken: [], heard: [], windows: [] });
  // What a context of the page's has of ours, once its module is there.
  const once = (make) => {
    const made = new WeakMap();
    return (context) => made.get(context) ?? (made.set(context, make(context)), made.get(context));
  };
  const loaded = once((context) => context.audioWorklet.addModule("/harness/probe.js"));
  const { connect } = AudioNode.prototype;
  const ear = once(async (context) => {
    await loaded(context);
    const ear = new AudioWorkletNode(context, "probe-ear", { channelCount: 1, channelCountMode: "explicit" });
    ear.port.onmessage = ({ data }) => {
      if (data.click) probe.heard.push(data.click);
      else probe.windows.push([data.window, data.loudest]);
    };
    // With nothing connected it would not hear the silence.
    const silence = new ConstantSourceNode(context, { offset: 0 });
    connect.call(silence, ear);
    silence.start();
    return connect.call(ear, context.destination) && ear;
  });
  // The browser's own microphone is open as ever, and what it says goes nowhere.
  AudioContext.prototype.createMediaStreamSource = function (mediaStream) {
    const source = Object.assign(new GainNode(this), { mediaStream });
    loaded(this).then(() => {
      const clicker = new AudioWorkletNode(this, "probe-clicker", { numberOfInputs: 0 });
      clicker.port.onmessage = ({ data }) => probe.spoken.push(data);
      connect.call((source.clicker = clicker), source);
    });
    return source;
  };
  AudioNode.prototype.connect = function (to, ...rest) {
    // A script's node is connected there only to run.
    const speaks = to instanceof AudioDestinationNode && !(this instanceof ScriptProcessorNode);
    if (speaks) ear(this.context).then((ear) => connect.call(this, ear));
    return connect.call(this, to, ...rest);
  };
}
