//! A realm that dies in mid-call: `unknown`, then the end, the token released by the page, and the next
//! click starts afresh.

use crate::trial::{Trial, trial};
use std::time::Duration;

use gateway::{Act, Gate, Misbehave};
use holds::holds;
use serde_json::json;
use support::failure::{Failure, ensure};
use support::page::Page;
use support::stage::Stage;
use support::visitor::{END, ERROR, SOON, START};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_worker_or_worklet_that_dies_in_mid_call_is_unknown_and_then_an_end),
        trial!(a_worker_that_is_terminated_at_any_time_is_noticed_and_the_next_click_calls),
        trial!(a_worker_that_has_no_turn_for_a_while_keeps_its_call),
        trial!(a_worker_that_never_has_a_turn_again_ends_its_call).in_one_engine(
            "how long it is waited for, and what then happens, is decided without the browser",
        ),
        trial!(a_page_that_is_slow_to_read_what_the_worker_says_keeps_its_call),
        trial!(a_worklet_that_does_not_wake_up_leaves_its_work_to_the_page),
    ]
}

/// Gives the trial the means to kill: the Worker, whose script fails on a message that the page never sends;
/// and the worklet's node, in which a module made here stands for the release's, once, and traps in
/// `process` after one word over its port, 77. Nothing that a server or a visitor does is known to make the
/// real module trap.
const WEAPONS: &str = r#"<script>
  window.workers = [];
  window.nodes = [];
  const [PlainWorker, PlainNode] = [Worker, AudioWorkletNode];
  Worker = class extends PlainWorker {
    constructor(...given) { super(...given); workers.push(this); }
  };
  AudioWorkletNode = class extends PlainNode {
    constructor(context, name, options) {
      const ours = name === "vocadesk-audio";
      if (ours && window.fragile) options.processorOptions.module = fragileModule();
      window.fragile &&= !ours;
      super(context, name, options);
      if (ours) nodes.push(this);
    }
  };

  // Every export gives one number; it takes nothing, but for the processor and the code that `control` takes. JavaScript does not mind.
  function fragileModule() {
    const leb = (n) => {
      const low = n & 127, rest = n >> 7;
      return rest === 0 && !(low & 64) ? [low] : [low | 128, ...leb(rest)];
    };
    const section = (id, items) => {
      const body = [...leb2(items.length), ...items.flat()];
      return [id, ...leb2(body.length), ...body];
    };
    const leb2 = (n) => (n < 128 ? [n] : [(n & 127) | 128, ...leb2(n >> 7)]);
    const give = (n) => [0x41, ...leb(n)];
    const flag = 0;
    const code = {
      new: give(1), most_frames: give(128), staging_bytes: give(960), staging: give(1024), receive: give(0),
      free: give(0), packets: give(1024), input: give(2048), output: give(4096),
      // One word makes it fragile, and none of the page's own: local.get, i32.eq, if, global.set, end
      control: [0x20, 1, ...give(77), 0x46, 0x04, 0x40, ...give(1), 0x24, flag, 0x0b, ...give(1)],
      // global.get, if, unreachable, end
      render: [0x23, flag, 0x04, 0x40, 0x00, 0x0b, ...give(0)],
    };
    const names = Object.keys(code);
    const text = (words) => [words.length, ...new TextEncoder().encode(words)];
    return new WebAssembly.Module(new Uint8Array([
      0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
      ...section(1, [[0x60, 0, 1, 0x7f], [0x60, 2, 0x7f, 0x7f, 1, 0x7f]]),
      ...section(3, names.map((n) => [n === "control" ? 1 : 0])),
      ...section(5, [[0, 1]]),
      ...section(6, [[0x7f, 1, 0x41, 0, 0x0b]]),
      ...section(7, [[...text("memory"), 2, 0], ...names.map((n, at) => [...text(`audio_${n}`), 0, at])]),
      ...section(10, names.map((n) => [code[n].length + 2, 0, ...code[n], 0x0b])),
    ]));
  }
</script>"#;

