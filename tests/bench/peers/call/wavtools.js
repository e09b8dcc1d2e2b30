// wavtools' recorder and player with a socket on the page, one after the other, as their users have them. A
// chunk of microphone is as long as the recorder makes it: 8,192 bytes, 171 ms.
import { WavRecorder, WavStreamPlayer } from "wavtools";
import { START, audioFrame, samples, token } from "./gateway.js";

window.talk = async (apiUrl, wssUrl, embedId) => {
  const recorder = new WavRecorder({ sampleRate: 24000 });
  const player = new WavStreamPlayer({ sampleRate: 24000 });
  await recorder.begin();
  await player.connect();
  const socket = new WebSocket(`${wssUrl}?token=${await token(apiUrl, embedId)}`);
  socket.onopen = () => socket.send(START);
  socket.onmessage = ({ data }) => {
    const frame = JSON.parse(data);
    if (frame.type === "audio") player.add16BitPCM(samples(frame.data));
    if (frame.type !== "started") return;
    window.sounds = Date.now();
    recorder.record(({ mono }) => socket.readyState === 1 && socket.send(audioFrame(mono)));
  };
  window.hangUp = async () => {
    const { context } = recorder.processor;
    socket.close();
    await recorder.end();
    // It leaves both open.
    await Promise.all([context.close(), player.context.close()]);
  };
};
