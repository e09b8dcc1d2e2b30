// PAGE: what a visitor can do with a call. What the wasm need not do itself costs its visitors nothing here, before a
// call: the speaker's volume, and asking for another microphone.

// src/page/launcher/controls.rs
const END = 0;
const MUTE = 1;
const NODE = 2;
const STREAM = 3;
const TAKE = 4;

/** `wish` takes the number of a wish and what belongs to it, in an array. */
export function controls(wish) {
  let gain; // most calls never need it
  const track = () => wish([STREAM])?.getAudioTracks()[0];
  return {
    end: () => wish([END]),
    mute: (muted) => wish([MUTE, muted]),

    /** From 0 to 1: as loud as it is. */
    volume(volume) {
      const node = wish([NODE]);
      if (!node) return;
      if (!gain) {
        gain = new GainNode(node.context);
        node.disconnect();
        node.connect(gain).connect(node.context.destination);
      }
      gain.gain.value = volume;
    },

    /** The device id of the microphone in use, or "". */
    microphone: () => track()?.getSettings().deviceId ?? "",

    /** Takes the microphone with this device id; where the browser does not give it, all stays as it is. */
    async choose(deviceId) {
      try {
        const audio = { ...track()?.getConstraints(), deviceId: { exact: deviceId } };
        const stream = await navigator.mediaDevices.getUserMedia({ audio });
        // The call may be over by now.
        if (!wish([TAKE, stream])) for (const track of stream.getTracks()) track.stop();
      } catch {
        // Refused, or gone meanwhile.
      }
    },
  };
}
