// AUDIO WORKLET: makes the instance and carries bytes to and from it; what they mean stands in src/audio and
// src/protocol/audio_port.rs. JavaScript, because wasm-bindgen's glue needs what this realm has not.

// As in src/protocol/audio_port.rs; a test holds them together.
const PACKET_BYTES = 960;
const READY = 5;
const DIED = 7;

/** Called once when the script wakes up in an AudioWorkletGlobalScope. */
export function runAudioWorklet() {
  registerProcessor(
    "vocadesk-audio",
    // Here, because the script is read in three realms and the class it extends exists in this one only.
    class extends AudioWorkletProcessor {
      constructor({ processorOptions }) {
        super();
        this.engine = new AudioEngine(processorOptions.module, sampleRate, this.port);
      }

      process(inputs, outputs) {
        return this.engine.process(inputs, outputs);
      }
    },
  );
}

/** One call's sound, at a device's rate in Hz; `port` leads to the page. */
export class AudioEngine {
  constructor(module, rate, port) {
    this.port = port;
    // The module imports what only the other realms call.
    const unused = (value) => new Proxy({}, { get: () => value });
    this.wasm = new WebAssembly.Instance(module, unused(unused(() => 0))).exports;
    this.processor = this.wasm.audio_new(Math.round(rate));
    if (!this.processor) throw new Error(`vocadesk: no sound at ${rate} Hz`);
    this.most = this.wasm.audio_most_frames();
    this.packet = new Uint8Array(PACKET_BYTES);
    this.view(0);
    this.listen(port);
  }

  // Of the page come codes, and once READY went out there the call's own port; of the call codes and sound.
  listen(port) {
    port.onmessage = ({ data, ports: [call] }) => {
      this.guarded(typeof data === "number" ? this.control : call ? this.join : this.receive, call ?? data);
    };
  }

  join(call) {
    this.call?.close();
    this.listen((this.call = call));
  }

  control(code) {
    if (!this.processor || this.wasm.audio_control(this.processor, code)) return;
    this.wasm.audio_free(this.processor);
    this.processor = 0;
    this.call?.close();
    this.call = undefined;
  }

  receive(buffer) {
    if (!this.processor || !(buffer instanceof ArrayBuffer)) return;
    const most = this.wasm.audio_staging_bytes();
    for (let at = 0; at < buffer.byteLength; at += most) {
      const piece = new Uint8Array(buffer, at, Math.min(most, buffer.byteLength - at));
      this.bytes(this.wasm.audio_staging(this.processor), piece.length).set(piece);
      this.wasm.audio_receive(this.processor, piece.length);
    }
  }

  // A trap is thrown, and the page notified of it here: Chromium (156) fires no `processorerror` for what
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
      if (this.input.length !== frames || this.input.buffer !== this.wasm.memory.buffer) this.view(frames);
      // No microphone is connected while one takes the other's place.
      if (microphone) this.input.set(microphone.subarray(at, at + frames));
      else this.input.fill(0);
      const outcome = this.wasm.audio_render(this.processor, frames);
      speaker.set(this.output, at);
      if (outcome) this.post(outcome);
    }
    return true;
  }

  // src/audio/processor.rs says what stands in which bits.
  post(outcome) {
    const levels = outcome >>> 16;
    const answer = (outcome >> 8) & 255;
    const end = (outcome & 255) * PACKET_BYTES;
    if (levels) this.port.postMessage(levels);
    if (!this.call) return;
    const from = this.wasm.audio_packets(this.processor);
    for (let at = 0; at < end; at += PACKET_BYTES) {
      // Cloned: that costs less than giving a new one away each time.
      this.packet.set(this.bytes(from + at, PACKET_BYTES));
      this.call.postMessage(this.packet.buffer);
    }
    if (answer) this.call.postMessage(answer);
  }

  view(frames) {
    const view = (address) => new Float32Array(this.wasm.memory.buffer, address, frames);
    this.input = view(this.wasm.audio_input(this.processor));
    this.output = view(this.wasm.audio_output(this.processor));
  }

  bytes(address, length) {
    return new Uint8Array(this.wasm.memory.buffer, address, length);
  }
}
