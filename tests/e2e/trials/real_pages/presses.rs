//! One press is one intention, by pointer, by keyboard and by script; and Enter in a field is the form's.

use fantoccini::key::Key;
use holds::holds;
use serde_json::json;
use std::time::Duration;

use crate::trial::{Trial, trial};
use gateway::agent::AgentKind;
use gateway::config::Embed;
use support::browser::hand::Tap;
use support::failure::{Failure, ensure};
use support::page::{Page, button};
use support::stage::{Setting, Stage, speaks_after};
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    let taciturn = Setting::microphone(speaks_after(60.0)).config(|config| {
        let embed = Embed::new("emb_demo", AgentKind::Parrot);
        config.no_greeting().silence_secs(1.0).embed(embed)
    });
    vec![
        trial!(a_double_click_calls_once_and_does_not_hang_up).in_one_engine(
            "only Chromium's driver can say when the hand clicked; the others' wait for the page between the halves, however long",
        ),
        trial!(a_double_click_before_the_script_is_there_calls_once),
        trial!(a_finger_and_a_pen_press_as_a_mouse_does),
        trial!(a_key_that_is_pressed_twice_in_a_row_is_one_press).in_one_engine(
            "what a key does to a host that is no button of the browser's is ours in all",
        ),
        trial!(a_key_that_is_held_down_calls_once_and_does_not_hang_up),
        trial!(
            who_presses_just_as_the_agent_hangs_up_does_not_call_again,
            taciturn
        ),
        trial!(enter_in_a_field_sends_the_form_as_if_there_were_no_host),
        trial!(enter_in_a_field_sends_the_form_before_the_script_is_there),
    ]
}

/// The product's, of `src/page/press/rule.rs`.
const ONE_PRESS_MS: f64 = 400.0;

/// Long enough for a second call, or for the end of the first, to be noticed.
const A_WHILE: Duration = Duration::from_millis(700);

const MARKS: &str = r#"data-vocadesk-embed="emb_echo" data-vocadesk-api-url="{{API_URL}}""#;

/// A call runs, one only, and a single press ends it.
async fn one_call_runs(stage: &Stage, host: &str, events: usize) -> Result<(), Failure> {
    one_call_starts(stage, host, events).await?;
    stage.hang_up(host).await?;
    stage.all_released().await?;
    stage.microphone_is_off().await
}

async fn one_call_starts(stage: &Stage, host: &str, events: usize) -> Result<(), Failure> {
    let starts = stage.events().await?;
    let starts = starts
        .iter()
        .take(events)
        .filter(|event| event.kind == START);
    stage.event(START, starts.count() + 1, SOON).await?;
    tokio::time::sleep(A_WHILE).await;
    let came = stage.kinds_since(events).await?;
    ensure!(came == [START], "{host}: {came:?}");
    Ok(())
}

#[holds("1.double-click")]
async fn a_double_click_calls_once_and_does_not_hang_up(stage: &mut Stage) -> Result<(), Failure> {
    let body = button("call", "emb_echo")
        + &format!(
            r#"<div id="div" {MARKS}><b id="child">Talk</b></div>
               <label id="label">Sales <button id="labelled" {MARKS}>Talk</button></label>"#
        );
    for (clicked, host) in [
        ("#call", "#call"),
        ("#child", "#div"),
        ("#label", "#labelled"),
    ] {
        stage.open(&Page::default().body(&body)).await?;
        stage.state(host, "idle").await?;
        stage.browser()?.double_click(clicked).await?;
        one_call_runs(stage, host, 0).await?;
        // The two halves of a double click on a call's end are its end, and no new call.
        stage.start_call(host).await?;
        let ends = stage.count(END).await?;
        stage.browser()?.double_click(clicked).await?;
        stage.event(END, ends + 1, SOON).await?;
        tokio::time::sleep(A_WHILE).await;
        stage.state(host, "ended").await?;
        stage.all_released().await?;
    }
    // By script, which no browser counts as a double click; sooner than a page's first call can start.
    for gap_ms in [0, 40] {
        stage
            .open(&Page::default().body(button("call", "emb_echo")))
            .await?;
        stage.state("#call", "idle").await?;
        let twice = format!("call.click(); setTimeout(() => call.click(), {gap_ms})");
        stage.run(&twice).await?;
        one_call_runs(stage, "#call", 0).await?;
    }
    Ok(())
}

const HALVES: &str = r#"<script>
  window.halves = [];
  addEventListener("click", ({ timeStamp }) => halves.push(timeStamp), true);
</script>"#;

/// Whether the two came as close to each other as those of a hand.
async fn halves_are_close(stage: &Stage) -> Result<bool, Failure> {
    let apart_ms = stage.run("return halves.at(-1) - halves[0]").await?;
    Ok(apart_ms.as_f64().is_some_and(|ms| ms < ONE_PRESS_MS))
}

