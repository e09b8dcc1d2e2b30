//! The playground by keyboard alone.

use fantoccini::key::Key;

use super::{enter, leave, open, previewed, setting};
use crate::trial::{Trial, trial};
use support::failure::{Failure, ensure};
use support::stage::Stage;
use support::visitor::SOON;

pub fn trials() -> Vec<Trial> {
    vec![trial!(
        a_button_is_chosen_called_and_copied_by_keyboard_alone,
        setting()
    )]
}

/// More than there are places to stop at.
const MOST_TABS: usize = 80;

/// Goes on with the Tab key until this holds of the focused element.
async fn tab_to(stage: &Stage, what: &str) -> Result<(), Failure> {
    let mut met = Vec::new();
    for _ in 0..MOST_TABS {
        stage.browser()?.press(char::from(Key::Tab)).await?;
        let focused = format!(
            "const it = document.activeElement; return [{what}, it.outerHTML.slice(0, 60)]"
        );
        let focused = stage.run(&focused).await?;
        if focused[0] == true {
            return Ok(());
        }
        met.push(focused[1].to_string());
    }
    Err(Failure(format!("{what}: not among {}", met.join(", "))))
}

async fn a_button_is_chosen_called_and_copied_by_keyboard_alone(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let stage = &*stage;
    open(stage, "far=hangs_up").await?;
    let press = async |key: char| stage.browser()?.press(key).await;
    // The preview is one stop, and its button the next.
    tab_to(stage, "it.id === 'preview'").await?;
    enter(stage).await?;
    let in_preview = stage.run("return document.activeElement.className").await?;
    if in_preview != "talk" {
        tab_to(stage, "it.matches('.talk')").await?;
    }
    press(char::from(Key::Enter)).await?;
    leave(stage).await?;
    stage
        .until(
            "/vocadesk:end/.test(document.querySelector('#log').textContent)",
            SOON,
        )
        .await?;
    stage.all_released().await?;
    // Of radio buttons the arrows choose.
    tab_to(stage, "it.name === 'kind'").await?;
    press(char::from(Key::Down)).await?;
    previewed(stage, "host.localName === 'div'").await?;
    tab_to(stage, "it.name === 'label'").await?;
    press('!').await?;
    previewed(stage, "host.outerHTML.includes('!')").await?;
    tab_to(stage, "it.id === 'clear'").await?;
    press(' ').await?;
    stage
        .until("!document.querySelector('#log li')", SOON)
        .await?;
    tab_to(stage, "it.matches('#files button')").await?;
    press(char::from(Key::Enter)).await?;
    let said = stage.until("said.textContent", SOON).await?;
    ensure!(said != "", "nothing is said of what was copied");
    Ok(())
}
