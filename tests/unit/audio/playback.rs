//! From the packet to the speaker, heard on a device at the wire's own rate, where every sample that
//! comes out can be told.

use super::signal::{bytes, fit, noise, pcm_tone, rms};
use super::{DEVICE_RATES_HZ, pass_edge_hz};
use holds::holds;
use proptest::prelude::*;
use vocadesk_embed::audio::playback::PlaybackPath;

const BLOCK: usize = 64;

fn play(downlink: &mut PlaybackPath, samples: usize) -> Vec<f32> {
    let mut heard = vec![0.0; samples];
    for block in heard.chunks_mut(BLOCK) {
        downlink.play(block);
    }
    heard
}

fn to_pcm(heard: &[f32]) -> Vec<i16> {
    heard.iter().map(|s| (s * 32_768.0) as i16).collect()
}

/// What was heard from the first sound on.
fn sounding(heard: &[f32]) -> Vec<i16> {
    let heard = to_pcm(heard);
    let start = heard.iter().position(|s| *s != 0).unwrap_or(heard.len());
    heard[start..].to_vec()
}

/// Begins on a sound, not on a zero, and softly enough to need no fade.
fn speech(samples: usize) -> Vec<i16> {
    pcm_tone(440.0, 0.5, samples + 1).split_off(1)[..samples]
        .iter()
        .enumerate()
        .map(|(n, s)| if n == 0 { 100 } else { *s })
        .collect()
}

#[test]
#[holds("5.burst-played")]
fn ten_seconds_in_one_burst_are_heard_whole_to_the_sample() {
    let said = speech(240_000);
    let mut downlink = PlaybackPath::new(24_000, 1_024).unwrap();
    for packet in bytes(&said).chunks(960) {
        downlink.receive(packet);
    }
    let heard = sounding(&play(&mut downlink, 250_000));
    assert_eq!(heard[..said.len()], said);
    // Then 5 ms of fade, then nothing.
    assert!(heard[said.len() + 120..].iter().all(|s| *s == 0));
}

#[test]
fn twenty_answers_with_pauses_between_are_heard_whole_to_the_sample() {
    let said = speech(24_000);
    let mut downlink = PlaybackPath::new(24_000, 1_024).unwrap();
    for pause in 0..20 {
        downlink.receive(&bytes(&said));
        let heard = sounding(&play(&mut downlink, 26_000 + 3_000 * pause));
        assert_eq!(heard[..said.len()], said);
    }
}

#[test]
fn a_packet_on_time_is_heard_within_sixty_milliseconds_on_every_device() {
    for device in DEVICE_RATES_HZ {
        let mut downlink = PlaybackPath::new(device, 1_024).unwrap();
        let packets = bytes(&pcm_tone(1_000.0, 0.5, 24_000));
        let mut heard = Vec::new();
        for packet in packets.chunks(960) {
            downlink.receive(packet);
            let mut twenty_ms = vec![0.0; device as usize / 50];
            twenty_ms
                .chunks_mut(128)
                .for_each(|block| downlink.play(block));
            heard.extend(twenty_ms);
        }
        let first = heard.iter().position(|s| s.abs() > 0.1).unwrap();
        let late_ms = first as f64 * 1_000.0 / f64::from(device);
        println!("{device:>6} Hz: first sound after {late_ms:.1} ms");
        assert!(late_ms <= 60.0, "{device}: {late_ms} ms");
        assert!(device < 24_000 || late_ms <= 30.0, "{device}: {late_ms} ms");
        assert_eq!(downlink.playout().underruns(), 0);
    }
}

#[test]
#[holds("5.server-audio")]
fn a_tone_from_the_agent_is_a_clean_tone_on_every_device() {
    for device in DEVICE_RATES_HZ {
        for hz in [100.0, 1_000.0, pass_edge_hz(device)] {
            let mut downlink = PlaybackPath::new(device, 1_024).unwrap();
            downlink.receive(&bytes(&pcm_tone(hz, 0.9, 24_000)));
            let mut heard = vec![0.0; device as usize / 2];
            heard.chunks_mut(128).for_each(|block| downlink.play(block));
            let steady = fit(&heard[device as usize / 4..], hz, device);
            assert!(
                steady.thd_n_db() <= -80.0,
                "{device} {hz}: {}",
                steady.thd_n_db()
            );
            assert!(
                (20.0 * (steady.amplitude / 0.9).log10()).abs() <= 0.1,
                "{device} {hz}"
            );
        }
    }
}

