// AUDIO WORKLET: makes the instance and carries bytes to and from it. What they mean stands in
// src/audio and src/shared/packet.rs; numbers are passed on unread.

const PACKET_BYTES = 960;
// shared/packet.rs
const READY = 5;
const DIED = 9;

/** Called once when the script wakes up in an AudioWorkletGlobalScope. */
export function runAudioWorklet() {
  registerProcessor("vocadesk-audio", VocadeskAudio());
}

// A function, because AudioWorkletProcessor exists in this realm only and the script is read in three.
const VocadeskAudio = () =>
  class extends AudioWorkletProcessor {
    constructor({ processorOptions }) {
      super();
      this.wing = new AudioWing(processorOptions.module, sampleRate, this.port);
    }

    process(inputs, outputs) {
      return this.wing.process(inputs, outputs);
    }
  };

/** One call's sound, at a device's rate in Hz; `port` leads to the page. */
export class AudioWing {
  constructor(module, rate, port) {
    this.port = port;
    this.wasm = instantiate(module);
    this.engine = this.wasm.vocadesk_audio_new(Math.round(rate));
    if (!this.engine) throw new Error(`vocadesk: no sound at ${rate} Hz`);
    this.mostFrames = this.wasm.vocadesk_audio_most_frames();
    // The call's port comes over the page's once READY went out there.
    this.port.onmessage = ({ data, ports }) => {
      if (typeof data === "number") this.guarded(this.control, data);
      else if (ports[0]) this.joinCall(ports[0]);
    };
  }

  joinCall(port) {
    this.call?.close();
    this.call = port;
    port.onmessage = ({ data }) => {
      if (typeof data === "number") this.guarded(this.control, data);
      else if (data instanceof ArrayBuffer) this.guarded(this.receive, data);
    };
  }

  control(word) {
    if (!this.engine || this.wasm.vocadesk_audio_control(this.engine, word)) return;
    this.wasm.vocadesk_audio_free(this.engine);
    this.engine = 0;
    this.call?.close();
    this.call = undefined;
  }

  receive(buffer) {
    if (!this.engine) return;
    const most = this.wasm.vocadesk_audio_staging_bytes();
    for (let at = 0; at < buffer.byteLength; at += most) {
      const piece = new Uint8Array(buffer, at, Math.min(most, buffer.byteLength - at));
      this.bytes(this.wasm.vocadesk_audio_staging(this.engine), piece.length).set(piece);
      this.wasm.vocadesk_audio_receive(this.engine, piece.length);
    }
  }

  // A trap is thrown, and the page told of it here: Chromium (156) fires no `processorerror` for what
  // `process` throws, and no browser fires one for what a message does. There is nothing to save.
  guarded(work, ...given) {
    try {
      return work.apply(this, given);
    } catch (error) {
      this.engine = 0;
      this.port.postMessage(DIED);
      throw error;
    }
  }

  process(inputs, outputs) {
    return this.guarded(this.render, inputs, outputs);
  }

  render([microphone = []], [speaker = []]) {
    if (!this.engine) return false;
    // Not before sound flows: a device that is slow to open would cost a call its first words.
    if (!this.flows) this.port.postMessage(READY);
    this.flows = true;
    const frames = (speaker[0] ?? microphone[0])?.length ?? 128;
    for (let at = 0; at < frames; at += this.mostFrames) {
      const end = Math.min(frames, at + this.mostFrames);
      this.capture(microphone, at, end);
      this.play(speaker, at, end);
    }
    const answer = this.wasm.vocadesk_audio_answer(this.engine);
    if (answer) this.call?.postMessage(answer);
    if (this.wasm.vocadesk_audio_levels_changed(this.engine)) {
      this.port.postMessage([
        this.wasm.vocadesk_audio_microphone_dbfs(this.engine),
        this.wasm.vocadesk_audio_agent_dbfs(this.engine),
      ]);
    }
    return true;
  }

  capture(channels, from, to) {
    const { wasm, engine } = this;
    const mono = this.floats(wasm.vocadesk_audio_input(engine), to - from);
    if (channels.length === 1) mono.set(channels[0].subarray(from, to));
    else {
      mono.fill(0); // also when no microphone is connected
      for (const channel of channels) {
        for (let i = from; i < to; i++) mono[i - from] += channel[i] / channels.length;
      }
    }
    const ready = wasm.vocadesk_audio_capture(engine, to - from);
    if (!ready || !this.call) return;
    const packets = this.bytes(wasm.vocadesk_audio_packets(engine), ready * PACKET_BYTES);
    for (let at = 0; at < packets.length; at += PACKET_BYTES) {
      const { buffer } = packets.slice(at, at + PACKET_BYTES);
      this.call.postMessage(buffer, [buffer]);
    }
  }

  play(channels, from, to) {
    const { wasm, engine } = this;
    wasm.vocadesk_audio_play(engine, to - from);
    const mono = this.floats(wasm.vocadesk_audio_output(engine), to - from);
    for (const channel of channels) channel.set(mono, from);
  }

  // Views are made anew each time: one kept would be detached as soon as the memory grows.
  floats(address, length) {
    return new Float32Array(this.wasm.memory.buffer, address, length);
  }

  bytes(address, length) {
    return new Uint8Array(this.wasm.memory.buffer, address, length);
  }
}

// The module serves all wings, so it imports what only the others call: here that is never reached.
function instantiate(module) {
  const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind === "function") (imports[from] ??= {})[name] = () => 0;
  }
  return new WebAssembly.Instance(module, imports).exports;
}
