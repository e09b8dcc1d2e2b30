//! Where the script comes from: what optimisers of pages make of it, and what stands in its way there.

use holds::holds;
use serde_json::json;
use std::io::Write;
use std::process::{Command, Stdio};

use crate::trial::{Trial, trial};
use gateway::Answer;
use support::failure::{Failure, ensure};
use support::page::{Page, Placement, button};
use support::stage::Stage;

pub fn trials() -> Vec<Trial> {
    vec![
        trial!(a_script_that_is_merged_inlined_imported_or_minified_again_works),
        trial!(a_script_that_finds_no_release_says_to_load_it_by_its_own_tag),
        trial!(elements_that_are_called_like_what_we_ask_for_change_nothing),
    ]
}

/// What a page's optimiser has, of a release that was published on this trial's CDN.
fn text(stage: &Stage) -> Result<String, Failure> {
    let (path, bytes) = stage.release.file("vocadesk.min.js")?;
    let folder = path.replace("vocadesk.min.js", "");
    let published = format!("https://cdn.vocadesk.com{folder}");
    let text = String::from_utf8(bytes).map_err(|_| "the script is no text")?;
    ensure!(
        text.contains(&published),
        "the script does not know where it is published"
    );
    Ok(text.replace(&published, &format!("{}{folder}", stage.gateway.cdn_url())))
}

/// As esbuild minifies it once more, with another target.
fn minified_again(text: &str) -> Result<String, Failure> {
    let esbuild = support::project().join("node_modules/.bin/esbuild");
    let mut child = Command::new(esbuild)
        .args(["--minify", "--target=es2022", "--charset=utf8"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let stdin = child.stdin.take().ok_or("no stdin")?;
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let mut stdin = stdin;
            stdin.write_all(text.as_bytes())
        });
        child.wait_with_output()
    })
    .map_err(Failure::from)
    .and_then(|output| {
        ensure!(output.status.success(), "esbuild failed");
        String::from_utf8(output.stdout).map_err(|_| "no text".into())
    })
}

#[holds("1.own-folder")]
async fn a_script_that_is_merged_inlined_imported_or_minified_again_works(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let text = text(stage)?;
    let merged = format!("var before = 1;\n;{text};\nvar after = 2;\n");
    let serve = |path: &str, body: &str| {
        let answer = Answer::new(200, "text/javascript", body.as_bytes().to_vec());
        stage.gateway.site_answer(path, answer);
    };
    serve("/assets/merged-3f2a.js", &merged);
    serve("/assets/again.js", &minified_again(&merged)?);
    serve(
        "/assets/app.js",
        "import './merged-3f2a.js'; window.app = true;",
    );
    let inline = text.replace("</script", "<\\/script");
    let ways = [
        ("merged", r#"<script src="/assets/merged-3f2a.js" defer></script>"#.to_owned()),
        ("minified again", r#"<script src="/assets/again.js"></script>"#.to_owned()),
        ("imported", r#"<script type="module" src="/assets/app.js"></script>"#.to_owned()),
        ("inlined", format!("<script>{inline}</script>")),
        (
            "run by a loader",
            r#"<script type="text/plain" data-src="/assets/merged-3f2a.js"></script><script type="module">
              const source = document.querySelector('[data-src]').dataset.src;
              (0, eval)(await (await fetch(source)).text());
            </script>"#
                .to_owned(),
        ),
    ];
    for (way, tag) in ways {
        let page = Page::default().script(Placement::Absent);
        stage
            .open(&page.head(tag).body(button("call", "emb_echo")))
            .await?;
        for _ in 0..2 {
            let call = stage.good_call("#call").await;
            call.map_err(|Failure(why)| Failure(format!("{way}: {why}")))?;
        }
        let version = stage.run("return Vocadesk.version").await?;
        ensure!(version == env!("CARGO_PKG_VERSION"), "{way}: {version}");
        let complaints = stage.complaints().await?;
        ensure!(complaints.is_empty(), "{way}: {complaints:?}");
    }
    Ok(())
}

async fn a_script_that_finds_no_release_says_to_load_it_by_its_own_tag(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let text = text(stage)?.replace(
        &stage.gateway.cdn_url(),
        &format!("{}/gone", stage.gateway.cdn_url()),
    );
    let page = Page::default().script(Placement::Absent);
    let tag = format!(
        "<script>{}</script>",
        text.replace("</script", "<\\/script")
    );
    stage
        .open(&page.head(tag).body(button("call", "emb_echo")))
        .await?;
    let error = stage.fail_call("#call", "unknown").await?;
    ensure!(
        error.message().contains("<script> tag of its own"),
        "{error:?}"
    );
    Ok(())
}

/// Put in by a sanitiser that keeps `name` and `id`, before our tag.
const CLOBBERING: [&str; 4] = [
    r#"<img name="currentScript" src="//stranger.invalid/x.png">"#,
    r#"<form id="Vocadesk"><input name="mount"><input name="version"></form>"#,
    r#"<img name="createElement"><img name="baseURI"><img name="adoptedStyleSheets">"#,
    r#"<form name="currentScript" id="currentScript"><input name="src" value="//stranger.invalid/vocadesk.min.js"></form>"#,
];

#[holds("1.clobbering")]
async fn elements_that_are_called_like_what_we_ask_for_change_nothing(
    stage: &mut Stage,
) -> Result<(), Failure> {
    for html in CLOBBERING {
        for placement in [Placement::EndOfBody, Placement::Defer] {
            let body = format!("{html}{}", button("call", "emb_echo"));
            stage
                .open(&Page::default().script(placement).body(body))
                .await?;
            let call = stage.good_call("#call").await;
            call.map_err(|Failure(why)| Failure(format!("{html}: {why}")))?;
            let asked = "return performance.getEntriesByType('resource').filter(({ name, initiatorType }) =>
                name.includes('stranger') && initiatorType !== 'img').length";
            let asked = stage.run(asked).await?;
            ensure!(
                asked == json!(0),
                "{html}: {asked} files were looked for there"
            );
        }
    }
    Ok(())
}
