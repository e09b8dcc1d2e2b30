//! One end of a call's sound: both directions, the meters and the control codes. AUDIO WORKLET;
//! pure. `exports` hands it to JavaScript; a native test holds it just as well.

use super::capture::CapturePath;
use super::level_meter::LevelMeter;
use super::playback::PlaybackPath;
use super::silence_watch::SilenceWatch;
use crate::protocol::audio_port::{self, Levels};

/// Most frames in one call: JavaScript cuts a longer render quantum into pieces of this.
pub const MOST_FRAMES: usize = 1_024;

/// Bytes of the buffer that received sound is copied into; a longer message comes in pieces. Even, so
/// that no sample is cut in two. A socket frame of 20 ms has 960.
pub const STAGING_BYTES: usize = 16_384;

/// Meters are looked at ten times a second: faster is flicker, slower is lag.
const LOOKS_PER_S: u32 = 10;

/// A fall waits for so many looks: a voice between two words is no silence, and each time that the meter is
/// drawn costs the page a frame.
const FALLS: u32 = 8;

/// The sound of one call.
pub struct Processor {
    pub(super) input: Vec<f32>,
    pub(super) output: Vec<f32>,
    pub(super) staging: Vec<u8>,
    capture_path: CapturePath,
    playback_path: PlaybackPath,
    microphone: LevelMeter,
    silence_watch: SilenceWatch,
    hushed: bool,
    look_frames: u32,
    frames_since_look: u32,
    /// Looks that found nothing louder than what is shown.
    looks: u32,
    shown: Levels,
}

impl Processor {
    /// For a device at `device_rate_hz`; `None` outside 8 to 192 kHz.
    pub fn new(device_rate_hz: u32) -> Option<Self> {
        Some(Self {
            input: vec![0.0; MOST_FRAMES],
            output: vec![0.0; MOST_FRAMES],
            staging: vec![0; STAGING_BYTES],
            capture_path: CapturePath::new(device_rate_hz, MOST_FRAMES)?,
            playback_path: PlaybackPath::new(device_rate_hz, MOST_FRAMES)?,
            microphone: LevelMeter::new(device_rate_hz),
            silence_watch: SilenceWatch::new(device_rate_hz),
            hushed: false,
            look_frames: device_rate_hz / LOOKS_PER_S,
            frames_since_look: 0,
            looks: 0,
            shown: Levels::default(),
        })
    }

    /// One block each way, of this length. What is to be sent now, in one number, so that a block is one
    /// call: how many packets in the lowest byte, the code that the call is owed in the next, what the
    /// page is told of the levels in the upper half.
    pub fn render(&mut self, frames: usize) -> u32 {
        let packets = self.capture(frames) as u32;
        self.play(frames);
        packets | self.answer() << 8 | self.levels() << 16
    }

    /// Where a block from the microphone is written, mono, before [`capture`](Self::capture).
    pub fn input(&mut self) -> &mut [f32] {
        &mut self.input
    }

    /// Takes the first `frames` of the input; returns how many packets are to be sent: none once the agent says goodbye.
    pub fn capture(&mut self, frames: usize) -> usize {
        let frames = frames.min(MOST_FRAMES);
        let block = self.input.get(..frames).unwrap_or_default();
        let ready = self.capture_path.capture(block.iter().copied());
        self.microphone.measure(block.iter().copied());
        let agent_speaks = self.playback_path.meter().steps() > 0;
        self.silence_watch.measure(block, agent_speaks);
        if self.hushed { 0 } else { ready }
    }

    /// The packets that the last [`capture`](Self::capture) made ready.
    pub fn capture_path(&self) -> &CapturePath {
        &self.capture_path
    }

    /// Queues sound from the call.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.playback_path.receive(bytes);
    }

    /// Queues the first `bytes` of the staging buffer.
    pub(super) fn receive_staged(&mut self, bytes: usize) {
        let staged = self.staging.get(..bytes.min(STAGING_BYTES));
        self.playback_path.receive(staged.unwrap_or_default());
    }

    /// Makes the next `frames` for the speaker.
    pub fn play(&mut self, frames: usize) -> &[f32] {
        let frames = frames.min(MOST_FRAMES);
        let block = self.output.get_mut(..frames).unwrap_or_default();
        self.playback_path.play(block);
        self.frames_since_look += frames as u32;
        block
    }

    /// The code that the call is owed now, or 0.
    pub fn answer(&mut self) -> u32 {
        if self.playback_path.take_drained() {
            audio_port::DRAINED
        } else {
            0
        }
    }

    /// Does what a control code says; an unknown one does nothing. False: the call is over.
    pub fn control(&mut self, code: u32) -> bool {
        match code {
            audio_port::CLEAR => self.playback_path.clear(),
            audio_port::DRAIN => self.playback_path.drain(),
            audio_port::HUSH => self.hushed = true,
            audio_port::MUTED => self.silence_watch.mute(true),
            audio_port::UNMUTED => self.silence_watch.mute(false),
            audio_port::CLOSE => return false,
            _ => {}
        }
        true
    }

    /// The levels as the page is told them, or 0: at the next look where one rose or the microphone is heard again or no more,
    /// at a later one where they only fell.
    pub fn levels(&mut self) -> u32 {
        if self.frames_since_look < self.look_frames {
            return 0;
        }
        self.frames_since_look = 0;
        self.looks += 1;
        let now = Levels {
            microphone: self.microphone.steps(),
            agent: self.playback_path.meter().steps(),
            underruns: self.playback_path.playout().underruns(),
            unheard: self.silence_watch.is_unheard(),
        };
        let shown = self.shown;
        let rose = now.microphone > shown.microphone || now.agent > shown.agent;
        if !rose && now.unheard == shown.unheard && self.looks < FALLS {
            return 0;
        }
        self.looks = 0;
        self.shown = now;
        if now == shown { 0 } else { now.to_number() }
    }

    /// The microphone's level.
    pub fn microphone(&mut self) -> &mut LevelMeter {
        &mut self.microphone
    }

    /// The speaker's half.
    pub fn playback_path(&mut self) -> &mut PlaybackPath {
        &mut self.playback_path
    }
}
