// Pipecat's client over its WebSocket transport, with a serializer for our wire in place of its protobuf. The
// media manager is the one that asks nothing of a server of Daily's; the microphone's chunks are as long as the
// transport has them: 512 bytes, 11 ms.
import { PipecatClient } from "@pipecat-ai/client-js";
import { WavMediaManager, WebSocketTransport } from "@pipecat-ai/websocket-transport";
import { START, audioFrame, samples, token } from "./gateway.js";

const CHUNK_BYTES = 512;
const READY = { label: "rtvi-ai", type: "bot-ready", id: "1", data: { version: "1.0.0" } };

const serializer = {
  serialize() {},
  serializeAudio: audioFrame,
  serializeMessage: ({ type }) => (type === "client-ready" ? START : undefined),
  async deserialize(text) {
    const frame = JSON.parse(text);
    if (frame.type === "audio") return { type: "audio", audio: samples(frame.data) };
    if (frame.type === "started") return { type: "message", message: READY };
    return { type: "raw", message: frame };
  },
};

window.talk = async (apiUrl, wssUrl, embedId) => {
  const mediaManager = new WavMediaManager(CHUNK_BYTES, 24000);
  const client = new PipecatClient({
    transport: new WebSocketTransport({ mediaManager, serializer, recorderSampleRate: 24000 }),
    enableMic: true,
  });
  window.hangUp = () => client.disconnect();
  await client.connect({ wsUrl: `${wssUrl}?token=${await token(apiUrl, embedId)}` });
  window.sounds = Date.now();
};