#[holds("1.double-click")]
async fn a_double_click_before_the_script_is_there_calls_once(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let module = stage.hold_page_module()?;
    let page = Page::default().body(button("call", "emb_echo"));
    stage.open_then_load(&page).await?;
    stage.until("window.Vocadesk", SOON).await?;
    // Its first half comes before anybody is there to take it, and the second at once after.
    stage
        .run(
            "call.click();
             new MutationObserver((_, observer) => { observer.disconnect(); call.click(); })
               .observe(call, { attributeFilter: ['data-vocadesk-state'] })",
        )
        .await?;
    // Longer than the halves of a double click are apart: the first has waited all the same.
    tokio::time::sleep(A_WHILE).await;
    module.open();
    one_call_runs(stage, "#call", 0).await
}

#[holds("1.double-click")]
async fn a_finger_and_a_pen_press_as_a_mouse_does(stage: &mut Stage) -> Result<(), Failure> {
    let body = button("call", "emb_echo") + &format!(r#"<div id="div" {MARKS}>Talk</div>"#);
    stage.open(&Page::default().body(body)).await?;
    stage.state("#div", "idle").await?;
    // Firefox's driver has no pen ("Unimplemented pointerMove for pointerType pen").
    let pen = (stage.engine.name != "firefox").then_some(Tap::Pen);
    for with in [Some(Tap::Finger), pen].into_iter().flatten() {
        for host in ["#call", "#div"] {
            let events = stage.events().await?.len();
            stage.browser()?.tap(host, with).await?;
            one_call_starts(stage, host, events).await?;
            let ends = stage.count(END).await?;
            stage.browser()?.tap(host, with).await?;
            stage.event(END, ends + 1, SOON).await?;
            stage.all_released().await?;
        }
    }
    Ok(())
}

#[holds("1.double-click")]
async fn a_key_that_is_pressed_twice_in_a_row_is_one_press(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let body = HALVES.to_owned() + &format!(r#"<div id="div" {MARKS}>Talk</div>"#);
    'tries: for _ in 0..5 {
        stage.open(&Page::default().body(&body)).await?;
        stage.state("#div", "idle").await?;
        for starts in [true, false] {
            let ends = stage.count(END).await?;
            stage.run("halves.length = 0; div.focus()").await?;
            stage.browser()?.double_press(' ').await?;
            if !halves_are_close(stage).await? {
                continue 'tries;
            }
            if starts {
                one_call_starts(stage, "#div", 0).await?;
            } else {
                stage.event(END, ends + 1, SOON).await?;
                tokio::time::sleep(A_WHILE).await;
                stage.state("#div", "ended").await?;
            }
        }
        return stage.all_released().await;
    }
    Err(Failure(
        "the driver presses no key twice in a row".to_owned(),
    ))
}

#[holds("1.held-key")]
async fn a_key_that_is_held_down_calls_once_and_does_not_hang_up(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let body = button("call", "emb_echo")
        + &format!(
            r#"<div id="div" {MARKS}>Talk</div><a id="link" href="/followed" {MARKS}>Talk</a>
               <input id="input" type="button" value="Talk" {MARKS}><div style="height: 3000px"></div>"#
        );
    stage.open(&Page::default().body(body)).await?;
    stage.state("#input", "idle").await?;
    for id in ["call", "div", "link", "input"] {
        for value in [char::from(Key::Enter), ' '] {
            let events = stage.events().await?.len();
            stage
                .run(&format!("document.getElementById('{id}').focus()"))
                .await?;
            // The first by hand. What a held key repeats no driver makes alike: by script, and what would come of it is
            // what the browser does by itself where nobody prevents it.
            stage.browser()?.press(value).await?;
            let repeated = format!(
                "const init = {{ key: {}, repeat: true, bubbles: true, composed: true, cancelable: true }};
                 let clicks = 0;
                 for (let n = 0; n < 30; n++) {{
                   await new Promise((next) => setTimeout(next, 33));
                   if ({id}.dispatchEvent(new KeyboardEvent('keydown', init))) clicks += 1;
                 }}
                 return clicks;",
                json!(value.to_string().replace(char::from(Key::Enter), "Enter"))
            );
            let repeated = format!("(async () => {{ {repeated} }})().then(arguments[0])");
            let clicks = stage.browser()?.run_async(&repeated, Vec::new()).await?;
            // A button that is held down by Space clicks when it is let go of, and not before.
            let by_itself = value == ' ' && matches!(id, "call" | "input");
            ensure!(
                clicks == if by_itself { 30 } else { 0 },
                "{id}: {value:?} clicks {clicks} times"
            );
            one_call_runs(stage, &format!("#{id}"), events).await?;
        }
    }
    let scrolled = stage.run("return scrollY").await?;
    ensure!(scrolled == 0, "Space scrolled the page by {scrolled}");
    Ok(())
}

async fn who_presses_just_as_the_agent_hangs_up_does_not_call_again(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default()).await?;
    stage.start_call("#call").await?;
    stage
        .run("addEventListener('click', () => { window.clicked ??= performance.now(); }, true)")
        .await?;
    stage.event(END, 1, SOON).await?;
    // The state has changed, but the eye has not followed.
    stage.browser()?.click_at_once("#call").await?;
    // What the click has begun may have been told by now: its own time counts, and the end's.
    let at_once = stage
        .run("return clicked - __harness.events.find(({ type }) => type === 'vocadesk:end').at")
        .await?;
    tokio::time::sleep(A_WHILE).await;
    let state = stage.run("return call.dataset.vocadeskState").await?;
    let starts = stage.count(START).await?;
    // A driver that was slow has let the visitor see it.
    let was_seen = at_once.as_f64().unwrap_or(f64::MAX) > 80.0;
    ensure!(
        was_seen || (state == "ended" && starts == 1),
        "{state} after {at_once} ms"
    );
    Ok(())
}

