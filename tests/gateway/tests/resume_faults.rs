//! Bad lines and wrong answers, as tests of the client need them, and what the gateway makes of bad lines itself.

use std::io::ErrorKind;
use std::time::Duration;

use serde_json::json;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::caller::{Caller, Heard};
use crate::resume::{frame, heard, lost, resumable, until_call};
use crate::visitor::{Got, Visitor, start};
use gateway::{Act, EndedBy, Gateway, Loss, Misbehave, ResumeFault};

/// Longer than any test lasts.
const LONG: Duration = Duration::from_secs(600);

async fn resume_fault(gateway: &Gateway, fault: Option<ResumeFault>) {
    gateway.misbehave(Misbehave {
        resume: fault,
        ..Misbehave::default()
    });
}

#[tokio::test]
async fn a_line_on_which_nothing_comes_is_lost_and_the_call_goes_on() {
    let gateway = start(resumable(|d| {
        d.quiet_secs = 0.3;
        d.line_secs = 3.0;
    }))
    .await;
    let mut caller = Caller::resumable(&gateway, "emb_echo").await;
    gateway.act(Act::silence(LONG));
    // It is not answered: the gateway hears nothing, and says nothing.
    lost(&gateway, 1).await;
    caller.speak(&frame(1)).await;
    caller.resume(&gateway).await;
    assert_eq!(caller.next().await, Heard::Audio(frame(1)));
}

#[tokio::test]
async fn a_line_that_is_silent_one_way_is_taken_over_by_the_next() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = Caller::resumable(&gateway, "emb_echo").await;
    gateway.act(Act::Silence {
        deaf: false,
        mute: true,
        lasts: LONG,
    });
    // Heard, and its answer does not come.
    caller.speak(&frame(1)).await;
    heard(&gateway, 1).await;
    caller.resume(&gateway).await;
    assert_eq!(caller.next().await, Heard::Audio(frame(1)));
    let line = gateway.record().calls[0].line.clone();
    assert!(line.resumed[0].took_over && line.lost.is_empty());
}

#[tokio::test]
async fn a_silence_that_passes_costs_nothing() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = Caller::resumable(&gateway, "emb_echo").await;
    gateway.act(Act::silence(Duration::from_millis(200)));
    for n in 1..=20 {
        caller.speak(&frame(n)).await;
    }
    for n in 1..=20 {
        assert_eq!(caller.next().await, Heard::Audio(frame(n)));
    }
    assert!(gateway.record().calls[0].line.resumed.is_empty());
}

#[tokio::test]
async fn a_line_ends_or_is_reset_as_it_is_told_to() {
    for (loss, is_reset) in [(Loss::Fin, false), (Loss::Reset, true)] {
        let gateway = start(resumable(|_| {})).await;
        let mut caller = Caller::resumable(&gateway, "emb_silent").await;
        gateway.act(Act::Lose(loss));
        // Also while the client goes on talking, which makes an end a reset where nobody reads it.
        let error = loop {
            if let Err(error) = caller.line.try_send(Message::text("{}")).await {
                break error;
            }
            if let Some(error) = caller.line.try_next().await {
                break error;
            }
        };
        let reset = matches!(&error, Error::Io(e) if e.kind() == ErrorKind::ConnectionReset);
        assert_eq!(reset, is_reset, "{loss:?}: {error}");
    }
}

#[tokio::test]
async fn in_a_call_that_cannot_be_resumed_a_lost_line_is_the_end() {
    for loss in [Loss::Fin, Loss::Reset, Loss::Close(1012)] {
        let gateway = start(resumable(|_| {})).await;
        let mut visitor = Visitor::call(&gateway, "emb_silent").await;
        visitor.until("started").await;
        gateway.act(Act::Lose(loss));
        visitor.end().await;
        let by = until_call(&gateway, "the end", |c| c.ended_by).await;
        assert_eq!(by, EndedBy::Fault);
    }
}

