//! Both directions together, as the worklet drives them.

use super::signal::{bytes, pcm_tone, tone};
use vocadesk_embed::audio::engine::{Engine, MOST_FRAMES};
use vocadesk_embed::shared::packet;

fn speak(engine: &mut Engine, signal: &[f32]) -> Vec<i16> {
    let mut sent = Vec::new();
    for block in signal.chunks(128) {
        engine.input()[..block.len()].copy_from_slice(block);
        let ready = engine.capture(block.len());
        for packet in engine.uplink().packets().take(ready) {
            sent.extend_from_slice(packet);
        }
    }
    sent
}

#[test]
fn a_hushed_microphone_sends_nothing_more() {
    let mut engine = Engine::new(48_000).unwrap();
    let second = tone(440.0, 48_000, 0.5, 48_000);
    assert!(!speak(&mut engine, &second).is_empty());
    assert!(engine.control(packet::HUSH));
    assert!(speak(&mut engine, &second).is_empty());
}

#[test]
fn nothing_said_while_muted_is_in_any_packet() {
    let mut engine = Engine::new(48_000).unwrap();
    let second = tone(440.0, 48_000, 0.5, 48_000);
    engine.control(packet::MUTE);
    assert!(speak(&mut engine, &second).is_empty());
    engine.control(packet::UNMUTE);
    let silence = vec![0.0; 48_000];
    let sent = speak(&mut engine, &silence);
    assert!(sent.len() > 20_000 && sent.iter().all(|s| *s == 0));
}

#[test]
fn close_ends_it_and_an_unknown_word_does_nothing() {
    let mut engine = Engine::new(48_000).unwrap();
    assert!(engine.control(0) && engine.control(packet::READY) && engine.control(u32::MAX));
    assert!(!engine.control(packet::CLOSE));
}

#[test]
fn drain_is_answered_with_the_word_drained_once() {
    let mut engine = Engine::new(48_000).unwrap();
    engine.receive(&bytes(&pcm_tone(440.0, 0.5, 4_800)));
    engine.control(packet::DRAIN);
    let answers: Vec<u32> = (0..375)
        .map(|_| {
            engine.play(128);
            engine.answer()
        })
        .filter(|answer| *answer != 0)
        .collect();
    assert_eq!(answers, [packet::DRAINED]);
}

#[test]
fn levels_are_told_ten_times_a_second_and_not_at_all_while_they_stay() {
    let mut engine = Engine::new(48_000).unwrap();
    let told = |engine: &mut Engine, amplitude: f64| {
        let mut times = 0;
        for block in tone(440.0, 48_000, amplitude, 48_000).chunks(128) {
            engine.input()[..128].copy_from_slice(block);
            engine.capture(128);
            engine.play(128);
            times += u32::from(engine.levels_changed());
        }
        times
    };
    assert_eq!(told(&mut engine, 0.0), 1);
    assert_eq!(told(&mut engine, 0.0), 0);
    assert!((1..=10).contains(&told(&mut engine, 0.5)));
    assert!(engine.microphone().rms_dbfs() > -12.0);
}

#[test]
fn more_frames_than_fit_are_cut_to_what_fits() {
    let mut engine = Engine::new(48_000).unwrap();
    engine.capture(usize::MAX);
    assert_eq!(engine.play(usize::MAX).len(), MOST_FRAMES);
}

#[test]
fn a_rate_that_no_device_has_gives_no_engine() {
    assert!(
        Engine::new(0).is_none() && Engine::new(4_000).is_none() && Engine::new(400_000).is_none()
    );
}
