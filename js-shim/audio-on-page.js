// PAGE: the worklet's work on the page's own thread, where no worklet may run. It breaks off when the page
// freezes; the longer the block, the less often. JavaScript, because the worklet's own code does the work.
import { AudioEngine } from "./audio-worklet.js";

/** A node that stands for an AudioWorkletNode: it has a `port`. */
export function audioOnPage(context, module) {
  const BLOCK_FRAMES = 2048;
  const { port1, port2 } = new MessageChannel();
  const audio = new AudioEngine(module, context.sampleRate, port2);
  const node = context.createScriptProcessor(BLOCK_FRAMES, 1, 1);
  // Of a page that stood still Chromium fires an event for each block that it missed, all with the same two:
  // what they would take from the agent nobody would hear, and the agent would hear them over and over.
  let last, before;
  node.onaudioprocess = ({ inputBuffer, outputBuffer, playbackTime }) => {
    if (before === playbackTime) return;
    before = last;
    last = playbackTime;
    const goesOn = audio.process([[inputBuffer.getChannelData(0)]], [[outputBuffer.getChannelData(0)]]);
    if (!goesOn) node.onaudioprocess = null;
  };
  node.port = port1;
  return node;
}
