//! Every block of code in docs/embedding.md, as it stands there: what customers write in place of an address, a hash and an
//! id is filled in, nothing else.

use holds::holds;
use serde_json::{Value, json};

use super::{built, in_silence, put, script_url, setting};
use crate::trial::{Trial, trial};
use gateway::Answer;
use gateway::agent::AgentKind;
use gateway::config::Embed;
use support::failure::{Failure, ensure};
use support::page::{Page, Placement, button};
use support::stage::Stage;
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    let with_its_embeds = setting().config(|config| {
        let embed = |id| Embed::new(id, AgentKind::Echo);
        config.embed(embed("emb_abc123")).embed(embed("emb_a"))
    });
    vec![
        trial!(
            every_block_of_code_in_the_documentation_runs,
            with_its_embeds
        )
        .in_one_engine(
            "what the blocks do is tried in all engines elsewhere; here it is that they are right",
        ),
    ]
}

/// Language and code.
fn blocks() -> Result<Vec<(String, String)>, Failure> {
    let text = std::fs::read_to_string(support::project().join("docs/embedding.md"))?;
    let fenced = text.split("\n```").skip(1).step_by(2);
    let parts = fenced.map(|block| block.split_once('\n').ok_or("an empty block"));
    let owned = parts.map(|block| block.map(|(language, code)| (language.into(), code.into())));
    Ok(owned.collect::<Result<_, _>>()?)
}

#[holds("1.snippet", "1.npm-components")]
async fn every_block_of_code_in_the_documentation_runs(stage: &mut Stage) -> Result<(), Failure> {
    put(stage, &built()?.join("documented/site"), "/documented")?;
    let blocks = blocks()?;
    ensure!(blocks.len() > 9, "{} blocks", blocks.len());
    for (language, code) in blocks {
        let ran = run(stage, &language, &code).await;
        ran.map_err(|Failure(why)| Failure(format!("{language}: {code}\n{why}")))?;
        in_silence(stage).await?;
    }
    Ok(())
}