#[test]
#[holds("5.server-clear")]
fn clear_fades_for_five_milliseconds_and_is_silent_within_twenty_on_every_device() {
    for device in DEVICE_RATES_HZ {
        let mut downlink = PlaybackPath::new(device, 1_024).unwrap();
        downlink.receive(&bytes(&pcm_tone(440.0, 0.9, 240_000)));
        let mut before = vec![0.0; device as usize / 4];
        before
            .chunks_mut(128)
            .for_each(|block| downlink.play(block));
        downlink.clear();
        let mut after = vec![0.0; device as usize / 4];
        after.chunks_mut(128).for_each(|block| downlink.play(block));

        let milliseconds = |ms: usize| ms * device as usize / 1_000;
        assert!(
            rms(&after[..milliseconds(3)]) > 0.1,
            "{device}: cut, not faded"
        );
        assert!(
            after[milliseconds(20)..].iter().all(|s| *s == 0.0),
            "{device}"
        );
        assert!(downlink.queue().is_empty());
        // No step larger than the tone's own steepest, and a tenth: the fade adds its slope, and at the
        // joint the wave turns round.
        let steepest = 0.9 * std::f64::consts::TAU * 440.0 / f64::from(device) * 1.1;
        let all = [before, after].concat();
        let joint = &all[device as usize / 8..];
        assert!(
            joint
                .windows(2)
                .all(|w| f64::from((w[0] - w[1]).abs()) < steepest),
            "{device}"
        );
    }
}

#[test]
fn an_answer_right_after_a_clear_is_heard_whole() {
    let mut downlink = PlaybackPath::new(24_000, 1_024).unwrap();
    downlink.receive(&bytes(&pcm_tone(440.0, 0.9, 240_000)));
    play(&mut downlink, 12_000);
    downlink.clear();
    let said = speech(9_600);
    downlink.receive(&bytes(&said));
    let heard = to_pcm(&play(&mut downlink, 14_400));
    assert!(heard.windows(said.len()).any(|w| w == said));
}

#[test]
fn a_last_word_right_after_a_clear_is_heard_whole_behind_the_fade() {
    let mut downlink = PlaybackPath::new(24_000, 1_024).unwrap();
    downlink.receive(&bytes(&pcm_tone(440.0, 0.9, 240_000)));
    play(&mut downlink, 12_000);
    downlink.clear();
    let said = speech(9_600);
    downlink.receive(&bytes(&said));
    // Nothing is waited for: it begins in the middle of the block in which the fade ends.
    downlink.drain();
    let heard = to_pcm(&play(&mut downlink, 14_400));
    assert!(heard.windows(said.len()).any(|w| w == said));
}

#[test]
fn a_message_without_a_sample_is_no_sound_that_came_late() {
    let mut downlink = PlaybackPath::new(24_000, 1_024).unwrap();
    downlink.receive(&bytes(&speech(4_800)));
    play(&mut downlink, 9_600);
    downlink.receive(&[]);
    downlink.receive(&[1]);
    play(&mut downlink, 9_600);
    assert_eq!(downlink.playout().underruns(), 0);
}

#[test]
fn an_underrun_is_a_gap_and_not_a_click_and_loses_nothing() {
    let first = pcm_tone(440.0, 0.9, 9_614); // breaks off at the top of the wave …
    let second = pcm_tone(607.0, 0.9, 4_810).split_off(10); // … and resumes near one
    let mut downlink = PlaybackPath::new(24_000, 1_024).unwrap();
    downlink.receive(&bytes(&first));
    let mut heard = play(&mut downlink, first.len() + 2_400);
    downlink.receive(&bytes(&second));
    heard.extend(play(&mut downlink, 7_200));

    assert_eq!(downlink.playout().underruns(), 1);
    // 100 ms, less what the first part was held back.
    assert!((1_800..2_400).contains(&downlink.playout().missing()));
    let steepest = 0.9 * std::f64::consts::TAU * 607.0 / 24_000.0 * 1.1;
    assert!(
        heard
            .windows(2)
            .all(|w| f64::from((w[0] - w[1]).abs()) < steepest)
    );
    let heard = to_pcm(&heard);
    assert!(heard.windows(first.len()).any(|w| w == first));
    // The second part is faded in over 5 ms and from there on whole.
    let whole = &second[120..];
    assert!(heard.windows(whole.len()).any(|w| w == whole));
}

#[test]
#[holds("5.server-end-call")]
fn drain_is_answered_once_and_not_before_the_last_sample() {
    for device in DEVICE_RATES_HZ {
        let mut downlink = PlaybackPath::new(device, 1_024).unwrap();
        downlink.receive(&bytes(&vec![20_000; 12_000]));
        downlink.drain();
        assert!(!downlink.take_drained(), "{device}: nothing is played yet");
        let (mut answers, mut after) = (0, 0.0f32);
        for _ in 0..device / 128 {
            let mut block = [0.0; 128];
            downlink.play(&mut block);
            if answers > 0 {
                after = block.iter().fold(after, |most, s| most.max(s.abs()));
            }
            answers += u32::from(downlink.take_drained());
        }
        assert_eq!(answers, 1, "{device}");
        assert_eq!(after, 0.0, "{device}");
    }
}

