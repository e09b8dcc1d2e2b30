// In each page of a run: what it was told, and the means to break it. After the harness's own script, before the release's.
"use strict";
{
  const now = performance.now.bind(performance);
  const told = [];
  for (const kind of ["start", "end", "error", "transcript", "mute", "state"]) {
    window.addEventListener(`vocadesk:${kind}`, ({ detail }) => told.push({ kind, detail, at: now() }), true);
  }

  // Which Workers are there: one that closes itself is no concern of the page's.
  const workers = new Set();
  const PlainWorker = Worker;
  let last;
  Worker = class extends PlainWorker {
    constructor(...given) {
      super(...given);
      workers.add(this);
      last = this;
    }
    terminate() {
      workers.delete(this);
      super.terminate();
    }
  };

  // No microphone, for as long as there is a refusal.
  let refusal = null;
  const { getUserMedia } = MediaDevices.prototype;
  MediaDevices.prototype.getUserMedia = function (wanted) {
    return refusal ? Promise.reject(refusal) : getUserMedia.call(this, wanted);
  };
  // `stop` by script fires no event, so the event is ours.
  const loseMicrophone = () => {
    for (const track of __harness.streams.flatMap((stream) => stream.getAudioTracks())) {
      if (track.readyState !== "live") continue;
      track.stop();
      track.dispatchEvent(new Event("ended"));
    }
  };

  // A function of the page's that throws where no promise and no result of ours tells of it.
  let armed = 0;
  let thrown = 0;
  const { getAttribute } = Element.prototype;
  Element.prototype.getAttribute = function (name) {
    if (name === "data-vocadesk-state" && armed > 0) {
      armed--;
      thrown++;
      throw new TypeError("the page has its own idea of attributes");
    }
    return getAttribute.call(this, name);
  };

  const host = () => document.querySelector("#call");
  const state = () => host().dataset.vocadeskState;
  // What has broken us twice without a click between leaves the host bare: the next click mends it.
  const rests = () => (state() ? ["idle", "ended", "error"].includes(state()) : thrown > 1);
  let handle;

  window.chaos = {
    told,
    state,
    rests,
    thrown: () => thrown,
    bind: (options) => void (handle = Vocadesk.mount("#call", options)),
    press: () => host().click(),
    call: () => rests() && host().click(),
    hangUp: () => rests() || handle.end(),
    mute: (muted) => handle.mute(muted),
    changeMicrophone: loseMicrophone,
    takeMicrophone() {
      refusal = new DOMException("none left", "NotFoundError");
      loseMicrophone();
    },
    giveMicrophone: () => void (refusal = null),
    suspend: () => __harness.contexts().at(-1)?.suspend(),
    block(milliseconds) {
      const end = now() + milliseconds;
      while (now() < end);
    },
    killWorker: () => last?.terminate(),
    breakUs() {
      armed = 1;
      host().dataset.vocadeskLabel = `Talk ${thrown}`;
    },
    mendUs: () => void (armed = 0),
    moveHost() {
      const moved = host();
      moved.remove();
      document.body.prepend(moved);
    },
    /** What is still there of a call. Empty when all is at rest. */
    async left() {
      const left = [];
      if (!__harness.microphoneIsOff()) left.push("a microphone is on");
      if (!rests()) left.push(`the button shows ${state()}`);
      if (!(await __harness.lockIsFree())) left.push("the lock is held");
      if (document.querySelector("[data-vocadesk-bar]")) left.push("a call bar is there");
      if (__harness.contexts().some((context) => context.state === "running")) left.push("the sound runs");
      return left;
    },
  };
}
