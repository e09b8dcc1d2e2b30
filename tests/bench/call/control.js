// The control of `scripts/bench call`: the least JavaScript that makes the same call, for what it costs. No
// button, no state, no error, no resampling worth the name; but the same frames over the same kind of
// socket, from a worker, past the page.
"use strict";

const inWorklet = () => {
  const FRAME = 480;
  const RING = 240_000;
  registerProcessor(
    "control",
    class extends AudioWorkletProcessor {
      constructor() {
        super();
        this.frame = new Int16Array(FRAME);
        this.filled = 0;
        // Written and read in rings of ten seconds.
        this.ring = new Float32Array(RING);
        this.read = this.written = 0;
        this.step = 24000 / sampleRate;
        this.position = 0;
        this.port.onmessage = ({ data }) => {
          this.call = data;
          data.onmessage = ({ data }) => {
            for (const sample of new Int16Array(data)) this.ring[this.written++ % RING] = sample / 32768;
          };
        };
      }

      process([[microphone]], [[speaker]]) {
        for (let i = 0; i < speaker.length; i++) {
          this.position += this.step;
          if (this.position < 1) {
            speaker[i] = i ? speaker[i - 1] : 0;
            continue;
          }
          this.position -= 1;
          this.frame[this.filled++] = (microphone?.[i] ?? 0) * 32767;
          if (this.filled === FRAME) {
            this.filled = 0;
            const { buffer } = this.frame.slice();
            this.call?.postMessage(buffer, [buffer]);
          }
          // The first packet waits 20 ms, as ours does.
          if (this.written - this.read > (this.playing ? 0 : FRAME)) {
            this.playing = true;
            speaker[i] = this.ring[this.read++ % RING];
          } else if (this.written === this.read) this.playing = false;
        }
        return true;
      }
    },
  );
};

const inWorker = () => {
  // The engine's own where it has them: the fastest there is.
  const encode = (bytes) => bytes.toBase64?.() ?? btoa(String.fromCharCode(...bytes));
  const decode = (text) => {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    const letters = atob(text);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
    return bytes;
  };
  self.onmessage = ({ data: [url, audio] }) => {
    const socket = new WebSocket(url);
    socket.onopen = () => socket.send('{"type":"start","agentId":"","promptOverride":null}');
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      if (frame.type === "started") self.postMessage("started");
      if (frame.type !== "audio") return;
      const { buffer } = decode(frame.data);
      audio.postMessage(buffer, [buffer]);
    };
    audio.onmessage = ({ data }) => {
      if (socket.readyState !== 1) return;
      socket.send(`{"type":"audio","data":"${encode(new Uint8Array(data))}"}`);
    };
  };
};

window.talk = async (apiUrl, wssUrl, embedId, sampleRate) => {
  const url = (code) => URL.createObjectURL(new Blob([`(${code})()`], { type: "text/javascript" }));
  const context = new AudioContext(sampleRate ? { sampleRate } : {});
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  });
  await context.audioWorklet.addModule(url(inWorklet));
  const node = new AudioWorkletNode(context, "control", { outputChannelCount: [1] });
  context.createMediaStreamSource(stream).connect(node).connect(context.destination);
  const { port1, port2 } = new MessageChannel();
  node.port.postMessage(port1, [port1]);
  const answer = await fetch(`${apiUrl}/v1/tokens`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ embedId, browserId: crypto.randomUUID() }),
  });
  const { token } = await answer.json();
  const worker = new Worker(url(inWorker));
  worker.onmessage = () => (window.sounds = Date.now());
  worker.postMessage([`${wssUrl}?token=${token}`, port2], [port2]);
  window.keep = [context, stream, node];
  window.hangUp = () => {
    worker.terminate();
    for (const track of stream.getTracks()) track.stop();
    return context.close();
  };
};
