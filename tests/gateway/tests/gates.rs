//! What was told to wait at a gate waits there, and nowhere else, until the gate is opened or gone.

use std::pin::pin;

use futures_util::future::{Either, select};

use crate::http::{Reply, get};
use crate::visitor::{BROWSER, SOON, Visitor, ask, ids, start};
use gateway::agent::AgentKind;
use gateway::config::Embed;
use gateway::{Answer, Config, Gate, Gateway, ListenerName, Misbehave, Record};

async fn silent() -> Gateway {
    start(Config::default().embed(Embed::new("emb_silent", AgentKind::Silent))).await
}

/// Runs `what` until the record says that it has come to its gate, lets `meanwhile` look, and gives what `what` gives
/// once the gate is open.
async fn waits<T>(
    gateway: &Gateway,
    what: impl Future<Output = T>,
    came: impl FnMut(&Record) -> Option<()>,
    meanwhile: impl FnOnce(&Record),
    open: impl FnOnce(),
) -> T {
    let mut what = pin!(what);
    let came = pin!(gateway.wait_for("somebody at the gate", SOON, came));
    match select(what.as_mut(), came).await {
        Either::Left(_) => panic!("it did not wait"),
        Either::Right((came, _)) => came.unwrap(),
    }
    meanwhile(&gateway.record());
    open();
    let passed = tokio::time::timeout(SOON, what).await;
    passed.expect("what waited goes on")
}

async fn ask_for_token(gateway: &Gateway) -> Reply {
    ask(gateway, &gateway.site_url(), &ids("emb_silent", BROWSER)).await
}

fn unanswered(r: &Record) -> Option<()> {
    let asked = r.requests_to(ListenerName::Api, "/v1/tokens").last()?;
    asked.status.is_none().then_some(())
}

#[tokio::test]
async fn a_token_waits_before_it_is_granted_or_after() {
    for granted in [false, true] {
        let (gateway, gate) = (silent().await, Gate::shut());
        gateway.misbehave(match granted {
            false => Misbehave {
                token_held: gate.held(),
                ..Misbehave::default()
            },
            true => Misbehave {
                grant_held: gate.held(),
                ..Misbehave::default()
            },
        });
        let came = |r: &Record| {
            unanswered(r)?;
            (r.tokens.len() == usize::from(granted)).then_some(())
        };
        let look = |r: &Record| assert_eq!(r.tokens.len(), usize::from(granted));
        let reply = waits(&gateway, ask_for_token(&gateway), came, look, || {
            gate.open()
        });
        assert_eq!(reply.await.status, 200);
        assert_eq!(gateway.record().tokens.len(), 1);
    }
}

#[tokio::test]
async fn a_gate_that_is_gone_or_was_opened_before_keeps_nobody() {
    let gateway = silent().await;
    for gone in [true, false] {
        let gate = Gate::shut();
        gateway.misbehave(Misbehave {
            token_held: gate.held(),
            ..Misbehave::default()
        });
        if gone {
            let look = |r: &Record| assert_eq!(r.tokens.len(), 0);
            let open = || drop(gate);
            let reply = waits(&gateway, ask_for_token(&gateway), unanswered, look, open);
            assert_eq!(reply.await.status, 200);
        } else {
            gate.open();
            // The visitor's place is taken.
            assert_eq!(ask_for_token(&gateway).await.status, 409);
        }
    }
}

#[tokio::test]
async fn an_answer_of_the_tests_own_waits() {
    let (gateway, gate) = (silent().await, Gate::shut());
    let page = gateway.site_answer("/slow", Answer::html("<p>at last").held(&gate));
    let came = |r: &Record| {
        let asked = r.requests_to(ListenerName::Site, "/slow").next()?;
        asked.status.is_none().then_some(())
    };
    let reply = waits(&gateway, get(&page, &[]), came, |_| {}, || gate.open());
    assert_eq!(reply.await.text(), "<p>at last");
}

#[tokio::test]
async fn an_agent_waits_with_its_started() {
    let (gateway, gate) = (silent().await, Gate::shut());
    gateway.misbehave(Misbehave {
        started_held: gate.held(),
        ..Misbehave::default()
    });
    let mut visitor = Visitor::call(&gateway, "emb_silent").await;
    let came = |r: &Record| {
        let call = r.calls.first()?;
        (!call.control.is_empty()).then_some(())
    };
    let look = |r: &Record| assert!(r.calls[0].started.is_none());
    let started = waits(&gateway, visitor.until("started"), came, look, || {
        gate.open()
    });
    started.await;
}
