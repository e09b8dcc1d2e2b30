//! The system's own keys for a call, and what it shows of one: Media Session. What a key does cannot be pressed from
//! here; the browser calls what the bar has given it.

use holds::holds;
use serde_json::json;

use crate::trial::{Trial, trial};
use support::bar::OPEN_ROOTS;
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::Stage;
use support::visitor::{END, SOON};

pub fn trials() -> Vec<Trial> {
    vec![trial!(the_systems_keys_mute_and_hang_up_and_are_given_back)]
}

/// Keeps what the browser has taken: an action that it does not know throws, and is not kept. And what it is told of the
/// microphone.
const KEYS: &str = r#"<script>
  window.keys = {};
  window.knows = ["hangup", "togglemicrophone"].filter((key) => {
    try { navigator.mediaSession.setActionHandler(key, null); return true; } catch { return false; }
  });
  window.active = [];
  if (navigator.mediaSession) {
    const { setActionHandler, setMicrophoneActive } = MediaSession.prototype;
    MediaSession.prototype.setActionHandler = function (key, handler) {
      setActionHandler.call(this, key, handler);
      keys[key] = handler;
    };
    if (setMicrophoneActive) MediaSession.prototype.setMicrophoneActive = function (is) {
      active.push(is);
      return setMicrophoneActive.call(this, is);
    };
  }
  window.muted = [];
  document.addEventListener("vocadesk:mute", ({ detail }) => muted.push(detail.muted));
</script>"#;

#[holds("2.mute")]
async fn the_systems_keys_mute_and_hang_up_and_are_given_back(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let page = Page::default().head([OPEN_ROOTS, KEYS].concat());
    stage.open(&page.body(button("call", "emb_echo"))).await?;
    stage.state("#call", "idle").await?;
    let title = stage.run("return document.title").await?;
    let before = stage.run("return Object.keys(keys).length").await?;
    ensure!(before == 0, "a key is taken before the first call");
    stage.start_call("#call").await?;
    stage.bar().await?;
    // A browser that knows none of the keys has a bar all the same.
    stage.until("knows.every((key) => keys[key])", SOON).await?;
    if stage
        .run("return knows.includes('togglemicrophone')")
        .await?
        == true
    {
        for so_far in [json!([true]), json!([true, false])] {
            stage
                .run("keys.togglemicrophone({ action: 'togglemicrophone' })")
                .await?;
            let told = format!("JSON.stringify(muted) === '{so_far}'");
            stage.until(&told, SOON).await?;
        }
        let told = stage.run("return active").await?;
        let right = [json!([]), json!([true, false, true])].contains(&told);
        ensure!(right, "the system was told: {told}");
    }
    if stage.run("return knows.includes('hangup')").await? == true {
        stage.run("keys.hangup({ action: 'hangup' })").await?;
    } else {
        stage.hang_up("#call").await?;
    }
    stage.event(END, 1, SOON).await?;
    stage.no_bar().await?;
    let left = stage
        .run("return Object.values(keys).filter(Boolean).length")
        .await?;
    ensure!(left == 0, "{left} keys are still ours");
    let now = stage.run("return document.title").await?;
    ensure!(now == title, "the page's title is {now}");
    Ok(())
}
