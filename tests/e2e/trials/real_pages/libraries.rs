//! Libraries as they are published: those that change the page's elements, and those that close what is open.

use holds::holds;
use serde_json::json;

use super::super::frameworks::built;
use crate::trial::{Trial, trial};
use gateway::Answer;
use support::bar::{BarButton, OPEN_ROOTS};
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::{Setting, Stage};
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    // The first of them builds all.
    let setting = Setting {
        deadline: std::time::Duration::from_secs(480),
        ..Setting::default()
    };
    vec![
        trial!(
            libraries_that_morph_the_page_leave_the_call_and_its_end,
            setting.clone()
        ),
        trial!(
            turbo_may_refresh_keep_and_cache_a_page_in_a_call,
            setting.clone()
        ),
        trial!(libraries_that_close_boxes_close_none_by_the_bar, setting.clone()),
        trial!(the_slides_that_a_carousel_copies_call_as_well, setting)
            .in_one_engine("jQuery's and Swiper's copies are the platform's cloneNode; copies.rs has that in all three"),
    ]
}

fn serve(stage: &Stage, name: &str) -> Result<(), Failure> {
    let script = Answer::new(200, "text/javascript", built(name)?);
    stage.gateway.site_answer("/library.js", script);
    Ok(())
}

#[holds("1.state-stripped", "1.framework-rerenders")]
async fn libraries_that_morph_the_page_leave_the_call_and_its_end(
    stage: &mut Stage,
) -> Result<(), Failure> {
    serve(stage, "morphs")?;
    let marks = r#"data-vocadesk-embed="emb_echo" data-vocadesk-api-url="{{API_URL}}""#;
    let body = format!(
        r#"<main id="main"><h1>Shop</h1>{}<div id="div" class="a" {marks}><i>Talk</i></div>
           <div id="labelled" data-vocadesk-label="Ring us" {marks}></div></main>
           <script>
             window.sent = main.outerHTML;
             // As the server sends it the next time, and whether anything in it is new.
             window.again = (n) => sent.replace('Shop', 'Shop ' + n).replace('class="a"', `class="a${{n}}"`);
           </script><script src="/library.js"></script>"#,
        button("call", "emb_echo")
    );
    for library in ["idiomorph", "morphdom", "htmx", "alpine"] {
        stage.open(&Page::default().body(&body)).await?;
        for (nth, id) in ["call", "div", "labelled"].into_iter().enumerate() {
            let what = format!("{library}, {id}");
            let host = format!("#{id}");
            let before = stage.events().await?.len();
            let morph = |n: usize| {
                format!(
                    "const [done] = arguments, host = {id};
                     Promise.resolve(morphs['{library}'](main, again({n}))).then(() => done([host === {id}, main.textContent.includes('Shop {n}')]))"
                )
            };
            stage.state(&host, "idle").await?;
            let idle = stage
                .browser()?
                .run_async(&morph(10 * nth), Vec::new())
                .await?;
            ensure!(idle == json!([true, true]), "{what}, idle: {idle}");
            // One that is empty has its label again with our next look.
            stage.until(&format!("{id}.offsetHeight > 0"), SOON).await?;
            stage.start_call(&host).await?;
            let call = stage.gateway.record().calls.len() - 1;
            for n in 1..4 {
                let live = stage
                    .browser()?
                    .run_async(&morph(10 * nth + n), Vec::new())
                    .await?;
                ensure!(live == json!([true, true]), "{what}, live: {live}");
                stage.state(&host, "live").await?;
            }
            let so_far = stage.gateway.record().calls[call].mic.len();
            stage.heard_at_gateway(call, so_far + 15).await?;
            stage
                .until(
                    &format!("{id}.getAttribute('aria-label')?.startsWith('End call')"),
                    SOON,
                )
                .await?;
            stage.hang_up(&host).await?;
            stage.all_released().await?;
            let came = stage.kinds_since(before).await?;
            ensure!(came == [START, END], "{what}: {came:?}");
        }
    }
    Ok(())
}

