//! Packets → speaker.
//!
//! Every sample that was queued is played, once and in order; only [`clear`](PlaybackPath::clear) drops any.
//! Where sound breaks off, by an underrun or by a clear, its last 5 ms are run backwards under a fade:
//! that joins without a step, so that a gap is heard as a gap and not as a click.

use super::level_meter::LevelMeter;
use super::playout_delay::PlayoutDelay;
use super::sample_queue::SampleQueue;
use crate::protocol::audio_port::WIRE_RATE_HZ;
use crate::resampler::Resampler;

/// Full scale of PCM16.
const FULL_SCALE: f32 = 32_768.0;

/// 5 ms at 24 kHz: the fade that the sound bar asks for.
const FADE_SAMPLES: usize = 120;

/// A spurt that begins above this is faded in: −50 dBFS, a step that a quiet room does not let one hear.
const STEP: u16 = 104;

/// The grain in which silence is left out, 10 ms at 24 kHz: long enough to tell it from a zero crossing.
const SILENCE_SAMPLES: usize = 240;

/// Frames that an AudioWorklet renders at a time: for each of them one grain may be left out.
const RENDER_FRAMES: usize = 128;

/// Loudest sample of what counts as silence: −60 dBFS, where a far end's noise suppression lies.
const SILENCE: u16 = 33;

/// The speaker's half of a call.
pub struct PlaybackPath {
    queue: SampleQueue,
    playout: PlayoutDelay,
    resampler: Resampler,
    meter: LevelMeter,
    /// Samples at 24 kHz since the beginning, silence included: the only clock here.
    now: u64,
    playing: bool,
    /// Samples of a fade-in that are still to come.
    fade_in: usize,
    ending: Ending,
    draining: bool,
    /// Samples of nothing since the last one of something.
    silent: usize,
    /// One block at 24 kHz, on its way into the resampler.
    block: Vec<f32>,
}

impl PlaybackPath {
    /// For a device at `device_rate_hz` that wants up to `most_frames` at a time; `None` where the rate
    /// is out of bounds.
    pub fn new(device_rate_hz: u32, most_frames: usize) -> Option<Self> {
        let back = Resampler::new(device_rate_hz, WIRE_RATE_HZ, 0)?;
        let most_inputs = back.outputs_within(most_frames) + 1;
        Some(Self {
            queue: SampleQueue::new(),
            playout: PlayoutDelay::new(),
            resampler: Resampler::new(WIRE_RATE_HZ, device_rate_hz, most_inputs)?,
            meter: LevelMeter::new(WIRE_RATE_HZ),
            now: 0,
            playing: false,
            fade_in: 0,
            ending: Ending::new(),
            draining: false,
            silent: usize::MAX,
            block: Vec::with_capacity(most_inputs),
        })
    }

    /// Queues PCM16 little-endian at 24 kHz; an odd last byte is dropped. The only thing here that
    /// allocates.
    pub fn receive(&mut self, bytes: &[u8]) {
        let samples = bytes.len() / 2;
        if samples > 0 {
            self.queue.push(bytes);
            self.playout.arrived(self.now, samples);
        }
    }

    /// Drops what is queued. Silent 5 ms later (and the resampler's delay).
    pub fn clear(&mut self) {
        self.queue.clear();
        self.playout.cleared(self.now);
        self.stop();
    }

    /// Nothing more will come: [`take_drained`](Self::take_drained) says when the last sample was played.
    pub fn drain(&mut self) {
        self.draining = true;
    }

    /// True once for each [`drain`](Self::drain): the last sample has left.
    pub fn take_drained(&mut self) -> bool {
        let drained = self.draining
            && self.queue.is_empty()
            && self.silent > 2 * self.resampler.delay_inputs();
        if drained {
            self.draining = false;
        }
        drained
    }

