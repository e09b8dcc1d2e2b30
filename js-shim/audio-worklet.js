// AUDIO WORKLET: makes the instance and carries bytes to and from it. What they mean stands in
// src/audio and src/protocol/audio_port.rs; numbers are passed on unread.

const PACKET_BYTES = 960;
// protocol/audio_port.rs
const READY = 5;
const DIED = 9;

/** Called once when the script wakes up in an AudioWorkletGlobalScope. */
export function runAudioWorklet() {
  registerProcessor(
    "vocadesk-audio",
    // Here, because the script is read in three realms and the class it extends exists in this one only.
    class extends AudioWorkletProcessor {
      constructor({ processorOptions }) {
        super();
        this.audio = new AudioEngine(processorOptions.module, sampleRate, this.port);
      }

      process(inputs, outputs) {
        return this.audio.process(inputs, outputs);
      }
    },
  );
}

/** One call's sound, at a device's rate in Hz; `port` leads to the page. */
export class AudioEngine {
  constructor(module, rate, port) {
    this.port = port;
    this.wasm = instantiate(module);
    this.processor = this.wasm.audio_new(Math.round(rate));
    if (!this.processor) throw new Error(`vocadesk: no sound at ${rate} Hz`);
    this.most = this.wasm.audio_most_frames();
    this.packet = new Uint8Array(PACKET_BYTES);
    this.look(0);
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
    if (!this.processor || this.wasm.audio_control(this.processor, word)) return;
    this.wasm.audio_free(this.processor);
    this.processor = 0;
    this.call?.close();
    this.call = undefined;
  }

  receive(buffer) {
    if (!this.processor) return;
    const most = this.wasm.audio_staging_bytes();
    for (let at = 0; at < buffer.byteLength; at += most) {
      const piece = new Uint8Array(buffer, at, Math.min(most, buffer.byteLength - at));
      this.bytes(this.wasm.audio_staging(this.processor), piece.length).set(piece);
      this.wasm.audio_receive(this.processor, piece.length);
    }
  }

  // A trap is thrown, and the page told of it here: Chromium (156) fires no `processorerror` for what
  // `process` throws, and no browser fires one for what a message does. There is nothing to save.
  guarded(work, first, second) {
    try {
      return work.call(this, first, second);
    } catch (error) {
      this.processor = 0;
      this.port.postMessage(DIED);
      throw error;
    }
  }

  process(inputs, outputs) {
    return this.guarded(this.render, inputs, outputs);
  }

  // One channel each way: the browser mixes what has more.
  render([[microphone]], [[speaker]]) {
    if (!this.processor) return false;
    // Not before sound flows: a device that is slow to open would cost a call its first words.
    if (!this.flows) this.port.postMessage(READY);
    this.flows = true;
    for (let at = 0; at < speaker.length; at += this.most) {
      const frames = Math.min(speaker.length - at, this.most);
      // Memory that has grown leaves the views behind.
      if (this.input.length !== frames || this.input.buffer !== this.wasm.memory.buffer) this.look(frames);
      // No microphone is connected while one takes the other's place.
      if (microphone) this.input.set(microphone.subarray(at, at + frames));
      else this.input.fill(0);
      const outcome = this.wasm.audio_render(this.processor, frames);
      speaker.set(this.output, at);
      if (outcome) this.tell(outcome);
    }
    return true;
  }

  // src/audio/processor.rs says what stands in which bits.
  tell(outcome) {
    const levels = outcome >>> 16;
    const answer = (outcome >> 8) & 255;
    const packets = (outcome & 255) * PACKET_BYTES;
    if (levels) this.port.postMessage(levels);
    if (!this.call) return;
    const from = this.wasm.audio_packets(this.processor);
    for (let at = 0; at < packets; at += PACKET_BYTES) {
      // Cloned: that costs less than giving a new one away each time.
      this.packet.set(this.bytes(from + at, PACKET_BYTES));
      this.call.postMessage(this.packet.buffer);
    }
    if (answer) this.call.postMessage(answer);
  }

  look(frames) {
    const view = (address) => new Float32Array(this.wasm.memory.buffer, address, frames);
    this.input = view(this.wasm.audio_input(this.processor));
    this.output = view(this.wasm.audio_output(this.processor));
  }

  bytes(address, length) {
    return new Uint8Array(this.wasm.memory.buffer, address, length);
  }
}

// The module serves all realms, so it imports what only the others call: here that is never reached.
function instantiate(module) {
  const all = (what) => new Proxy({}, { get: () => what });
  return new WebAssembly.Instance(module, all(all(() => 0))).exports;
}
