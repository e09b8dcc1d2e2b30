//! A mount of what is no element, or has no id, throws a TypeError that says what to write, before the wasm is there and after.

use holds::holds;
use serde_json::Value;

use super::bad_input::unharmed;
use crate::trial::{Trial, trial};
use support::failure::{Failure, ensure};
use support::page::{Page, Placement, button};
use support::stage::Stage;

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_mount_of_what_is_no_element_or_has_no_id_is_a_type_error)
            .in_one_engine("our own checks of JavaScript values; ECMAScript leaves no room"),
    ]
}

/// Gives each of many things to `mount`, and keeps what it throws; runs before and after the wasm is there.
const MOUNTS: &str = r##"
  const thrown = (...args) => {
    try { Vocadesk.mount(...args); return "nothing"; }
    catch (error) {
      const right = error instanceof TypeError && error.name === "TypeError";
      return right ? error.message : `not a TypeError: ${String(error)}`;
    }
  };
  const embedId = "emb_demo";
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const hostile = new Proxy({}, { get() { throw 1; }, getPrototypeOf() { throw 2; }, has() { throw 3; } });
  const targets = [
    undefined, null, true, 7, 7n, Symbol("x"), {}, [], [bare], "", "<p>", "#1 >", "#nobody", "x".repeat(1e6), () => {}, document,
    window, new Text("x"), document.createAttribute("x"), { nodeType: 1 },
    { nodeType: 1, getAttribute: () => embedId, ownerDocument: document }, hostile, revoked.proxy,
    new Proxy(bare, {}), Object.create(bare), Object.create(HTMLElement.prototype),
  ];
  const ids = [undefined, null, "", " \n\t", 7, true, {}, ["emb_demo"], Symbol("x"), () => embedId, hostile];
  const mine = new Error("mine");
  const own = { get embedId() { throw mine; } };
  let caught;
  try { Vocadesk.mount(bare, own); } catch (error) { caught = error; }
  return {
    targets: targets.map((target) => thrown(target, { embedId })),
    ids: ids.map((embedId) => thrown(bare, { embedId })),
    options: [undefined, null, 7, "emb_demo", Symbol("x"), []].map((options) => thrown(bare, options)),
    // By its selector, too.
    selected: [[], [{}], [{ embedId: "" }], [{ embedId: " \n" }], [null]].map((rest) => thrown("#bare", ...rest)),
    mine: caught === mine,
    // One that is marked up needs no options at all.
    passed: [null, 7, "text", Symbol("x"), true].map((options) => {
      const handle = Vocadesk.mount(other, options);
      handle.destroy();
      return typeof handle.destroy;
    }),
  };"##;

fn are_type_errors(thrown: &Value) -> Result<(), Failure> {
    let write = "mount(\"#support-button\", { embedId: \"emb_…\" })";
    for (list, about) in [
        ("targets", "once that element is in the page"),
        ("ids", "no embed id"),
        ("options", "no embed id"),
        ("selected", "no embed id"),
    ] {
        let words = thrown[list].as_array().ok_or("no list")?;
        for (nth, words) in words.iter().enumerate() {
            let words = words.as_str().unwrap_or_default();
            let right = words.starts_with("Vocadesk.mount: ")
                && words.contains(write)
                && words.contains(about);
            ensure!(right && words.len() < 400, "{list} {nth}: {words}");
        }
    }
    let passed = thrown["passed"].as_array().ok_or("no list")?;
    let all = passed.len() == 5 && passed.iter().all(|kind| kind == "function");
    ensure!(all, "mounts of a marked element: {passed:?}");
    ensure!(thrown["mine"] == true, "the page's own error got lost");
    Ok(())
}

#[holds("1.mount-type-error")]
async fn a_mount_of_what_is_no_element_or_has_no_id_is_a_type_error(
    stage: &mut Stage,
) -> Result<(), Failure> {
    // `other` is destroyed early; the third tells when the wasm is there.
    let body = button("other", "emb_echo")
        + &button("third", "emb_echo")
        + r#"<button id="bare">Talk</button><script>window.mounts = () => {"#
        + MOUNTS
        + "}; window.early = mounts();</script>";
    // Blocking: `mount` is there before the body, and the wasm is not.
    let page = Page::default().script(Placement::Blocking).body(body);
    stage.open(&page).await?;
    let early = stage.run("return early").await?;
    are_type_errors(&early).map_err(|Failure(why)| Failure(format!("early, {why}")))?;
    stage.state("#third", "idle").await?;
    let late = stage.run("return mounts()").await?;
    are_type_errors(&late).map_err(|Failure(why)| Failure(format!("late, {why}")))?;
    let bound = stage.run("return bare.outerHTML").await?;
    ensure!(bound == r#"<button id="bare">Talk</button>"#, "{bound}");
    stage.run("window.handle = Vocadesk.mount(other)").await?;
    unharmed(stage).await
}