    /// Fills one mono block of at most `most_frames`.
    pub fn play(&mut self, output: &mut [f32]) {
        // As quickly, however long a block is: where there is no worklet they are eight times as long.
        for _ in 0..output.len().div_ceil(RENDER_FRAMES) {
            self.catch_up();
        }
        if !self.playing
            && self
                .playout
                .may_play(self.now, self.queue.len(), self.draining)
        {
            self.start();
        }
        let wanted = self.resampler.inputs_for(output.len());
        self.block.clear();
        self.play_ending(wanted);
        if self.playing {
            self.play_queued(wanted);
        }
        self.silent = self.silent.saturating_add(wanted - self.block.len());
        self.block.resize(wanted, 0.0);
        self.now += wanted as u64;
        self.meter.measure(self.block.iter().copied());

        let limit = output.len();
        let mut slots = output.iter_mut();
        self.resampler
            .process(self.block.iter().copied(), limit, |sample| {
                if let Some(slot) = slots.next() {
                    *slot = sample;
                }
            });
    }

    /// The agent's level.
    pub fn meter(&mut self) -> &mut LevelMeter {
        &mut self.meter
    }

    /// When and why sound was or was not played.
    pub fn playout(&self) -> &PlayoutDelay {
        &self.playout
    }

    /// What is still to be played.
    pub fn queue(&self) -> &SampleQueue {
        &self.queue
    }

    /// Leaves out the next 10 ms where they only add to the delay and there is nothing in them.
    fn catch_up(&mut self) {
        if !self.playing {
            return;
        }
        self.playout.observe(self.now, self.queue.len());
        let next = self.queue.front().get(..SILENCE_SAMPLES);
        if self.playout.surplus() >= SILENCE_SAMPLES
            && next.is_some_and(|n| n.iter().all(|sample| sample.unsigned_abs() <= SILENCE))
        {
            self.queue.skip(SILENCE_SAMPLES);
            self.playout.left_out(SILENCE_SAMPLES);
        }
    }

    fn start(&mut self) {
        self.playing = true;
        let first = self.queue.front().first().copied().unwrap_or_default();
        self.fade_in = if first.unsigned_abs() > STEP {
            FADE_SAMPLES
        } else {
            0
        };
    }

    /// The sound breaks off here.
    fn stop(&mut self) {
        if self.playing {
            self.playing = false;
            self.ending.begin();
        }
    }

    fn play_ending(&mut self, wanted: usize) {
        while self.block.len() < wanted
            && let Some(sample) = self.ending.next()
        {
            self.block.push(sample);
            self.silent = 0;
        }
    }

    fn play_queued(&mut self, wanted: usize) {
        let missing = wanted - self.block.len();
        let (block, ending, fade_in) = (&mut self.block, &mut self.ending, &mut self.fade_in);
        let taken = self.queue.read(missing, |sample| {
            let mut sample = f32::from(sample) / FULL_SCALE;
            if *fade_in > 0 {
                sample *= 1.0 - *fade_in as f32 / FADE_SAMPLES as f32;
                *fade_in -= 1;
            }
            ending.remember(sample);
            block.push(sample);
        });
        if taken > 0 {
            self.silent = 0;
        }
        if taken < missing {
            self.playout.ran_dry(self.now + self.block.len() as u64);
            self.stop();
            self.play_ending(wanted);
        }
    }
}

/// The last 5 ms played, and their fading echo once nothing follows them.
struct Ending {
    recent: [f32; FADE_SAMPLES],
    /// Where in `recent` the oldest sample stands.
    oldest: usize,
    /// Samples of the echo still to come.
    left: usize,
}

impl Ending {
    fn new() -> Self {
        Self {
            recent: [0.0; FADE_SAMPLES],
            oldest: 0,
            left: 0,
        }
    }

    fn remember(&mut self, sample: f32) {
        if let Some(slot) = self.recent.get_mut(self.oldest) {
            *slot = sample;
        }
        // A remainder takes longer than all the rest here.
        self.oldest += 1;
        if self.oldest == FADE_SAMPLES {
            self.oldest = 0;
        }
    }

    fn begin(&mut self) {
        self.left = FADE_SAMPLES;
    }

    /// The next sample of the echo. What was said once is forgotten: a spurt shorter than the fade must
    /// not bring back the one before.
    fn next(&mut self) -> Option<f32> {
        let gain = self.left as f32 / (FADE_SAMPLES + 1) as f32;
        self.left = self.left.checked_sub(1)?;
        self.oldest = (self.oldest + FADE_SAMPLES - 1) % FADE_SAMPLES;
        let sample = self.recent.get_mut(self.oldest)?;
        Some(std::mem::take(sample) * gain)
    }
}
