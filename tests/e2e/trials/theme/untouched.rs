//! The page's own styles: what it sees of them is the same with and without us.

use holds::holds;
use serde_json::json;

use crate::trial::{Trial, trial};
use support::failure::{Failure, ensure};
use support::page::{Page, Placement, button};
use support::prompt::PROMPT;
use support::stage::{Setting, Stage};

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(the_pages_own_styles_are_the_same_with_us_and_in_a_call),
        trial!(
            the_hosts_radius_is_the_pages_in_every_state,
            Setting::walked()
        ),
    ]
}

const PAGE: &str = r#"<style>
    .big { font-size: 20px; --vocadesk-bg: red }
    button:not([data-vocadesk-embed]) { padding: 9px }
  </style><script>
    window.own = new CSSStyleSheet();
    own.replaceSync("h1 { letter-spacing: 2px }");
    document.adoptedStyleSheets = [own];
  </script>
  <h1>Title</h1><p class="big">Text <span>in a span</span> <a href="/">link</a> <button>Other</button></p>
  <form><label>Label <input> <input type="button" value="x"></label><select><option>1</select></form>
  <div aria-hidden="true" data-state="live" class="face text">Ours in name only</div><img alt="" width="9">"#;

/// Every property of every element that is not the host, in it, or of ours beside it. The properties that our sheet
/// registers have a value everywhere, as registered ones do, and only our own rules use them.
const STYLES: &str = "
  const all = [...document.querySelectorAll('*')].filter((e) => !e.closest('#call, [role=status], [role=alert], [data-vocadesk-bar]'));
  return [
    all.map((e) => e.tagName + ': ' + [...getComputedStyle(e)].filter((k) => !/^--vocadesk-[bfadmo]$/.test(k)).map((k) =>
      `${k}: ${getComputedStyle(e).getPropertyValue(k)}`).join('; ')).filter((s) => !s.startsWith('SCRIPT')),
    [...document.styleSheets].filter((sheet) => sheet.ownerNode).length,
    document.adoptedStyleSheets[0] === own, document.adoptedStyleSheets.length,
  ];";

#[holds("6.no-leak")]
async fn the_pages_own_styles_are_the_same_with_us_and_in_a_call(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let body = button("call", "emb_echo") + PAGE;
    let page = Page::default().body(&body);
    stage.open(&page.clone().script(Placement::Absent)).await?;
    // The host's own box must not differ: our colours for it have no part in that.
    let without = stage.run(STYLES).await?;
    stage.open(&page.script(Placement::Defer)).await?;
    for state in ["idle", "live", "ended"] {
        match state {
            "live" => drop(stage.start_call("#call").await?),
            "ended" => {
                stage.hang_up("#call").await?;
                stage.released(1).await?;
            }
            _ => {}
        }
        stage.state("#call", state).await?;
        let with = stage.run(STYLES).await?;
        let pairs = without[0].as_array().zip(with[0].as_array());
        let (without, with_us) = pairs.ok_or("no styles")?;
        ensure!(
            without.len() == with_us.len(),
            "{state}: {} elements",
            with_us.len()
        );
        for (without, with_us) in without.iter().zip(with_us) {
            ensure!(without == with_us, "{state}: {without} became {with_us}");
        }
        // Ours is one sheet more, behind the page's own.
        let sheets = &with.as_array().ok_or("no sheets")?[1..];
        ensure!(
            sheets == [json!(1), json!(true), json!(2)],
            "{state}: {sheets:?}"
        );
    }
    // A page that sets its own sheets again may drop ours: it calls all the same.
    stage.run("document.adoptedStyleSheets = [own]").await?;
    stage.good_call("#call").await
}

/// A rule of ours that any of the page's would beat shows where the page has none; one that beats the page's, where it
/// has one.
const RADII: &str = "
  const plain = getComputedStyle(call).borderRadius;
  call.classList.add('round');
  const round = getComputedStyle(call).borderRadius;
  call.classList.remove('round');
  return [plain, round]";

#[holds("6.radius")]
async fn the_hosts_radius_is_the_pages_in_every_state(stage: &mut Stage) -> Result<(), Failure> {
    let style = "<style>.round { border-radius: 13px 2px 50% 0 }</style>";
    // Engines give buttons a radius of their own.
    let host = button("call", "emb_echo").replace("button", "div");
    let page = Page::default().head([PROMPT, style].concat()).body(host);
    stage.open(&page).await?;
    let stage = &*stage;
    stage
        .walk("#call", async |_| {
            let radii = stage.run(RADII).await?;
            ensure!(radii == json!(["0px", "13px 2px 50% 0px"]), "{radii}");
            Ok(())
        })
        .await
}
