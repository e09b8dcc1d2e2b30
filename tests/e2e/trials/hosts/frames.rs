//! Hosts inside an iframe, which needs `allow="microphone"` where it shows another origin.

use super::super::surroundings::conversation;
use crate::trial::{Trial, trial};
use gateway::agent::AgentKind;
use gateway::config::Embed;
use holds::holds;
use support::failure::{Failure, ensure};
use support::page::{Page, Placement};
use support::stage::{Setting, Stage};
use support::visitor::ERROR;

pub fn trials() -> Vec<Trial> {
    let anywhere = Setting::default().config(|config| {
        let embed = Embed::new("emb_demo", AgentKind::Parrot).origins(&["*"]);
        config.embed(embed)
    });
    vec![trial!(
        a_host_in_an_iframe_calls_where_the_frame_allows_the_microphone,
        anywhere
    )]
}

#[holds("3.mic-denied-iframe")]
async fn a_host_in_an_iframe_calls_where_the_frame_allows_the_microphone(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let frame = Page::default();
    let same_origin = stage
        .gateway
        .site_page("/frame", &frame.html(&stage.release), &[]);
    // The same files by another name of this machine: another origin, and no less secure.
    let elsewhere = same_origin.replace("localhost", "127.0.0.1");
    let mut calls = 0;
    for (url, allow, may) in [
        (&same_origin, "", true),
        (&same_origin, r#"allow="microphone""#, true),
        (&same_origin, r#"allow="microphone 'none'""#, false),
        (&elsewhere, r#"allow="microphone""#, true),
        (&elsewhere, "", false),
    ] {
        let what = format!("{allow} {url}");
        let body =
            format!(r#"<iframe id="frame" src="{url}" {allow} width="600" height="300"></iframe>"#);
        stage
            .open(&Page::default().script(Placement::Absent).body(body))
            .await?;
        stage.browser()?.enter_frame("#frame").await?;
        stage.state("#call", "idle").await?;
        if may {
            calls += 1;
            let good = conversation(stage).await;
            good.map_err(|Failure(why)| Failure(format!("{what}: {why}")))?;
        } else {
            for _ in 0..2 {
                let error = stage.fail_call("#call", "mic_denied").await?;
                ensure!(
                    error.message().contains(r#"allow="microphone""#),
                    "{what}: {error:?}"
                );
            }
            let kinds = stage.kinds_since(0).await?;
            ensure!(kinds == [ERROR, ERROR], "{what}: {kinds:?}");
        }
        let asked = stage.token_requests();
        ensure!(asked == calls, "{what}: {asked} tokens for {calls} calls");
    }
    Ok(())
}