#[tokio::test]
async fn a_resume_can_be_answered_wrongly_in_each_way() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = Caller::resumable(&gateway, "emb_echo").await;
    gateway.act(Act::Lose(Loss::Reset));
    lost(&gateway, 1).await;
    resume_fault(&gateway, Some(ResumeFault::Close(4404))).await;
    assert_eq!(caller.knock(&gateway).await.1, Got::Closed(4404));
    resume_fault(&gateway, Some(ResumeFault::Text("{".to_owned()))).await;
    let got = caller.knock(&gateway).await.1;
    assert_eq!(got, Got::Nonsense("{".to_owned()));
    resume_fault(&gateway, Some(ResumeFault::Hangs)).await;
    let knock = tokio::time::timeout(Duration::from_millis(300), caller.knock(&gateway)).await;
    assert!(knock.is_err());
    resume_fault(&gateway, Some(ResumeFault::Ahead(7))).await;
    assert_eq!(caller.resume_silently(&gateway).await, 7);
    // None of it was counted, and the call is as it was.
    resume_fault(&gateway, None).await;
    caller.speak(&frame(1)).await;
    assert_eq!(caller.next().await, Heard::Audio(frame(1)));
    assert_eq!(gateway.record().calls[0].line.resumed.len(), 1);
}

#[tokio::test]
async fn an_outage_refuses_all_sockets_until_it_is_over() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = Caller::resumable(&gateway, "emb_silent").await;
    gateway.refuse_sockets(true);
    gateway.act(Act::Lose(Loss::Fin));
    assert_eq!(caller.rest().await, (vec![], Heard::Lost));
    let query = format!("resume={}&received=0", caller.token);
    let site = gateway.site_url();
    let refused = Visitor::connect_with(&gateway, &site, &query).await;
    assert!(refused.is_err());
    gateway.refuse_sockets(false);
    caller.resume(&gateway).await;
}

#[tokio::test]
async fn numbers_can_come_again_and_be_left_out() {
    let gateway = start(resumable(|_| {})).await;
    let mut caller = Caller::call(&gateway, "emb_echo", &["resume"]).await;
    for n in 1..=3 {
        caller.speak(&frame(n)).await;
        assert_eq!(caller.next().await, Heard::Audio(frame(n)));
    }
    gateway.act(Act::Again(2));
    gateway.act(Act::Skip(5));
    gateway.act(Act::Frame(json!({ "type": "transfer_call" })));
    let mut numbers = Vec::new();
    while numbers.len() < 3 {
        if let Got::Frame(frame) = caller.line.next().await
            && frame["type"] != "ack"
        {
            numbers.push((frame["type"].clone(), frame["n"].clone()));
        }
    }
    let expected = json!([["audio", 2], ["audio", 3], ["transfer_call", 9]]);
    assert_eq!(json!(numbers), expected);
    // What was left out is no reason to refuse the next socket.
    caller.received = 9;
    caller.resume(&gateway).await;
    assert_eq!(gateway.record().calls[0].sent.len(), 3);
}

#[tokio::test]
async fn acknowledgements_can_be_kept_back() {
    let gateway = start(resumable(|_| {})).await;
    gateway.misbehave(Misbehave {
        acks_never: true,
        ..Misbehave::default()
    });
    let mut caller = Caller::resumable(&gateway, "emb_echo").await;
    for n in 1..=120 {
        caller.speak(&frame(n)).await;
        assert_eq!(caller.next().await, Heard::Audio(frame(n)));
    }
    assert_eq!(caller.kept.len(), 120);
    gateway.misbehave(Misbehave::default());
    assert_eq!(caller.resume(&gateway).await, 120);
}

#[tokio::test]
async fn a_call_that_the_gateway_drops_or_closes_is_over_also_where_it_could_be_resumed() {
    for act in [Act::Drop, Act::Close(1011)] {
        let gateway = start(resumable(|_| {})).await;
        let mut caller = Caller::resumable(&gateway, "emb_silent").await;
        gateway.act(act);
        caller.rest().await;
        assert_eq!(caller.knock(&gateway).await.1, Got::Closed(4404));
        assert_eq!(gateway.record().calls[0].ended_by, Some(EndedBy::Fault));
    }
}
