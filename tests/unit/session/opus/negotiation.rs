//! When Opus is offered, and when it is spoken.

use crate::session::scene::{Scene, grant};
use holds::holds;
use vocadesk_embed::protocol::features::Agreed;
use vocadesk_embed::protocol::frames::{START, START_WITH_OPUS, ServerFrame};
use vocadesk_embed::session::event::{Effect, Event};

fn took_opus() -> Event {
    Event::Frame(ServerFrame::Started(Agreed {
        opus: true,
        ..Agreed::default()
    }))
}

/// A call whose browser says at this step that it has Opus; gives what was sent first, and whether Opus is spoken.
fn call(says_so_before: Option<usize>) -> (Vec<Effect>, bool) {
    let mut scene = Scene::new();
    let steps = [Event::Connect, grant(), Event::Joined, Event::SocketOpened];
    for (step, event) in steps.into_iter().enumerate() {
        if says_so_before == Some(step) {
            scene.send(Event::HasOpus);
        }
        scene.send(event);
    }
    if says_so_before == Some(4) {
        scene.send(Event::HasOpus);
    }
    let sent = scene.effects.clone();
    let speaks = scene.send(took_opus()).contains(&Effect::UseOpus);
    (sent, speaks)
}

#[test]
#[holds("5b.offer", "5b.answer")]
fn opus_is_offered_where_the_browser_has_it_and_spoken_where_the_server_takes_it() {
    for step in 0..4 {
        let (sent, speaks) = call(Some(step));
        assert!(
            sent.contains(&Effect::Send(START_WITH_OPUS.to_owned())),
            "{step}"
        );
        assert!(speaks, "{step}");
    }
}

#[test]
#[holds("5b.offer", "5b.answer")]
fn opus_that_was_not_offered_is_not_spoken_whatever_the_server_takes() {
    let (sent, speaks) = call(None);
    assert!(sent.contains(&Effect::Send(START.to_owned())));
    assert!(!speaks);
}
