//! Finds where someone speaks: energy-based voice activity detection with an adaptive noise floor.
//!
//! Pure and without a clock: it is driven by frames of 20 ms, and its answers are frame numbers.

use std::collections::VecDeque;

/// Milliseconds in a frame.
pub const FRAME_MS: u32 = 20;

/// A frame counts as voiced this far above the noise floor. Steady noise varies by 1 dB from frame to
/// frame and the floor is its minimum; speech stands 10 dB and more above a usable room's noise.
const MARGIN_DB: f32 = 7.0;

/// Below this level (dB re full scale) nothing is speech, however quiet the room: it is the dither
/// and hum of a muted microphone. Speech after a browser's gain control lies at −30 to −15 dB.
const GATE_DB: f32 = -52.0;

/// Digital silence is given this level, so that the floor stays finite.
const LEAST_DB: f32 = -80.0;

/// The floor is the lowest level of the last 4 s, kept as minima of blocks of 0.5 s. Longer than any
/// stretch of speech without a stop consonant; short enough to get used to a fan in one breath.
const BLOCK_FRAMES: u32 = 25;
const BLOCKS: usize = 8;

/// Speech begins when 3 of the last 5 frames (60 of 100 ms) are voiced: a click is shorter.
const ONSET_VOICED: u32 = 3;
const ONSET_WINDOW: u32 = 5;

/// Utterances with fewer voiced frames than this (100 ms) are coughs and knocks.
const LEAST_VOICED: u64 = 5;

/// After 30 s the turn ends even without a pause; nobody wants more said back, and it bounds memory.
const MOST_FRAMES: u64 = 1500;

/// A stretch of speech: frames `from..to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utterance {
    /// First voiced frame.
    pub from: u64,
    /// One past the last voiced frame.
    pub to: u64,
}

/// What a frame brought to light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Someone began to speak.
    Began,
    /// Someone has finished.
    Ended(Utterance),
    /// What had begun was no speech.
    Dismissed,
}

/// The detector.
#[derive(Debug)]
pub struct Voice {
    pause_frames: u64,
    /// Frames heard so far.
    heard: u64,
    floor: Floor,
    /// Whether each of the latest frames was voiced; the newest is bit 0.
    recent: u32,
    talk: Option<Talk>,
}

#[derive(Debug)]
struct Talk {
    from: u64,
    last_voiced: u64,
    voiced: u64,
}

impl Voice {
    /// A pause of this many milliseconds ends an utterance.
    pub fn new(pause_ms: u32) -> Self {
        Self {
            pause_frames: u64::from(pause_ms.div_ceil(FRAME_MS)).max(1),
            heard: 0,
            floor: Floor::default(),
            recent: 0,
            talk: None,
        }
    }

    /// Hears one frame of 20 ms.
    pub fn push(&mut self, frame: &[i16]) -> Option<Found> {
        let level = level_db(frame);
        let floor = self.floor.follow(level);
        let voiced = level > GATE_DB.max(floor + MARGIN_DB);
        let now = self.heard;
        self.heard += 1;
        self.recent = ((self.recent << 1) | u32::from(voiced)) & ((1 << ONSET_WINDOW) - 1);

        let Some(talk) = &mut self.talk else {
            if self.recent.count_ones() < ONSET_VOICED {
                return None;
            }
            // The oldest voiced frame of the window is where it began.
            let age = u64::from(self.recent.ilog2());
            self.talk = Some(Talk {
                from: now.saturating_sub(age),
                last_voiced: now,
                voiced: u64::from(ONSET_VOICED),
            });
            return Some(Found::Began);
        };
        if voiced {
            talk.last_voiced = now;
            talk.voiced += 1;
        }
        let paused = now - talk.last_voiced >= self.pause_frames;
        if paused || now - talk.from >= MOST_FRAMES {
            return self.finish();
        }
        None
    }

    /// Ends what is being said, as if the pause had come: the microphone's frames have stopped.
    pub fn finish(&mut self) -> Option<Found> {
        self.recent = 0;
        let talk = self.talk.take()?;
        Some(if talk.voiced < LEAST_VOICED {
            Found::Dismissed
        } else {
            Found::Ended(Utterance {
                from: talk.from,
                to: talk.last_voiced + 1,
            })
        })
    }

    /// Milliseconds of voice in the utterance that is going on; `None` while nobody speaks.
    pub fn voiced_ms(&self) -> Option<u64> {
        Some(self.talk.as_ref()?.voiced * u64::from(FRAME_MS))
    }

    /// Frames heard so far: the number that the next frame will have.
    pub const fn heard(&self) -> u64 {
        self.heard
    }
}

/// The lowest level of the last seconds.
#[derive(Debug)]
struct Floor {
    blocks: VecDeque<f32>,
    current: f32,
    frames: u32,
}

impl Default for Floor {
    fn default() -> Self {
        Self {
            blocks: VecDeque::with_capacity(BLOCKS),
            current: f32::INFINITY,
            frames: 0,
        }
    }
}

impl Floor {
    fn follow(&mut self, level: f32) -> f32 {
        self.current = self.current.min(level);
        let floor = self.blocks.iter().copied().fold(self.current, f32::min);
        self.frames += 1;
        if self.frames == BLOCK_FRAMES {
            if self.blocks.len() == BLOCKS {
                self.blocks.pop_front();
            }
            self.blocks.push_back(self.current);
            self.current = f32::INFINITY;
            self.frames = 0;
        }
        floor
    }
}

/// Level in dB re full scale, without the constant part that cheap converters add.
fn level_db(frame: &[i16]) -> f32 {
    if frame.is_empty() {
        return LEAST_DB;
    }
    let count = frame.len() as f32;
    let mean = frame.iter().map(|&s| f32::from(s)).sum::<f32>() / count;
    let power = frame
        .iter()
        .map(|&s| (f32::from(s) - mean).powi(2))
        .sum::<f32>()
        / count;
    let full_scale = f32::from(i16::MAX).powi(2);
    (10.0 * (power / full_scale).log10()).max(LEAST_DB)
}