#[test]
fn drain_with_nothing_queued_is_answered_with_the_next_block() {
    let mut downlink = PlaybackPath::new(48_000, 1_024).unwrap();
    downlink.drain();
    downlink.play(&mut [0.0; 128]);
    assert!(downlink.take_drained());
    assert!(!downlink.take_drained());
}

#[test]
fn drain_does_not_wait_for_a_packet_that_would_make_the_start_safe() {
    let mut downlink = PlaybackPath::new(24_000, 1_024).unwrap();
    downlink.receive(&bytes(&[20_000; 10]));
    downlink.drain();
    assert!(play(&mut downlink, 64).iter().any(|s| *s > 0.0));
}

#[test]
fn what_a_stall_left_behind_is_taken_out_of_silence_and_never_out_of_speech() {
    // A stream that never pauses: half a second of tone, half a second of silence, in real time.
    let minute: Vec<i16> = (0..60)
        .flat_map(|_| [speech(12_000), vec![0; 12_000]].concat())
        .collect();
    let packets: Vec<Vec<u8>> = bytes(&minute).chunks(960).map(<[u8]>::to_vec).collect();
    let mut downlink = PlaybackPath::new(24_000, 1_024).unwrap();
    let mut heard = Vec::new();
    for tick in 0..3_000 {
        match tick {
            500..600 => {} // two seconds of nothing …
            600 => packets[500..=600].iter().for_each(|p| downlink.receive(p)), // … and all at once
            _ => downlink.receive(&packets[tick]),
        }
        heard.extend(play(&mut downlink, 480));
        if tick == 700 {
            assert!(downlink.queue().len() > 24_000);
        }
    }
    assert!(
        downlink.queue().len() < 2_400,
        "still {} behind",
        downlink.queue().len()
    );
    // Every half second of tone is there; the one that the stall cut is there in two parts.
    let loud = to_pcm(&heard).iter().filter(|s| **s != 0).count();
    let said = minute.iter().filter(|s| **s != 0).count();
    assert!(loud + 2_400 > said, "{loud} of {said}");
}

#[test]
fn what_a_stall_left_behind_is_taken_out_as_quickly_where_blocks_are_long() {
    // One second of tone, half a second of silence, in real time; the third second stalls.
    let stream: Vec<i16> = (0..10)
        .flat_map(|_| [speech(24_000), vec![0; 12_000]].concat())
        .collect();
    let left_after = |block: usize| {
        let mut downlink = PlaybackPath::new(24_000, 1_024).unwrap();
        let mut packets = bytes(&stream)
            .chunks(960)
            .map(<[u8]>::to_vec)
            .collect::<Vec<_>>()
            .into_iter();
        let mut played = 0;
        for tick in 0..600 {
            match tick {
                100..150 => {}
                150 => packets.by_ref().take(51).for_each(|p| downlink.receive(&p)),
                _ => packets.by_ref().take(1).for_each(|p| downlink.receive(&p)),
            }
            while played + block <= (tick + 1) * 480 {
                downlink.play(&mut vec![0.0; block]);
                played += block;
            }
        }
        downlink.queue().len()
    };
    // One long block more may be queued.
    assert!(left_after(1_024) <= left_after(128) + 1_024);
}

#[test]
fn what_an_agent_sends_ahead_is_stock_and_no_pause_in_it_is_shortened() {
    let said = [speech(12_000), vec![0; 24_000], speech(12_000)].concat();
    let mut downlink = PlaybackPath::new(24_000, 1_024).unwrap();
    for _ in 0..5 {
        downlink.receive(&bytes(&said));
        let heard = sounding(&play(&mut downlink, said.len() + 24_000));
        assert_eq!(heard[..said.len()], said);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    #[test]
    #[holds("5.burst-played")]
    fn however_packets_and_blocks_are_cut_a_burst_is_heard_to_the_sample(
        cuts in prop::collection::vec(1usize..5_000, 1..20),
        block in 1usize..=1_024,
        seed in any::<u64>(),
    ) {
        let samples: usize = cuts.iter().sum();
        let mut said: Vec<i16> = noise(seed, samples).iter().map(|s| (s * 32_767.0) as i16).collect();
        said[0] = 50;
        let mut downlink = PlaybackPath::new(24_000, 1_024).unwrap();
        let mut rest = &said[..];
        for cut in cuts {
            let (now, later) = rest.split_at(cut);
            rest = later;
            let mut message = bytes(now);
            message.extend((cut % 3 == 0).then_some(1)); // an odd byte is nobody's sample
            downlink.receive(&message);
        }
        let mut heard = vec![0.0; samples + 2_048];
        heard.chunks_mut(block).for_each(|b| downlink.play(b));
        let heard = sounding(&heard);
        prop_assert_eq!(&heard[..said.len()], &said[..]);
    }
}
