// Calls by hand, without us, in the way that ours are made: one AudioContext that sleeps between calls, the microphone, a
// worklet's node, a Worker with the socket. What the engine keeps of such a call, it keeps of ours as well.
"use strict";
{
  const ids = { embedId: "emb_echo", browserId: crypto.randomUUID() };
  const asked = (body) => ({
    method: "POST",
    credentials: "omit",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const script = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const pause = (ms) => new Promise((later) => setTimeout(later, ms));
  const once = (target, kind) => new Promise((heard) => target.addEventListener(kind, heard, { once: true }));

  const worklet = `registerProcessor("control", class extends AudioWorkletProcessor {
    constructor() {
      super();
      this.lives = true;
      this.port.onmessage = ({ data, ports: [line] }) => {
        if (data !== "close") return (this.line = line);
        this.lives = false;
        this.line.close();
        this.port.close();
      };
    }
    process([[samples]]) {
      if (this.lives && this.line && samples) this.line.postMessage(samples.slice());
      return this.lives;
    }
  });`;
  const worker = `let line, socket;
  const start = async ({ apiUrl, asked, line: given }) => {
    line = given;
    const { token, wssUrl } = await (await fetch(apiUrl + "/v1/tokens", asked)).json();
    socket = new WebSocket(wssUrl + "?token=" + token);
    socket.onopen = () => socket.send('{"type":"start","agentId":"","promptOverride":null}');
    socket.onmessage = ({ data }) => { if (JSON.parse(data).type === "started") postMessage("started"); };
    const data = btoa("\\0".repeat(960));
    let blocks = 0;
    line.onmessage = () => {
      // 20 ms are 7.5 blocks of 128 frames at 48 kHz.
      if (++blocks % 8 === 0 && socket.readyState === 1) socket.send(JSON.stringify({ type: "audio", data }));
    };
  };
  onmessage = ({ data }) => {
    if (data !== "close") return start(data).catch((error) => postMessage(String(error)));
    socket.onclose = () => { postMessage("closed"); close(); };
    socket.send('{"type":"stop"}');
    socket.close();
    line.close();
  };`;

  let context, loaded;
  const call = async () => {
    await context.resume();
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    await navigator.permissions.query({ name: "microphone" });
    const source = context.createMediaStreamSource(stream);
    const node = new AudioWorkletNode(context, "control");
    source.connect(node).connect(context.destination);
    const text = script(worker);
    const session = new Worker(text);
    const { port1, port2 } = new MessageChannel();
    node.port.postMessage(null, [port2]);
    const apiUrl = window.call.dataset.vocadeskApiUrl;
    const started = once(session, "message");
    session.postMessage({ apiUrl, asked: asked(ids), line: port1 }, [port1]);
    const { data } = await started;
    if (data !== "started") throw new Error(data);
    URL.revokeObjectURL(text);
    await pause(200);
    const closed = once(session, "message");
    session.postMessage("close");
    node.port.postMessage("close");
    node.port.close();
    node.disconnect();
    source.disconnect();
    for (const track of stream.getTracks()) track.stop();
    await closed;
    await (await fetch(`${apiUrl}/v1/release`, { ...asked(ids), keepalive: true })).text();
    await context.suspend();
  };

  const ready = async () => {
    context = new AudioContext();
    const text = script(worklet);
    await context.audioWorklet.addModule(text);
    URL.revokeObjectURL(text);
    loaded = true;
  };
  document.addEventListener("click", ready, { once: true });

  window.soak = {
    told: { start: 0, end: 0, error: 0, uncaught: 0 },
    ready: () => loaded,
    calls: async (times) => {
      for (; times > 0; times--) await call();
    },
    locks: async () => 0,
  };
}
