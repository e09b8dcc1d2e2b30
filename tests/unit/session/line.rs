//! What a line keeps, numbers and acknowledges, held against a model that knows what each side has said and heard.

use holds::holds;
use proptest::collection::vec;
use proptest::prelude::*;
use vocadesk_embed::protocol::binary_frames;
use vocadesk_embed::protocol::frames::{Number, ServerFrame};
use vocadesk_embed::protocol::sound::Sound;
use vocadesk_embed::session::line::sent_frames::{NeverSent, SentFrames};
use vocadesk_embed::session::line::{Due, Line, Taken};

const CLEAR: ServerFrame = ServerFrame::Clear;

fn packet(word: usize) -> Sound {
    Sound::Pcm(word.to_le_bytes().to_vec())
}

#[derive(Clone, Debug)]
enum Step {
    /// So many packets are spoken.
    Speak(usize),
    /// The socket takes so many.
    Send(usize),
    /// So many of what is under way arrive.
    Arrive(usize),
    /// The server acknowledges what has arrived.
    Ack,
    /// The line is lost, with all that is under way, and taken up again.
    Lose,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0..60usize).prop_map(Step::Speak),
        3 => (0..80usize).prop_map(Step::Send),
        3 => (0..80usize).prop_map(Step::Arrive),
        2 => Just(Step::Ack),
        2 => Just(Step::Lose),
    ];
    vec(step, 0..60)
}

/// The server, and what is under way to it.
#[derive(Default)]
struct Model {
    spoken: usize,
    under_way: Vec<(u32, Sound)>,
    heard: Vec<Sound>,
}

impl Model {
    fn take(&mut self, (number, packet): (u32, Sound)) {
        assert_eq!(number as usize, self.heard.len() + 1, "a gap, or twice");
        self.heard.push(packet);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(1_000)
    })]

    #[test]
    #[holds("5b.numbers", "5b.kept", "5b.resume-goes-on")]
    fn however_often_a_line_is_lost_the_server_hears_each_packet_once_and_in_order(steps in steps()) {
        let mut line = Line::new(0.0);
        let mut model = Model::default();
        let send = |line: &mut Line, model: &mut Model, most: usize| {
            for _ in 0..most {
                let Some((number, packet)) = line.next_to_send(0, 0.0) else { break };
                model.under_way.push((number, packet.clone()));
            }
        };
        for step in steps {
            match step {
                Step::Speak(packets) => for _ in 0..packets {
                    line.sent.push(0.0, packet(model.spoken));
                    model.spoken += 1;
                },
                Step::Send(most) => send(&mut line, &mut model, most),
                Step::Arrive(most) => {
                    let arrived: Vec<_> = model.under_way.drain(..most.min(model.under_way.len())).collect();
                    arrived.into_iter().for_each(|frame| model.take(frame));
                }
                Step::Ack => {
                    let ack = ServerFrame::Ack(Some(model.heard.len() as u32));
                    prop_assert_eq!(line.arrive(&ack, Number::Missing, 0.0), Taken::Next);
                }
                Step::Lose => {
                    line.lose();
                    prop_assert_eq!(line.next_to_send(0, 0.0), None);
                    model.under_way.clear();
                    line.resume(model.heard.len() as u32, 0.0).expect("nothing but what was sent");
                }
            }
        }
        // Fewer than thirty seconds were spoken at a time that nobody acknowledged, or some were dropped.
        prop_assume!(line.sent.dropped() == 0);
        send(&mut line, &mut model, usize::MAX);
        std::mem::take(&mut model.under_way).into_iter().for_each(|frame| model.take(frame));
        let all: Vec<_> = (0..model.spoken).map(packet).collect();
        prop_assert_eq!(model.heard, all);
    }

    #[test]
    #[holds("5b.ack")]
    fn whatever_numbers_a_server_says_memory_is_bounded_and_numbers_only_grow(
        acks in vec((any::<u32>(), any::<bool>(), 0..200usize), 0..40)
    ) {
        let mut sent = SentFrames::default();
        let mut last = 0;
        for (number, resumes, spoken) in acks {
            for _ in 0..spoken {
                sent.push(0.0, packet(0));
            }
            let number = number % 4_000;
            let known = if resumes { sent.resume_after(number, 0.0).map(drop) } else { sent.acknowledge(number) };
            prop_assert_eq!(known.is_err(), number > last);
            let mut given = 0;
            while let Some((number, _)) = sent.next(0) {
                given += 1;
                last = last.max(number);
            }
            prop_assert!(given <= 1_600);
        }
    }

    #[test]
    #[holds("5b.binary-header", "5b.binary-pcm16")]
    fn a_binary_frame_is_read_as_it_was_written_and_anything_else_is_malformed(
        number in any::<u32>(), samples in vec(any::<[u8; 2]>(), 1..2_000), cut in 0..5_000usize, junk in vec(any::<u8>(), 0..64)
    ) {
        let pcm = samples.as_flattened();
        let mut frame = Vec::new();
        binary_frames::write(&mut frame, &Sound::Pcm(pcm.to_vec()), Some(number));
        prop_assert_eq!(&frame[..5], [&[1], &number.to_be_bytes()[..]].concat());
        prop_assert_eq!(binary_frames::read(&frame), Some((Number::of(number), ServerFrame::Audio(pcm.to_vec()))));
        frame.truncate(cut);
        let whole = cut.min(5 + pcm.len()).saturating_sub(5) / 2 * 2;
        let read = binary_frames::read(&frame).map(|(_, frame)| match frame {
            ServerFrame::Audio(pcm) => pcm.len(),
            other => panic!("{other:?}"),
        });
        prop_assert_eq!(read, (whole > 0).then_some(whole));
        if !matches!(junk.first(), Some(1 | 2)) {
            prop_assert_eq!(binary_frames::read(&junk), None);
        }
    }
}

