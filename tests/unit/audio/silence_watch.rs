//! A microphone that gives nothing: told after some seconds, and not of one that is only quiet.

use proptest::prelude::*;
use vocadesk_embed::audio::processor::Processor;
use vocadesk_embed::audio::silence_watch::SilenceWatch;
use vocadesk_embed::protocol::audio_port::{self, Levels};

const RATE_HZ: usize = 48_000;

/// Blocks of one value for so many seconds.
fn hear(watch: &mut SilenceWatch, seconds: usize, sample: f32, agent_speaks: bool) {
    for _ in 0..seconds * RATE_HZ / 480 {
        watch.measure(&[sample; 480], agent_speaks);
    }
}

fn watch() -> SilenceWatch {
    SilenceWatch::new(RATE_HZ as u32)
}

#[test]
fn a_microphone_that_never_gave_anything_is_unheard_after_four_seconds_also_while_the_agent_speaks()
{
    for agent_speaks in [false, true] {
        let mut watch = watch();
        hear(&mut watch, 3, 0.0, agent_speaks);
        assert!(!watch.is_unheard());
        hear(&mut watch, 1, 0.0, agent_speaks);
        assert!(watch.is_unheard());
    }
}

#[test]
fn a_microphone_that_speaks_is_heard_with_its_first_sample() {
    let mut watch = watch();
    hear(&mut watch, 5, 0.0, false);
    let mut block = [0.0; 480];
    block[479] = 1e-6;
    watch.measure(&block, false);
    assert!(!watch.is_unheard());
}

#[test]
fn a_microphone_that_was_heard_may_be_silent_while_the_agent_speaks_and_ten_seconds_more() {
    let mut watch = watch();
    hear(&mut watch, 1, 0.1, false);
    hear(&mut watch, 60, 0.0, true);
    hear(&mut watch, 9, 0.0, false);
    assert!(!watch.is_unheard());
    hear(&mut watch, 1, 0.0, false);
    assert!(watch.is_unheard());
    // What the agent says about it takes nothing back.
    hear(&mut watch, 1, 0.0, true);
    assert!(watch.is_unheard());
}

#[test]
fn the_noise_of_the_quietest_converter_is_no_silence() {
    // One bit of 24, now and then.
    let mut watch = watch();
    for _ in 0..10 {
        hear(&mut watch, 3, 0.0, false);
        watch.measure(&[1.2e-7], false);
    }
    assert!(!watch.is_unheard());
}

#[test]
fn what_is_no_sound_is_silence() {
    for nothing in [f32::NAN, -0.0, f32::MIN_POSITIVE, -5e-8] {
        let mut watch = watch();
        hear(&mut watch, 4, nothing, false);
        assert!(watch.is_unheard(), "{nothing}");
    }
}

#[test]
fn while_muted_nothing_counts_and_afterwards_it_is_counted_from_the_beginning() {
    let mut watch = watch();
    hear(&mut watch, 5, 0.0, false);
    watch.mute(true);
    assert!(!watch.is_unheard());
    hear(&mut watch, 60, 0.0, false);
    assert!(!watch.is_unheard());
    watch.mute(false);
    hear(&mut watch, 3, 0.0, false);
    assert!(!watch.is_unheard());
    hear(&mut watch, 1, 0.0, false);
    assert!(watch.is_unheard());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..Default::default() })]

    /// A twin that keeps every second, and looks back.
    #[test]
    fn any_second_is_told_as_who_looks_back_over_all_of_them_would(
        seconds in prop::collection::vec((any::<bool>(), any::<bool>(), 0..20_u8), 1..60),
    ) {
        let mut watch = SilenceWatch::new(100);
        let (mut muted, mut past) = (false, Vec::new());
        for (speaks, agent_speaks, dice) in seconds {
            if dice == 0 {
                muted = !muted;
                watch.mute(muted);
                past.retain(|(speaks, _)| *speaks);
            }
            let level = if speaks && dice < 3 { 0.5 } else { 0.0 };
            watch.measure(&[level; 100], agent_speaks);
            if !muted {
                past.push((level > 0.0, agent_speaks));
            }
            let was_heard = past.iter().any(|(speaks, _)| *speaks);
            let since = past.iter().rev().take_while(|(speaks, _)| !speaks);
            let silent = since.filter(|(_, agent)| !was_heard || !agent).count();
            prop_assert_eq!(watch.is_unheard(), silent >= if was_heard { 10 } else { 4 });
        }
    }
}

/// What the page is told in so many tenths of a second with these samples.
fn told(processor: &mut Processor, tenths: usize, sample: f32) -> Vec<Levels> {
    let mut told = Vec::new();
    for _ in 0..tenths * 5 {
        processor.input()[..480].fill(sample);
        told.extend(Levels::read(processor.render(480) >> 16));
    }
    told
}

#[test]
fn the_page_is_told_within_a_tenth_of_a_second_that_nothing_comes_and_that_something_does() {
    let mut processor = Processor::new(24_000).unwrap();
    assert_eq!(told(&mut processor, 39, 0.0), []);
    let nothing = Levels {
        unheard: true,
        ..Levels::default()
    };
    assert_eq!(told(&mut processor, 1, 0.0), [nothing]);
    assert_eq!(told(&mut processor, 50, 0.0), []);
    // Too quiet for a step of the meter.
    assert_eq!(told(&mut processor, 1, 1e-5), [Levels::default()]);
}

#[test]
fn the_page_mutes_the_watch_and_not_the_meter() {
    let mut processor = Processor::new(24_000).unwrap();
    assert!(processor.control(audio_port::MUTED));
    assert_eq!(told(&mut processor, 80, 0.0), []);
    assert!(processor.control(audio_port::UNMUTED));
    assert_eq!(told(&mut processor, 39, 0.0), []);
    assert!(told(&mut processor, 1, 0.0)[0].unheard);
    // Muted, it is taken back at once.
    assert!(processor.control(audio_port::MUTED));
    assert!(!told(&mut processor, 1, 0.0)[0].unheard);
}
