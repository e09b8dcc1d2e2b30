// PAGE: what a visitor can do with a call. What the wasm need not do itself costs its visitors nothing here, before a
// call: the speaker's volume, another speaker, and asking for another microphone.

/** `call` gives the wasm's own controls, or nothing once the call is over. */
export function controls(call) {
  let gain; // most calls never need it
  const track = () => call()?.microphone()?.getAudioTracks()[0];
  return {
    end: () => call()?.end(),
    mute: (muted) => call()?.mute(muted),
    contrast: (...colours) => call()?.contrast(...colours),

    /** From 0 to 1: as loud as it is. */
    volume(volume) {
      const node = call()?.speaker();
      if (!node) return;
      if (!gain) {
        gain = new GainNode(node.context);
        node.disconnect();
        node.connect(gain).connect(node.context.destination);
      }
      gain.gain.value = volume;
    },

    /** The device id of the speaker in use, or "" for the default one. */
    speaker: () => call()?.speaker()?.context.sinkId,

    /** Plays on the speaker with this device id; where the browser refuses that, all stays as it is. */
    async playOn(deviceId) {
      const context = call()?.speaker()?.context;
      if (context?.sinkId === deviceId) return;
      try {
        await context?.setSinkId(deviceId);
      } catch {
        // Refused, or gone meanwhile.
      }
    },

    /** The device id of the microphone in use, or "". */
    microphone: () => track()?.getSettings().deviceId ?? "",

    /** Takes the microphone with this device id; where the browser does not give it, all stays as it is. */
    async choose(deviceId) {
      try {
        const audio = { ...track()?.getConstraints(), deviceId: { exact: deviceId } };
        const stream = await navigator.mediaDevices.getUserMedia({ audio });
        // The call may be over by now.
        if (!call()?.changeMicrophone(stream)) for (const track of stream.getTracks()) track.stop();
      } catch {
        // Refused, or gone meanwhile.
      }
    },
  };
}