#[holds("2.broken-worker", "3.unknown-trap", "7.no-thrown-error")]
async fn a_worker_or_worklet_that_dies_in_mid_call_is_unknown_and_then_an_end(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().head(WEAPONS)).await?;
    for (nth, (before, kill, says)) in [
        ("", "workers.at(-1).postMessage(0)", "worker stopped"),
        (
            "window.fragile = true",
            "nodes.at(-1).port.postMessage(77)",
            "audio stopped",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let events = stage.events().await?.len();
        stage.run(before).await?;
        stage.start_call("#call").await?;
        stage.run(kill).await?;
        let error = stage.error(nth + 1, "unknown").await?;
        ensure!(error.message().contains(says), "{error:?}");
        stage.state("#call", "error").await?;
        stage.microphone_is_off().await?;
        stage.ended_at_gateway(2 * nth).await?;
        stage.released(2 * nth + 1).await?;
        stage.good_call("#call").await?;
        let came = stage.kinds_since(events).await?;
        ensure!(came == [START, ERROR, END, START, END], "{says}: {came:?}");
    }
    // The browser's console tells of the deaths; the page's own error reporting does not.
    let errors = stage.until("__harness.errors.length === 0", SOON).await;
    errors.map(drop)
}

/// The answer to a ping stands behind all that came before it. Failed with a hundred transcripts at once.
async fn a_page_that_is_slow_to_read_what_the_worker_says_keeps_its_call(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let said = (1..=150).map(|seq| {
        let text = format!("Line {seq}");
        let frame = json!({ "type": "transcript", "role": "user", "text": text, "seq": seq });
        (Duration::ZERO, Act::Text(frame.to_string()))
    });
    stage.gateway.misbehave(Misbehave {
        in_call: said.collect(),
        ..Misbehave::default()
    });
    let slow = "<script>
      window.readMessages = 0;
      const listen = EventTarget.prototype.addEventListener;
      MessagePort.prototype.addEventListener = function (kind, listener, options) {
        const slowly = (event) => {
          readMessages++;
          const end = performance.now() + 40;
          while (performance.now() < end);
          return listener.call(this, event);
        };
        return listen.call(this, kind, slowly, options);
      };
    </script>";
    stage.open(&Page::default().head(slow)).await?;
    stage.start_call("#call").await?;
    stage.until("readMessages > 150", SOON).await?;
    stage.heard_at_gateway(0, 100).await?;
    stage.hang_up("#call").await?;
    let came = stage.kinds_since(0).await?;
    ensure!(came == [START, END], "{came:?}");
    Ok(())
}

/// Nothing tells of it: neither an error nor a closed port.
#[holds("3.deadline-worker", "2.broken-worker")]
async fn a_worker_that_is_terminated_at_any_time_is_noticed_and_the_next_click_calls(
    stage: &mut Stage,
) -> Result<(), Failure> {
    const TERMINATE: &str = "workers.at(-1).terminate()";
    stage.open(&Page::default().head(WEAPONS)).await?;

    // While it waits for the token.
    let token = Gate::shut();
    stage.gateway.misbehave(Misbehave {
        token_held: token.held(),
        ..Misbehave::default()
    });
    stage.click("#call").await?;
    stage.state("#call", "connecting").await?;
    stage.run(TERMINATE).await?;
    let error = stage.error(1, "unknown").await?;
    ensure!(error.message().contains("worker stopped"), "{error:?}");
    stage.microphone_is_off().await?;
    // It may have had a token of which nobody has heard.
    stage.released(1).await?;
    stage.gateway.misbehave(Misbehave::default());
    token.open();
    stage.lock_is_free().await?;
    stage.good_call("#call").await?;

    // In a call.
    stage.start_call("#call").await?;
    stage.run(TERMINATE).await?;
    let error = stage.error(2, "unknown").await?;
    ensure!(error.message().contains("worker stopped"), "{error:?}");
    stage.event(END, 2, SOON).await?;
    stage.microphone_is_off().await?;
    stage.released(3).await?;
    stage.good_call("#call").await?;

    // Just after the hang-up, which it never hears of.
    stage.start_call("#call").await?;
    let script =
        format!("document.addEventListener('vocadesk:end', () => {TERMINATE}, {{ once: true }})");
    stage.run(&script).await?;
    stage.hang_up("#call").await?;
    // At once, before anybody has noticed.
    stage.start_call("#call").await?;
    stage.hang_up("#call").await?;
    stage.released(6).await?;
    let kinds = stage.kinds_since(0).await?;
    let expected = [
        ERROR, START, END, START, ERROR, END, START, END, START, END, START, END,
    ];
    ensure!(kinds == expected, "{kinds:?}");
    let errors = stage.until("__harness.errors.length === 0", SOON).await;
    errors.map(drop)
}

