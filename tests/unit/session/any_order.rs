//! Events in any order and number: what must hold of every call.

use super::scene::{Scene, closed, grant, refusal, started};
use holds::holds;
use proptest::collection::vec;
use proptest::prelude::*;
use vocadesk_embed::error::ErrorCode;
use vocadesk_embed::protocol::frames::{START, STOP, ServerFrame};
use vocadesk_embed::protocol::session::SessionUpdate;
use vocadesk_embed::session::event::{Deadline, Effect, Event, Releaser};

/// What can dispatch around a session. Answers come only to what was asked, deadlines only where one is
/// armed; everything else whenever it likes.
#[derive(Clone, Debug)]
enum Move {
    Event(Event),
    TokenAnswer(Event),
    ReleaseAnswer,
    /// The armed deadline passes.
    Fire,
    Wait(f64),
}

fn any_move() -> impl Strategy<Value = Move> {
    let frames = prop::sample::select(vec![
        started(),
        ServerFrame::Clear,
        ServerFrame::AgentEnding,
        ServerFrame::EndCall,
        ServerFrame::Error("broken".into()),
        ServerFrame::Ignored,
        ServerFrame::Resumed(Some(7)),
        ServerFrame::Ack(Some(7)),
    ]);
    let answers = prop::sample::select(vec![
        grant(),
        refusal(ErrorCode::TokenFailed, false),
        refusal(ErrorCode::TokenFailed, true),
        refusal(ErrorCode::ConcurrentCallActive, false),
        Event::TokenUnreachable("Failed to fetch".into()),
    ]);
    let codes = prop::sample::select(vec![1000, 1001, 1005, 1006, 1011, 4401, 4403, 4409]);
    prop_oneof![
        2 => Just(Move::Event(Event::Connect)),
        2 => Just(Move::Event(Event::Joined)),
        3 => answers.prop_map(Move::TokenAnswer),
        2 => Just(Move::Event(Event::SocketOpened)),
        2 => codes.prop_map(|code| Move::Event(closed(code))),
        6 => frames.prop_map(|frame| Move::Event(Event::Frame(frame))),
        3 => (0..100_000usize).prop_map(|bytes| Move::Event(Event::Audio { bytes })),
        1 => Just(Move::Event(Event::Drained)),
        1 => any::<bool>().prop_map(|offline| Move::Event(Event::Offline(offline))),
        1 => Just(Move::Event(Event::NotTaken)),
        1 => Just(Move::Event(Event::Silent)),
        1 => Just(Move::Event(Event::TryNow)),
        1 => Just(Move::Event(Event::HangUp)),
        1 => any::<bool>().prop_map(|released| Move::Event(Event::Leave { released })),
        1 => Just(Move::ReleaseAnswer),
        1 => Just(Move::Fire),
        2 => (0.0..20_000.0).prop_map(Move::Wait),
        // A token that is not used meanwhile expires.
        1 => Just(Move::Wait(60_000.0)),
    ]
}

/// A call that gets on for a while before anything goes: else most would be over at once.
fn moves() -> impl Strategy<Value = Vec<Move>> {
    let way = [
        Move::Event(Event::Connect),
        Move::Event(Event::Joined),
        Move::TokenAnswer(grant()),
        Move::Event(Event::SocketOpened),
        Move::Event(Event::Frame(started())),
        Move::Event(Event::Frame(ServerFrame::AgentEnding)),
        Move::Event(Event::Frame(ServerFrame::EndCall)),
    ];
    (0..=way.len(), vec(any_move(), 0..40))
        .prop_map(move |(reached, rest)| way[..reached].iter().cloned().chain(rest).collect())
}

/// What is asked of a call beyond its effects.
#[derive(Default)]
struct Watch {
    /// How many answers granted a token, or were cut off: who knows whether there was one.
    tokens: usize,
    /// How many of them a page that was left has released: it knew of one that nobody had begun to release.
    released_by_page: usize,
    /// When all sound will have been played, reckoned from the contract alone.
    played_out_at_ms: f64,
}

