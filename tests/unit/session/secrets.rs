//! What failures say: enough for a developer, and never the token.

use super::scene::{Scene, TOKEN, closed, started};
use crate::any_text::any_text;
use crate::server_text::{read_answer, read_frame};
use holds::holds;
use proptest::prelude::*;
use serde_json::json;
use vocadesk_embed::protocol::frames::ServerFrame;
use vocadesk_embed::protocol::http::Grant;
use vocadesk_embed::protocol::session::{Connect, SessionUpdate};
use vocadesk_embed::session::event::{Deadline, Event};

/// As much of a token as would be a pity to show.
const GIVEAWAY_CHARS: usize = 16;

fn said(mut scene: Scene, event: Event) -> String {
    scene.send(event);
    scene.failure().message.clone()
}

#[test]
#[holds("3.token-failed-message")]
fn the_servers_reason_for_closing_is_told() {
    for code in [4401, 4403, 4409, 1011, 1013] {
        for scene in [Scene::opening(), Scene::starting(), Scene::live()] {
            let event = Event::SocketClosed {
                code,
                reason: "origin_not_allowed".into(),
            };
            let message = said(scene, event);
            assert!(message.contains("origin_not_allowed"), "{message}");
            assert!(message.contains(&code.to_string()), "{message}");
        }
    }
}

#[test]
#[holds("5.server-error")]
fn an_error_frame_is_told_in_the_servers_words_or_says_that_there_were_none() {
    for scene in [Scene::starting, Scene::live] {
        let error = |text: &str| Event::Frame(ServerFrame::Error(text.into()));
        assert!(said(scene(), error("no model")).contains(": no model. Try again"));
        assert!(said(scene(), error("")).contains("no reason. Try again"));
    }
}

#[test]
#[holds("3.message-advice")]
fn a_message_says_what_to_look_at() {
    for (message, hint) in [
        (
            said(
                Scene::asked(),
                Event::TokenUnreachable("Failed to fetch".into()),
            ),
            "Failed to fetch",
        ),
        (
            said(Scene::asked(), Event::TokenUnreachable("x".into())),
            "Content-Security-Policy",
        ),
        (said(Scene::asked(), Event::Late(Deadline::Token)), "10 s"),
        (said(Scene::opening(), Event::Late(Deadline::Start)), "10 s"),
        (
            said(Scene::opening(), closed(1006)),
            "Content-Security-Policy",
        ),
        (said(Scene::starting(), closed(4403)), "allowed origins"),
        (said(Scene::live(), closed(1006)), "lost (1006)."),
    ] {
        assert!(message.contains(hint), "{message}");
    }
}

/// Every event that can make a call fail, with `text` wherever a server or a browser has the word.
fn failures(text: &str) -> Vec<Event> {
    let frame = json!({"type": "error", "message": text}).to_string();
    let mut events = vec![
        Event::Frame(read_frame(&frame).unwrap()),
        Event::TokenUnreachable(text.into()),
        Event::Frame(ServerFrame::EndCall),
        Event::Late(Deadline::Token),
        Event::Late(Deadline::Start),
        Event::TokenAnswered(Ok(Grant {
            token: TOKEN.into(),
            wss_url: "wss://h".into(),
        })),
    ];
    for status in [400, 403, 409, 500] {
        let body = json!({"code": text, "message": text}).to_string();
        events.push(Event::TokenAnswered(read_answer(
            status,
            &body,
            &Connect::default(),
        )));
    }
    for code in [1000, 1006, 1011, 4401, 4403, 4409] {
        events.push(Event::SocketClosed {
            code,
            reason: text.into(),
        });
    }
    events
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    #[holds("3.message-no-token")]
    fn a_token_that_the_server_repeats_is_not_shown_even_where_the_text_is_cut(
        token in "[A-Za-z0-9_-]{16,40}\\.[A-Za-z0-9_-]{10,400}\\.[A-Za-z0-9_-]{10,40}",
        before in ".{0,300}",
        after in ".{0,20}",
    ) {
        let text = format!("{before}{token} {token}{after}");
        let granted = || {
            let mut scene = Scene::new();
            scene.send(Event::Connect);
            scene.send(Event::Joined);
            let body = json!({"token": token, "wssUrl": "wss://h/call"}).to_string();
            scene.send(Event::TokenAnswered(read_answer(200, &body, &Connect::default())));
            scene
        };
        let open = [Event::SocketOpened, Event::Frame(started()), Event::Frame(ServerFrame::AgentEnding)];
        for reached in 0..=open.len() {
            for event in failures(&text) {
                let mut scene = granted();
                for step in &open[..reached] {
                    scene.send(step.clone());
                }
                scene.send(event);
                scene.send(Event::Released);
                for report in scene.reports() {
                    prop_assert!(!format!("{report:?}").contains(&token[..GIVEAWAY_CHARS]), "{report:?}");
                }
            }
        }
    }

    #[test]
    #[holds("3.message-plain")]
    fn whatever_others_say_a_message_is_one_line_of_bounded_length(text in any_text(), times in 1..50usize) {
        // Two texts of 300 characters and our own words around them.
        const LONGEST_CHARS: usize = 300 + 300 + 250;
        for from in [Scene::asked, Scene::opening, Scene::starting, Scene::live, Scene::goodbye] {
            for event in failures(&text.repeat(times)) {
                let mut scene = from();
                scene.send(event);
                for report in scene.reports() {
                    if let SessionUpdate::Failed(error) = report {
                        prop_assert!(error.message.chars().count() <= LONGEST_CHARS, "{error:?}");
                        prop_assert!(!error.message.contains(char::is_control), "{error:?}");
                        prop_assert!(!error.message.is_empty());
                    }
                }
            }
        }
    }
}