/// The page itself, and not what Turbo shows of it from its cache until that comes.
const FIRST: &str =
    "title.textContent === 'First' && !document.documentElement.hasAttribute('data-turbo-preview')";

#[holds("1.clone-is-a-host", "1.framework-rerenders")]
async fn turbo_may_refresh_keep_and_cache_a_page_in_a_call(
    stage: &mut Stage,
) -> Result<(), Failure> {
    serve(stage, "turbo")?;
    let head =
        r#"<meta name="turbo-refresh-method" content="morph"><script src="/library.js"></script>"#;
    let page = |title: &str, body: String| {
        let body = format!(r#"<h1 id="title">{title}</h1>{body}"#);
        Page::default().head(head).body(body)
    };
    // The other page has the same button at another place, and none of the second.
    let kept = button("kept", "emb_echo").replace("<button", "<button data-turbo-permanent");
    let other = page("Other", format!("<p>{kept}</p>"));
    stage
        .gateway
        .site_page("/other", &other.html(&stage.release), &[]);
    let first = page("First", kept.clone() + &button("call", "emb_echo"));
    stage.open(&first).await?;

    // A refresh morphs the page: the call goes on.
    stage.start_call("#call").await?;
    let refreshed = "document.addEventListener('turbo:render', () => (window.renders = (window.renders ?? 0) + 1));
        title.textContent = 'Old'; window.host = call;
        Turbo.session.refresh(location.href)";
    stage.run(refreshed).await?;
    stage
        .until(
            "window.renders === 1 && title.textContent === 'First'",
            SOON,
        )
        .await?;
    let same = stage
        .run("return host === call && call.isConnected")
        .await?;
    ensure!(same == json!(true), "the refresh has replaced the host");
    stage.state("#call", "live").await?;
    let so_far = stage.gateway.record().calls[0].mic.len();
    stage.heard_at_gateway(0, so_far + 15).await?;
    stage.hang_up("#call").await?;
    stage.all_released().await?;

    // A permanent element goes along to the next page, with its call.
    stage.start_call("#kept").await?;
    stage.run("Turbo.visit('/other')").await?;
    stage.until("title.textContent === 'Other'", SOON).await?;
    stage.state("#kept", "live").await?;
    let so_far = stage.gateway.record().calls[1].mic.len();
    stage.heard_at_gateway(1, so_far + 25).await?;
    stage.hang_up("#kept").await?;
    stage.all_released().await?;

    // A page that is left in a call ends it, and is kept as a copy, which calls when it is shown again.
    stage.run("Turbo.visit('/')").await?;
    stage.until(FIRST, SOON).await?;
    stage.start_call("#call").await?;
    let ends = stage.count(END).await?;
    stage.run("Turbo.visit('/other')").await?;
    stage.until("title.textContent === 'Other'", SOON).await?;
    stage.event(END, ends + 1, SOON).await?;
    stage.all_released().await?;
    stage.run("history.back()").await?;
    stage.until(FIRST, SOON).await?;
    stage.state("#call", "idle").await?;
    let stale = "return [call.getAttribute('aria-label'), call.querySelector('[aria-hidden]')]";
    let stale = stage.run(stale).await?;
    ensure!(stale == json!([null, null]), "a stale {stale}");
    stage.good_call("#call").await
}

/// All slides in sight, also those beside the first and the last.
const SLIDES: &str = r#"<style>
  .swiper-wrapper, .slick-track { display: flex; transform: none !important; width: auto !important }
  .slick-list { overflow: visible !important }
  .swiper-slide, .slick-slide { width: 150px !important; flex: none }
</style>
<div class="swiper"><div class="swiper-wrapper">
  <div class="swiper-slide">One {{BUTTON}}</div><div class="swiper-slide">Two</div>
</div></div>
<script src="/library.js"></script>"#;

#[holds("1.clone-is-a-host", "1.framework-rerenders")]
async fn the_slides_that_a_carousel_copies_call_as_well(stage: &mut Stage) -> Result<(), Failure> {
    serve(stage, "carousels")?;
    let body = SLIDES.replace("{{BUTTON}}", &button("call", "emb_echo"));
    for (name, copied) in [
        ("swiper", ".swiper-slide-duplicate"),
        ("slick", ".slick-cloned"),
    ] {
        stage.open(&Page::default().body(&body)).await?;
        stage.state("#call", "idle").await?;
        let make = format!(
            "const [done] = arguments;
             window.first = call;
             Promise.resolve(carousels.{name}()).then(() => {{
               for (const copy of document.querySelectorAll('{copied} button')) copy.id = 'copy';
               first.id = 'first';
               done(document.querySelectorAll('{copied} button').length);
             }})"
        );
        let copies = stage.browser()?.run_async(&make, Vec::new()).await?;
        ensure!(copies.as_u64() > Some(0), "{name} makes no copy");
        stage.state("#copy", "idle").await?;
        stage.good_call("#copy").await?;
        ensure!(
            stage.run("return first.dataset.vocadeskState").await? == "idle",
            "{name}: the first"
        );

        // In a call it is put up anew: the call goes on.
        stage.start_call("#first").await?;
        stage.run(&format!("again.{name}()")).await?;
        stage.until("first.isConnected", SOON).await?;
        let call = stage.gateway.record().calls.len() - 1;
        let so_far = stage.gateway.record().calls[call].mic.len();
        stage.heard_at_gateway(call, so_far + 15).await?;
        stage.state("#first", "live").await?;
        stage.hang_up("#first").await?;
        stage.all_released().await?;
    }
    Ok(())
}

const BOXES: [(&str, bool); 10] = [
    ("radix dialog", false),
    ("radix popover", false),
    ("radix dialog elsewhere", true),
    ("headless dialog", false),
    ("headless popover", true),
    ("focus-trap", false),
    ("bootstrap modal", false),
    ("bootstrap offcanvas", false),
    ("bootstrap dropdown", false),
    ("material menu", false),
];

#[holds("6.bar-press-closes-nothing")]
async fn libraries_that_close_boxes_close_none_by_the_bar(
    stage: &mut Stage,
) -> Result<(), Failure> {
    serve(stage, "boxes")?;
    let track = "__harness.streams.at(-1).getAudioTracks()[0].enabled";
    for (name, opens) in BOXES {
        let body = format!(
            r#"<main id="app"></main><script>window.box = "{name}"; window.apiUrl = "{{{{API_URL}}}}";</script>
               <script src="/library.js"></script>"#
        );
        stage
            .open(&Page::default().head(OPEN_ROOTS).body(body))
            .await?;
        let tried = async || -> Result<(), Failure> {
            let elsewhere = name.ends_with("elsewhere");
            if opens && !elsewhere {
                stage.until("document.getElementById('open')", SOON).await?;
                stage.click("#open").await?;
            }
            stage.until("document.getElementById('call')", SOON).await?;
            stage.state("#call", "idle").await?;
            stage.start_call("#call").await?;
            stage.bar().await?;
            if elsewhere {
                stage.click("#open").await?;
            }
            stage.until("document.getElementById('box')", SOON).await?;
            stage.press_in_bar(BarButton::Mute).await?;
            stage.until(&format!("!{track}"), SOON).await?;
            stage.press_in_bar(BarButton::Captions).await?;
            // By keyboard as well, where the focus may be drawn back.
            stage.run("inBar('button').focus()").await?;
            stage.browser()?.press(' ').await?;
            stage.until(track, SOON).await?;
            let open = stage
                .run("return !!document.getElementById('box') && !window.deactivated")
                .await?;
            ensure!(open == json!(true), "the box is closed");
            ensure!(stage.count(END).await? == 0, "the call is over");
            stage.press_in_bar(BarButton::End).await?;
            stage.event(END, 1, SOON).await?;
            stage.all_released().await
        };
        tried()
            .await
            .map_err(|Failure(why)| Failure(format!("{name}: {why}")))?;
    }
    Ok(())
}
