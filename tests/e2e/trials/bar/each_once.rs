//! Level and clock of a call are seen once: in the bar, and on the host where there is none.

use serde_json::json;

use crate::trial::{Trial, trial};
use support::bar::OPEN_ROOTS;
use support::failure::Failure;
use support::page::{Page, button};
use support::stage::Stage;
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    vec![trial!(
        level_and_clock_are_in_the_bar_and_on_a_host_without_one
    )]
}

/// What a host shows of both, drawn by pseudo-elements or in a shadow root.
const SEEN_ON_HOST: &str = r"(() => {
  const within = (node) => [...(node?.querySelectorAll('*') ?? [])].flatMap((child) => [child, ...within(child.shadowRoot)]);
  const overlay = [...within(call.shadowRoot), ...within(call)].find(({ className }) => className === 'face');
  const text = overlay ? overlay.querySelector('.time').textContent : call.dataset.vocadeskDrawn;
  const meter = overlay ? overlay.querySelector('.meter').offsetWidth > 0 : / meter/.test(call.dataset.vocadeskParts);
  return [/\d:\d\d/.test(text), meter].join();
})()";

async fn level_and_clock_are_in_the_bar_and_on_a_host_without_one(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let wide = "style='display: block; width: 340px; height: 56px'";
    let host = button("call", "emb_echo").replacen("<button", &format!("<button {wide}"), 1);
    let other = host.replace("button", "div");
    for host in [host, other] {
        stage
            .open(&Page::default().head(OPEN_ROOTS).body(host))
            .await?;
        stage.start_call("#call").await?;
        stage.bar().await?;
        stage
            .until("/^0:0[1-9]$/.test(inBar('.time').textContent)", SOON)
            .await?;
        stage
            .until(&format!("{SEEN_ON_HOST} === 'false,false'"), SOON)
            .await?;
        stage.hang_up("#call").await?;
        // How long it was is said by the host, for the bar is gone.
        stage
            .until(&format!("{SEEN_ON_HOST} === 'true,false'"), SOON)
            .await?;
        stage.all_released().await?;
        stage
            .browser()?
            .run(
                "Vocadesk.mount(call, arguments[0])",
                vec![json!({ "controls": "none" })],
            )
            .await?;
        stage.start_call("#call").await?;
        stage
            .until(&format!("{SEEN_ON_HOST} === 'true,true'"), SOON)
            .await?;
        stage.hang_up("#call").await?;
        stage.all_released().await?;
    }
    Ok(())
}