impl Watch {
    fn make(&mut self, scene: &mut Scene, step: Move) {
        let event = match step {
            Move::Event(Event::Audio { .. }) if !scene.session().plays_audio() => return,
            Move::Event(event) => event,
            Move::TokenAnswer(event) if scene.token_awaited => event,
            Move::ReleaseAnswer if scene.release_awaited => Event::Released,
            Move::TokenAnswer(_) | Move::ReleaseAnswer => return,
            Move::Fire => {
                scene.fire();
                return;
            }
            // Timers are punctual: nobody waits past one.
            Move::Wait(span_ms) => {
                let due_ms = scene.armed.map_or(f64::INFINITY, |(_, due_ms)| due_ms);
                scene.now_ms = (scene.now_ms + span_ms).min(due_ms);
                return;
            }
        };
        let is_token = match &event {
            Event::TokenAnswered(Ok(_)) | Event::TokenUnreachable(_) => true,
            Event::TokenAnswered(Err(refusal)) => refusal.granted,
            _ => false,
        };
        self.tokens += usize::from(is_token);
        if let Event::Leave { released: true } = event {
            let words = scene.words();
            // It knows of a token by the report alone, and says that once.
            if !words.contains(&"granted") || words.contains(&"releasing") {
                return;
            }
            // One that is being renewed is not there any more, or not yet.
            if self.tokens > scene.releases() + self.released_by_page {
                self.released_by_page += 1;
            }
        }
        if let Event::Audio { bytes } = event {
            // 48 bytes are a millisecond: 24 kHz, two bytes a sample. A frame counts as five at least, an empty one as none.
            if bytes > 0 {
                let length_ms = bytes.max(240) as f64 / 48.0;
                self.played_out_at_ms = self.played_out_at_ms.max(scene.now_ms) + length_ms;
            }
        }
        let now_ms = scene.now_ms;
        for effect in scene.send(event) {
            match effect {
                Effect::ClearAudio => self.played_out_at_ms = now_ms,
                Effect::Arm(deadline, delay_ms) => {
                    let expected_ms = match deadline {
                        Deadline::Token | Deadline::Start => 10_050.0,
                        Deadline::Release => 2_000.0,
                        Deadline::GoneAway => 1_000.0,
                        Deadline::Offline => 5_000.0,
                        Deadline::Goodbye => (self.played_out_at_ms - now_ms).max(0.0) + 10_000.0,
                        Deadline::Drain => (self.played_out_at_ms - now_ms).max(0.0) + 5_000.0,
                        Deadline::Line => panic!("wire version 1 resumes nothing"),
                    };
                    // Sums of a few dozen times of 1.9e12 ms, each rounded to 2⁻¹² ms.
                    assert!(
                        (delay_ms - expected_ms).abs() < 0.1,
                        "{deadline:?} {delay_ms}"
                    );
                }
                _ => {}
            }
        }
    }
}

fn play(moves: Vec<Move>) -> (Scene, Watch) {
    let mut scene = Scene::new();
    let mut watch = Watch::default();
    for step in moves {
        watch.make(&mut scene, step);
        check(&scene);
    }
    (scene, watch)
}

/// Where the first is, of no more than so many.
fn at_most(
    most: usize,
    scene: &Scene,
    is_it: impl Fn(&Effect) -> bool,
    what: &str,
) -> Option<usize> {
    let effects = scene.effects.iter().enumerate();
    let mut places = effects.filter(|(_, effect)| is_it(effect));
    let first = places.next().map(|(place, _)| place);
    let times = usize::from(first.is_some()) + places.count();
    assert!(times <= most, "{times} times {what}: {:?}", scene.effects);
    first
}

