// PAGE: what a visitor can do with a call. What the wasm need not do itself costs its visitors nothing here, before a
// call: the speaker's volume, and asking for another microphone.

// What the wasm may be asked for: src/page/exports.rs
const END = 2;
const UNMUTE = 3;
const MUTE = 4;
const SPEAKER = 7;
const MICROPHONE = 8;

/** `wish` takes one of these, and what belongs to it. */
export function controls(wish) {
  let gain; // most calls never need it
  const track = () => wish(MICROPHONE)?.getAudioTracks()[0];
  return {
    end: () => wish(END),
    mute: (muted) => wish(muted ? MUTE : UNMUTE),

    /** From 0 to 1: as loud as it is. */
    volume(volume) {
      const node = wish(SPEAKER);
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
        if (!wish(MICROPHONE, stream)) for (const track of stream.getTracks()) track.stop();
      } catch {
        // Refused, or gone meanwhile.
      }
    },
  };
}
