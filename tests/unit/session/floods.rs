//! A server that sends more than anybody reads or hears.

use super::scene::Scene;
use holds::holds;
use vocadesk_embed::protocol::frames::ServerFrame;
use vocadesk_embed::protocol::session::{Role, SessionUpdate, Transcript};
use vocadesk_embed::session::event::Event;

fn said(seq: u64, text: &str) -> Event {
    Event::Frame(ServerFrame::Transcript(Transcript {
        role: Role::Assistant,
        text: text.to_owned(),
        seq,
    }))
}

fn texts(scene: &Scene) -> Vec<&str> {
    let mut texts = Vec::new();
    for report in scene.reports() {
        if let SessionUpdate::Transcript(said) = report {
            texts.push(said.text.as_str());
        }
    }
    texts
}

#[test]
#[holds("5.text-bound")]
fn more_text_than_anybody_could_read_ends_the_call_after_what_waited() {
    let mut scene = Scene::live();
    for seq in 0..100_000 {
        scene.send(said(seq, "hi"));
    }
    assert_eq!(texts(&scene).len(), 1_500);
    let words = scene.words();
    let (before, after) = words.split_at(words.len() - 3);
    assert_eq!(after, ["transcript", "unknown", "releasing"]);
    assert!(!before.contains(&"unknown"));
    assert!(scene.failure().message.contains("more text than anybody"));
    assert!(!scene.socket_open);
    scene.now_ms += 60_000.0;
    assert_eq!(scene.send(Event::Tick), [], "after the end");
}

#[test]
#[holds("5.text-bound")]
fn a_text_that_grows_faster_than_anybody_reads_is_told_as_it_is_in_the_end() {
    let mut scene = Scene::live();
    for nth in 0..5_000 {
        scene.send(said(1, &nth.to_string()));
    }
    assert_eq!(texts(&scene).last(), Some(&"999"));
    assert!(scene.session().has_talk_waiting());
    scene.now_ms += 20.0;
    scene.send(Event::Tick);
    assert_eq!(texts(&scene).last(), Some(&"4999"));
    assert!(!scene.session().has_talk_waiting());
}

#[test]
#[holds("5.text-bound")]
fn what_waits_is_told_before_the_end_and_not_after_a_visitor_has_hung_up() {
    let waiting = || {
        let mut scene = Scene::live();
        for seq in 0..1_200 {
            scene.send(said(seq, "hi"));
        }
        scene
    };
    let mut scene = waiting();
    scene.send(Event::Frame(ServerFrame::EndCall));
    scene.send(Event::Drained);
    let words = scene.words().join(" ");
    assert!(words.ends_with("transcript ended releasing"), "{words}");
    assert_eq!(texts(&scene).len(), 1_200);
    let mut scene = waiting();
    scene.send(Event::Frame(ServerFrame::Error("broken".into())));
    let words = scene.words().join(" ");
    assert!(words.ends_with("transcript unknown releasing"), "{words}");
    assert_eq!(texts(&scene).len(), 1_200);
    let mut scene = waiting();
    scene.send(Event::HangUp);
    assert_eq!(texts(&scene).len(), 1_000);
}

#[test]
#[holds("5.two-hours")]
fn a_frame_of_sound_counts_as_five_milliseconds_however_short_and_an_empty_one_as_none() {
    let mut scene = Scene::live();
    for _ in 0..24 * 60 * 60 {
        for bytes in [0, 2, 238, 240] {
            scene.send(Event::Audio { bytes });
        }
    }
    // Of the two hours 21.6 minutes are full.
    let rest = (7_200_000 - 3 * 5 * 24 * 60 * 60) * 48;
    assert_eq!(scene.send(Event::Audio { bytes: rest }), []);
    assert_eq!(scene.send(Event::Audio { bytes: 0 }), []);
    scene.send(Event::Audio { bytes: 2 });
    assert_eq!(scene.words().join(" "), "granted started unknown releasing");
}