fn check(scene: &Scene) {
    use SessionUpdate as Said;
    let once = |is_it: fn(&Effect) -> bool, what| at_most(1, scene, is_it, what);
    // For a token that has expired, and for the one in its place.
    let twice = |is_it: fn(&Effect) -> bool, what| at_most(2, scene, is_it, what);
    let granted = twice(|e| *e == Effect::Report(Said::Granted), "granted");
    let started = once(|e| matches!(e, Effect::Report(Said::Started)), "started");
    let ending = once(|e| *e == Effect::Report(Said::Ending), "ending");
    let over = once(
        |e| matches!(e, Effect::Report(Said::Ended | Said::Failed(_))),
        "end",
    );
    let ended = once(|e| matches!(e, Effect::Report(Said::Ended)), "ended");
    let release = twice(|e| matches!(e, Effect::Release(_)), "release");
    once(
        |e| *e == Effect::Release(Releaser::Page),
        "release by the page",
    );
    let opened = twice(|e| matches!(e, Effect::OpenSocket(_)), "socket");
    let start = twice(|e| *e == Effect::Send(START.to_owned()), "start frame");
    let stop = once(|e| *e == Effect::Send(STOP.to_owned()), "stop frame");
    let asked = twice(|e| matches!(e, Effect::RequestToken), "token request");

    let follows = |later: Option<usize>, earlier: Option<usize>| {
        assert!(
            later.is_none() || earlier.is_some() && earlier < later,
            "{:?}",
            scene.effects
        );
    };
    follows(opened, granted);
    follows(start, opened);
    follows(started, start);
    follows(stop, start);
    follows(ending, started);
    follows(ended, ending);
    // A token whose answer was cut off may have been granted.
    follows(release, asked);
    // A start after an end or a failure would be a second call.
    assert!(over.is_none() || started < over, "{:?}", scene.effects);
    let is_close = |e: &Effect| *e == Effect::CloseSocket;
    let closed_socket = scene.effects.iter().rposition(is_close);
    assert!(stop.is_none() || closed_socket.is_none() || stop < closed_socket);

    let closed = scene
        .effects
        .iter()
        .position(|e| *e == Effect::Report(Said::Closed));
    if let Some(closed) = closed {
        assert!(!scene.socket_open);
        for effect in &scene.effects[closed + 1..] {
            if let Effect::Report(report) = effect {
                assert!(
                    matches!(report, Said::Granted | Said::Closed),
                    "{report:?} after closed: {:?}",
                    scene.effects
                );
            }
        }
        let times = scene.count(&Effect::Report(Said::Closed));
        // A second time only for a token that came late.
        let came_late = granted.is_none_or(|granted| granted > closed);
        let is_second = scene.count(&Effect::RequestToken) == 2;
        assert!(times == 1 || times == 2 && (came_late || is_second));
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(4_000)
    })]

    #[test]
    #[holds("2.one-end")]
    fn in_any_order_of_events_each_thing_happens_at_most_once_and_in_its_place(moves in moves()) {
        play(moves);
    }

    #[test]
    #[holds("3.deadlines")]
    fn after_a_hang_up_the_deadlines_alone_lead_to_closed(moves in moves()) {
        let (mut scene, _) = play(moves);
        scene.send(Event::HangUp);
        let mut fired = 0;
        while scene.fire() {
            fired += 1;
            prop_assert!(fired <= 2, "{:?}", scene.effects);
        }
        check(&scene);
        prop_assert!(scene.words().contains(&"closed"), "{:?}", scene.effects);
        prop_assert!(!scene.socket_open);
    }

    #[test]
    #[holds("4.release-once")]
    fn a_granted_token_is_released_once_by_us_or_by_the_page_that_left(
        moves in moves(), answer_first in any::<bool>()
    ) {
        let (mut scene, mut watch) = play(moves);
        watch.make(&mut scene, Move::Event(Event::HangUp));
        if !answer_first {
            scene.fire();
        }
        watch.make(&mut scene, Move::TokenAnswer(grant()));
        watch.make(&mut scene, Move::ReleaseAnswer);
        // One that may be the late answer to an expired token's release says nothing of the second's: that has its deadline.
        if scene.words().last() != Some(&"closed") {
            scene.fire();
        }
        check(&scene);
        let words = scene.words();
        prop_assert_eq!(words.last(), Some(&"closed"));
        let ours = watch.tokens - watch.released_by_page;
        prop_assert_eq!(scene.releases(), ours, "{:?}", scene.effects);
        prop_assert!(!scene.session().awaits_unwanted_token());
        prop_assert_eq!(scene.armed, None);
    }
}