/// Counts what is sent, and keeps it from leaving the page.
const FORMS: &str = "<script>
  window.sent = [];
  document.addEventListener('submit', (event) => {
    event.preventDefault();
    sent.push([event.target.id, event.submitter?.id ?? null]);
  });
</script>";

fn forms() -> String {
    let host = format!("<button {MARKS}>Talk</button>");
    format!(
        r#"<form id="plain"><input id="q1">{host}<button id="send">Send</button></form>
           <form id="alone"><input id="q2">{host}</form>
           <form id="image"><input id="q3"><input type="image" alt="Talk" {MARKS}><input id="go" type="submit"></form>
           <form id="after"><input id="q4" name="elements"><input name="requestSubmit" type="hidden"></form>
           <button form="after" {MARKS}>Talk</button>
           <form id="two"><input id="q5"><input>{host}</form>
           <form id="off"><input id="q6">{host}<button disabled>Send</button></form>
           {FORMS}"#
    )
}

/// The form, and the button that it was sent by.
type Sent = (&'static str, Option<&'static str>);

/// Enter in this field sends this form by this button; or nothing, where it would send nothing without the host.
const SENT: [(&str, Option<Sent>); 6] = [
    ("q1", Some(("plain", Some("send")))),
    ("q2", Some(("alone", None))),
    ("q3", Some(("image", Some("go")))),
    ("q4", Some(("after", None))),
    ("q5", None),
    ("q6", None),
];

#[holds("1.enter-in-field")]
async fn enter_in_a_field_sends_the_form_as_if_there_were_no_host(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&Page::default().body(forms())).await?;
    stage
        .until(
            "document.querySelectorAll('[data-vocadesk-state]').length === 6",
            SOON,
        )
        .await?;
    for (field, expected) in SENT {
        stage
            .run(&format!("window.sent.length = 0; {field}.focus()"))
            .await?;
        stage.browser()?.press(Key::Enter.into()).await?;
        tokio::time::sleep(A_WHILE / 4).await;
        let sent = stage.run("return sent").await?;
        let expected = expected.map_or(json!([]), |sent| json!([sent]));
        ensure!(sent == expected, "{field}: {sent}, not {expected}");
    }
    let asked = stage.run("return __harness.askedForMicrophone()").await?;
    ensure!(
        asked == 0 && stage.token_requests() == 0,
        "a field has called"
    );
    // And a press on the host in the form calls, by Enter as well, and sends nothing.
    stage.run("window.sent.length = 0; document.querySelector('#plain [data-vocadesk-embed]').id = 'call'").await?;
    stage.run("call.focus()").await?;
    stage.browser()?.press(Key::Enter.into()).await?;
    stage.event(START, 1, SOON).await?;
    stage.hang_up("#call").await?;
    let sent = stage.run("return sent").await?;
    ensure!(sent == json!([]), "a call has sent {sent}");
    Ok(())
}

#[holds("1.enter-in-field")]
async fn enter_in_a_field_sends_the_form_before_the_script_is_there(
    stage: &mut Stage,
) -> Result<(), Failure> {
    let module = stage.hold_page_module()?;
    stage.open_then_load(&Page::default().body(forms())).await?;
    stage.until("window.Vocadesk", SOON).await?;
    stage.run("q1.focus()").await?;
    stage.browser()?.press(Key::Enter.into()).await?;
    stage.until("sent.length", SOON).await?;
    let sent = stage.run("return sent.map(([form]) => form)").await?;
    ensure!(sent == json!(["plain"]), "{sent}");
    module.open();
    stage
        .until(
            "document.querySelectorAll('[data-vocadesk-state]').length === 6",
            SOON,
        )
        .await?;
    tokio::time::sleep(A_WHILE / 2).await;
    let asked = stage.run("return __harness.askedForMicrophone()").await?;
    ensure!(
        asked == 0 && stage.token_requests() == 0,
        "a field has called"
    );
    Ok(())
}
