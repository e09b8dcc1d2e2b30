// PAGE: the audio wing on the page's own thread, where no worklet may run. It breaks off when the page
// freezes; the longer the block, the less often.
import { AudioWing } from "./audio-worklet.js";

const BLOCK_FRAMES = 1024;

/** A node that stands for an AudioWorkletNode: it has a `port`. */
export function audioOnPage(context, module) {
  const { port1, port2 } = new MessageChannel();
  const wing = new AudioWing(module, context.sampleRate, port2);
  const node = context.createScriptProcessor(BLOCK_FRAMES, 1, 1);
  node.onaudioprocess = ({ inputBuffer, outputBuffer }) => {
    const goesOn = wing.process([[inputBuffer.getChannelData(0)]], [[outputBuffer.getChannelData(0)]]);
    if (!goesOn) node.onaudioprocess = null;
  };
  node.port = port1;
  return node;
}
