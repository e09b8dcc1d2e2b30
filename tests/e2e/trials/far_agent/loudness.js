// How loud microphone and speaker are, every few milliseconds and by one clock. Both ears look at the last 256 samples, some
// 5 ms; the browser's own way from there to the loudspeaker is not in it.
"use strict";

{
  const EVERY_MS = 4;
  const ears = { mouth: [], speaker: [] };
  const rows = [];
  const earAt = (context) => new AnalyserNode(context, { fftSize: 256 });

  const { connect } = AudioNode.prototype;
  const heard = new WeakSet();
  AudioNode.prototype.connect = function (to, ...rest) {
    const result = connect.call(this, to, ...rest);
    if (to instanceof AudioDestinationNode && !heard.has(this)) {
      heard.add(this);
      const ear = earAt(this.context);
      connect.call(this, ear);
      ears.speaker.push(ear);
    }
    return result;
  };

  const { getUserMedia } = MediaDevices.prototype;
  // What the browser's filters make of a synthetic voice is not what is tried.
  const asItIs = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  MediaDevices.prototype.getUserMedia = async function ({ audio }) {
    const stream = await getUserMedia.call(this, { audio: { ...audio, ...asItIs, sampleRate: 44100 } });
    const context = new AudioContext();
    const ear = earAt(context);
    connect.call(new MediaStreamAudioSourceNode(context, { mediaStream: stream }), ear);
    ears.mouth.push(ear);
    return stream;
  };

  const peak = (ear) => {
    const samples = new Float32Array(ear.fftSize);
    ear.getFloatTimeDomainData(samples);
    return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  };
  const loudest = (all) => all.reduce((most, ear) => Math.max(most, peak(ear)), 0);
  setInterval(() => rows.push([performance.now(), loudest(ears.mouth), loudest(ears.speaker)]), EVERY_MS);

  window.loudness = () => rows.map((row) => row.map((figure) => Math.round(figure * 1e4) / 1e4));
  window.said = [];
  document.addEventListener("vocadesk:transcript", ({ detail }) => window.said.push(detail));
}