#[test]
#[holds("5b.kept")]
fn thirty_seconds_of_voice_are_kept_and_older_voice_is_dropped_first() {
    let mut sent = SentFrames::default();
    for word in 0..1_500 {
        sent.push(0.0, packet(word));
    }
    assert_eq!(sent.next(0), Some((1, &packet(0))));
    assert_eq!(sent.dropped(), 0);
    for word in 1_500..2_000 {
        sent.push(0.0, packet(word));
    }
    assert_eq!(sent.dropped(), 400);
    // The first was sent and its number is used up; the others had none yet.
    assert_eq!(sent.next(0), Some((2, &packet(400))));
}

#[test]
fn a_socket_that_holds_much_unsent_is_given_nothing() {
    let mut sent = SentFrames::default();
    sent.push(0.0, packet(0));
    assert_eq!(sent.next(64_000), None);
    assert!(sent.next(63_999).is_some());
}

#[test]
#[holds("5b.ack")]
fn an_acknowledgement_of_what_was_never_sent_changes_nothing() {
    let mut line = Line::new(0.0);
    line.sent.push(0.0, packet(0));
    let ack =
        |line: &mut Line, number| line.arrive(&ServerFrame::Ack(number), Number::Missing, 0.0);
    for number in [Some(1), Some(u32::MAX), None] {
        assert_eq!(ack(&mut line, number), Taken::Malformed, "{number:?}");
    }
    assert!(line.next_to_send(0, 0.0).is_some());
    assert_eq!(line.resume(2, 0.0), Err(NeverSent));
    assert_eq!(ack(&mut line, Some(1)), Taken::Next);
    assert_eq!(ack(&mut line, Some(0)), Taken::Next);
}

#[test]
#[holds("5b.numbers")]
fn what_arrives_twice_is_taken_once_and_what_jumps_is_taken_and_noticed() {
    let mut line = Line::new(0.0);
    for (number, expected) in [
        (Number::Is(1), Taken::Next),
        (Number::Is(1), Taken::Before),
        (Number::Is(2), Taken::Next),
        (Number::Missing, Taken::OutOfOrder),
        (Number::Is(9), Taken::OutOfOrder),
        (Number::Is(3), Taken::Before),
        (Number::Wrong, Taken::Malformed),
        (Number::Is(u32::MAX), Taken::OutOfOrder),
        (Number::Is(1), Taken::Before),
    ] {
        assert_eq!(line.arrive(&CLEAR, number, 0.0), expected, "{number:?}");
    }
    assert_eq!(line.received.last(), u32::MAX);
    // These have none.
    for frame in [
        ServerFrame::Ping,
        ServerFrame::Pong,
        ServerFrame::Resumed(None),
    ] {
        assert_eq!(line.arrive(&frame, Number::Missing, 0.0), Taken::Next);
    }
}