/// A Worker of the call takes no message for as many milliseconds as `stall` is told: as if other work had all of the machine.
const STALLS: &str = r#"<script>
  const channel = new BroadcastChannel("stall");
  window.stall = (milliseconds) => channel.postMessage(milliseconds);
  const PlainWorker = Worker;
  Worker = class extends PlainWorker {
    constructor(url, ...given) {
      const stalls = `new BroadcastChannel("stall").onmessage = ({ data }) => {
        const end = performance.now() + data;
        while (performance.now() < end);
      };
      importScripts(${JSON.stringify(String(url))});`;
      super(URL.createObjectURL(new Blob([stalls])), ...given);
    }
  };
</script>"#;

/// For longer than a Worker that is gone is waited for: that is noticed after 2.7 s at the latest.
const STALL: Duration = Duration::from_secs(5);

/// Failed before the Worker held a lock: a call ended as soon as two pings had no answer.
#[holds("2.broken-worker")]
async fn a_worker_that_has_no_turn_for_a_while_keeps_its_call(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().head(STALLS)).await?;
    stage.start_call("#call").await?;
    stage.heard_at_gateway(0, 25).await?;
    let stall = format!("stall({})", STALL.as_millis());
    stage.run(&stall).await?;
    // Two hundred frames are four seconds: some of them come after it has answered again.
    tokio::time::sleep(STALL).await;
    let heard = stage.gateway.record().calls[0].mic.len();
    stage.heard_at_gateway(0, heard + 200).await?;
    stage.hang_up("#call").await?;
    stage.all_released().await?;
    let came = stage.kinds_since(0).await?;
    ensure!(came == [START, END], "{came:?}");
    Ok(())
}

#[holds("3.deadline-worker")]
async fn a_worker_that_never_has_a_turn_again_ends_its_call(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().head(STALLS)).await?;
    stage.start_call("#call").await?;
    stage.run("stall(600000)").await?;
    let error = stage.error(1, "unknown").await?;
    ensure!(error.message().contains("worker stopped"), "{error:?}");
    stage.microphone_is_off().await?;
    stage.released(1).await?;
    stage.good_call("#call").await?;
    let came = stage.kinds_since(0).await?;
    ensure!(came == [START, ERROR, END, START, END], "{came:?}");
    Ok(())
}

/// What a browser with an old bug does, or a page that has its own idea of worklets: the node cannot be made,
/// its other end dies before the first sound, or it takes no microphone.
const SLEEPERS: &str = r#"<script>
  const PlainNode = AudioWorkletNode;
  AudioWorkletNode = class extends PlainNode {
    constructor(context, name, options) {
      const ours = name === "vocadesk-audio";
      if (ours && window.broken === "node") throw new DOMException("no module can be cloned", "DataCloneError");
      // An empty module has none of the session's exports.
      if (ours && window.broken === "processor") options.processorOptions.module = new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
      super(context, name, options);
    }
  };
  const { connect } = AudioNode.prototype;
  AudioNode.prototype.connect = function (to, ...rest) {
    const deaf = window.broken === "microphone" && this instanceof MediaStreamAudioSourceNode && to instanceof PlainNode;
    if (deaf) throw new DOMException("no such input", "IndexSizeError");
    return connect.call(this, to, ...rest);
  };
</script>"#;

async fn a_worklet_that_does_not_wake_up_leaves_its_work_to_the_page(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for broken in ["node", "processor", "microphone"] {
        let page = Page::default().head(SLEEPERS);
        stage.open(&page).await?;
        stage.run(&format!("window.broken = '{broken}'")).await?;
        let calls = stage.gateway.record().calls.len();
        stage.start_call("#call").await?;
        stage.until("__harness.sounds()", SOON).await?;
        stage.heard_at_gateway(calls, 15).await?;
        stage.hang_up("#call").await?;
        stage.microphone_is_off().await?;
        stage.all_released().await?;
        // The next one does not try again.
        stage.good_call("#call").await?;
        let kinds = stage.kinds_since(0).await?;
        ensure!(kinds == [START, END, START, END], "{broken}: {kinds:?}");
        let said = "__harness.said.filter(({ message }) => message.includes('lacks AudioWorklet')).length === 1";
        stage.until(said, SOON).await?;
    }
    Ok(())
}