async fn run(stage: &Stage, language: &str, code: &str) -> Result<(), Failure> {
    let has = |words: &str| code.contains(words);
    match language {
        "html" if has("data-vocadesk-embeds") => marks_on_the_tag(stage, code).await,
        "html" => pasted(stage, code).await,
        "css" => themed(stage, code).await,
        "js" if has("import ") => {
            open(stage, r#"<button id="support-button">Talk</button>"#).await?;
            built_part(stage, "js").await?;
            stage.good_call("#support-button").await
        }
        "js" if has("startButton") => own_controls(stage, code).await,
        "js" if has("labels") => own_words(stage, code).await,
        "js" => mounted(stage, code).await,
        "jsx" | "vue" | "svelte" => components(stage, language).await,
        // What the shops of these trials have installed, as a tarball.
        "sh" if code == "npm install @vocadesk/embed" => Ok(()),
        _ => Err("no test runs this block".into()),
    }
}

/// A page with the script's tag, which names this gateway's endpoint.
async fn open(stage: &Stage, body: &str) -> Result<(), Failure> {
    let tag = Page::script_tag(&stage.release, r#" data-vocadesk-api-url="{{API_URL}}""#);
    let page = Page::default().script(Placement::Absent).head(tag);
    stage.open(&page.body(body)).await
}

/// Replaces what must be there.
fn filled(code: &str, pairs: &[(&str, &str)]) -> Result<String, Failure> {
    pairs.iter().try_fold(code.to_owned(), |code, (from, to)| {
        ensure!(code.contains(from), "no {from}");
        Ok(code.replace(from, to))
    })
}

async fn open_as_it_is(stage: &Stage, body: &str) -> Result<(), Failure> {
    let page = Page::default().script(Placement::Absent).body(body);
    stage.open(&page).await
}

async fn pasted(stage: &Stage, code: &str) -> Result<(), Failure> {
    let body = filled(
        code,
        &[
            (
                "https://cdn.vocadesk.com/embed/vX.Y.Z/vocadesk.min.js",
                &script_url(stage),
            ),
            ("sha384-…", &stage.release.integrity),
            (" defer>", r#" defer data-vocadesk-api-url="{{API_URL}}">"#),
            ("<button ", r#"<button id="call" "#),
        ],
    )?;
    open_as_it_is(stage, &body).await?;
    stage.state("#call", "idle").await?;
    stage.good_call("#call").await
}

async fn marks_on_the_tag(stage: &Stage, code: &str) -> Result<(), Failure> {
    let rest = format!(
        r#" integrity="{}" crossorigin="anonymous">"#,
        stage.release.integrity
    );
    let tag = filled(
        code,
        &[
            ("…/vocadesk.min.js", &script_url(stage)),
            ("https://calls.example.com", "{{API_URL}}"),
            (" …>", &rest),
        ],
    )?;
    let hosts = [button("call", "emb_a"), button("other", "emb_echo")].concat();
    let hosts = hosts.replace(r#" data-vocadesk-api-url="{{API_URL}}""#, "");
    open_as_it_is(stage, &format!("{hosts}{tag}")).await?;
    stage.state("#call", "idle").await?;
    stage.good_call("#call").await?;
    let other = stage
        .run("return other.dataset.vocadeskState ?? null")
        .await?;
    ensure!(other == Value::Null, "another embed is {other}");
    Ok(())
}

async fn themed(stage: &Stage, code: &str) -> Result<(), Failure> {
    let host = button("call", "emb_abc123");
    open(stage, &format!("<style>{code}</style>{host}")).await?;
    stage.state("#call", "idle").await?;
    stage.start_call("#call").await?;
    let shown = "__harness.drawnOn(call).bg === 'rgb(30, 27, 75)'";
    stage.until(shown, SOON).await?;
    stage.hang_up("#call").await?;
    stage.all_released().await
}

/// A script of the page's own.
async fn script(stage: &Stage, code: &str, kind: &str) -> Result<(), Failure> {
    let add = "const [textContent, type] = arguments;
        document.head.append(Object.assign(document.createElement('script'), { textContent, type }));";
    let arguments = vec![json!(code), json!(kind)];
    stage.browser()?.run(add, arguments).await.map(drop)
}

async fn mounted(stage: &Stage, code: &str) -> Result<(), Failure> {
    open(stage, r#"<button id="support-button">Talk</button>"#).await?;
    let (now, later) = code.split_once("// later:").ok_or("nothing for later")?;
    script(stage, now, "").await?;
    stage.state("#support-button", "idle").await?;
    stage.good_call("#support-button").await?;
    script(stage, later, "").await?;
    let is_bound = "return 'vocadeskState' in document.querySelector('#support-button').dataset";
    ensure!(stage.run(is_bound).await? == false, "it is still bound");
    Ok(())
}

async fn own_controls(stage: &Stage, code: &str) -> Result<(), Failure> {
    let body = r#"<p id="call">Nobody</p><button id="startButton">Start</button><button id="muteButton">Mute</button>
        <button id="endButton">End</button><script>window.show = (state) => { window.shown = state; };</script>"#;
    open(stage, body).await?;
    script(stage, code, "").await?;
    let [starts, ends] = [stage.count(START).await?, stage.count(END).await?];
    stage.click("#startButton").await?;
    stage.event(START, starts + 1, SOON).await?;
    ensure!(
        stage.run("return shown").await? == "live",
        "it is not shown"
    );
    stage.click("#muteButton").await?;
    stage.click("#endButton").await?;
    stage.event(END, ends + 1, SOON).await?;
    stage.all_released().await
}

async fn own_words(stage: &Stage, code: &str) -> Result<(), Failure> {
    let labels = Answer::new(200, "application/json", r#"{"live":"Auflegen"}"#);
    stage.gateway.site_answer("/labels.de.json", labels);
    open(stage, r#"<button id="call">Anrufen</button>"#).await?;
    script(stage, code, "module").await?;
    stage.state("#call", "idle").await?;
    stage.start_call("#call").await?;
    stage
        .until("call.ariaLabel?.includes('Auflegen')", SOON)
        .await?;
    stage.hang_up("#call").await?;
    stage.all_released().await
}

/// One of `documented/main.js`.
async fn built_part(stage: &Stage, language: &str) -> Result<(), Failure> {
    let run = format!(
        "const done = arguments[0], script = document.createElement('script');
         script.onload = () => Promise.resolve(documented['{language}'](document.querySelector('main')))
           .then(() => done(''), (why) => done(String(why)));
         Object.assign(script, {{ type: 'module', src: '/documented/main.js' }});
         document.head.append(script);"
    );
    let failed = stage.browser()?.run_async(&run, Vec::new()).await?;
    ensure!(failed == "", "{failed}");
    Ok(())
}

/// The component and the page's own button, which every framework's block has, in this order.
async fn components(stage: &Stage, language: &str) -> Result<(), Failure> {
    open(stage, "<main></main>").await?;
    built_part(stage, language).await?;
    let named = "((buttons) => buttons.length === 3 && Boolean([buttons[0].id, buttons[1].id] = ['call', 'own']))(
        document.querySelectorAll('main button'))";
    stage.until(named, SOON).await?;
    for host in ["#call", "#own"] {
        stage.state(host, "idle").await?;
        stage.good_call(host).await?;
    }
    stage.start_call("#own").await?;
    stage.until("own.textContent === 'Hang up'", SOON).await?;
    stage.hang_up("#own").await?;
    stage.all_released().await
}