#[test]
#[holds("5b.ack-pace")]
fn what_arrives_is_acknowledged_within_a_second_and_at_once_after_fifty_frames() {
    let mut line = Line::new(0.0);
    let mut acks = Vec::new();
    // Two frames a second, as a slow talker's captions, and one looks every quarter of a second.
    for step in 0..40 {
        let now_ms = f64::from(step) * 250.0;
        if step % 2 == 0 {
            line.arrive(&CLEAR, Number::Is(step / 2 + 1), now_ms);
        }
        acks.extend(line.due(now_ms).ack.map(|_| now_ms));
    }
    assert!(
        acks[0] <= 1_000.0 && acks.windows(2).all(|pair| pair[1] - pair[0] <= 1_000.0),
        "{acks:?}"
    );
    let mut line = Line::new(0.0);
    for number in 1..=49 {
        line.arrive(&CLEAR, Number::Is(number), 0.0);
        assert_eq!(line.due(0.0).ack, None);
    }
    line.arrive(&CLEAR, Number::Is(50), 0.0);
    assert_eq!(line.due(0.0).ack, Some(50));
    assert_eq!(line.due(10_000.0).ack, None, "nothing has arrived since");
}

/// Looks four times a second for so long, and says when something was due.
fn look(line: &mut Line, until_ms: f64, hears: bool) -> (Vec<f64>, Option<f64>) {
    let (mut pings, mut lost) = (Vec::new(), None);
    let mut now_ms = 0.0;
    while now_ms < until_ms && lost.is_none() {
        now_ms += 250.0;
        let Due { ping, is_lost, .. } = line.due(now_ms);
        pings.extend(ping.then_some(now_ms));
        lost = is_lost.then_some(now_ms);
        if hears && ping {
            line.arrive(&ServerFrame::Pong, Number::Missing, now_ms);
        }
    }
    (pings, lost)
}

#[test]
#[holds("5b.ping", "5b.line-lost")]
fn a_silent_side_asks_every_five_seconds_and_ten_without_an_answer_are_a_lost_line() {
    let (pings, lost) = look(&mut Line::new(0.0), 60_000.0, true);
    assert_eq!(lost, None);
    assert_eq!(pings.len(), 12, "{pings:?}");
    let (pings, lost) = look(&mut Line::new(0.0), 60_000.0, false);
    assert_eq!(pings, [5_000.0, 10_000.0]);
    assert_eq!(lost, Some(10_000.0));
}

#[test]
fn who_has_slept_asks_first_and_takes_no_old_silence_for_a_lost_line() {
    let mut line = Line::new(0.0);
    let due = line.due(3_600_000.0);
    assert!(due.ping && !due.is_lost, "{due:?}");
    let later = |line: &mut Line, until_ms: f64| {
        let mut now_ms = 3_600_000.0;
        while now_ms < until_ms {
            now_ms += 250.0;
            if line.due(now_ms).is_lost {
                return Some(now_ms);
            }
        }
        None
    };
    assert_eq!(later(&mut line, 3_700_000.0), Some(3_610_000.0));
}

#[test]
fn a_changed_network_leaves_a_good_line_three_seconds_to_show_itself() {
    let mut line = Line::new(0.0);
    line.doubt(0.0);
    assert!(line.due(250.0).ping);
    let lost = (1..40)
        .map(|step| f64::from(step) * 250.0)
        .find(|now_ms| line.due(*now_ms).is_lost);
    assert_eq!(lost, Some(3_000.0));
}

#[test]
#[holds("5b.binary-header", "5b.binary-pcm16")]
fn a_binary_frame_is_a_kind_a_big_endian_number_and_little_endian_samples() {
    let mut frame = vec![9; 9];
    let sound = Sound::Pcm(vec![0xe8, 0x03]);
    binary_frames::write(&mut frame, &sound, Some(0x0102_0304));
    assert_eq!(frame, [1, 1, 2, 3, 4, 0xe8, 0x03]);
    binary_frames::write(&mut frame, &sound, None);
    assert_eq!(frame, [1, 0, 0, 0, 0, 0xe8, 0x03]);
    // No sound, half a sample, a header that is cut short, nothing, another kind, too much.
    let long = [&[1, 0, 0, 0, 1][..], &vec![0; 4 << 20]].concat();
    for frame in [
        &[1, 0, 0, 0, 1][..],
        &[1, 0, 0, 0, 1, 7],
        &[1, 0, 0],
        &[],
        &[3, 0, 0, 0, 1, 7, 7],
        &long,
    ] {
        assert_eq!(binary_frames::read(frame), None, "{} bytes", frame.len());
    }
    assert_eq!(
        binary_frames::read(&[1, 0, 0, 0, 1, 7, 7, 7]),
        Some((Number::Is(1), ServerFrame::Audio(vec![7, 7])))
    );
}
