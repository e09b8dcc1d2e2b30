//! What passes between call and audio, straight from worklet to worker and back; and the few control codes
//! between page and audio.
//!
//! A message on the call's channel is either an `ArrayBuffer` (a packet of sound) or a number (a control
//! code). Nothing else ever crosses it, so that fifty messages a second need no decoding.
//!
//! A packet is PCM16 little-endian mono at [`WIRE_RATE_HZ`]. Packets from the microphone
//! hold exactly [`PACKET_BYTES`]; downlink packets hold whatever
//! one socket frame brought, any even number of bytes.
//!
//! On the page's own port to the worklet, numbers are control codes too, all different from the
//! call's. Beside them the page sends one message that carries the call's `MessagePort`, and the worklet
//! sends the [`Levels`]: a number above all codes.

/// Samples a second on the wire, whatever the device runs at (wire version 1).
pub const WIRE_RATE_HZ: u32 = 24_000;

/// Samples in one packet: 20 ms at [`WIRE_RATE_HZ`].
pub const PACKET_SAMPLES: usize = 480;

/// Bytes in one packet: PCM16 little-endian mono.
pub const PACKET_BYTES: usize = PACKET_SAMPLES * 2;

/// Frames in one render quantum of the Web Audio API 1.0.
pub const RENDER_QUANTUM_FRAMES: usize = 128;

/// How long one packet lasts, in milliseconds.
pub const PACKET_MILLIS: f64 = 20.0;

/// Call → audio: drop all that is queued, now (with a short fade).
pub const CLEAR: u32 = 1;

/// Call → audio: nothing more will come; answer [`DRAINED`] once the last queued sample was played.
pub const DRAIN: u32 = 2;

/// Call → audio: send no more microphone packets (the agent is saying goodbye).
pub const HUSH: u32 = 3;

/// Audio → call: the answer to [`DRAIN`].
pub const DRAINED: u32 = 4;

/// Audio → page: sound flows through the worklet; a message port to the call may be sent.
pub const READY: u32 = 5;

/// Page → audio: the call is over; stop and give everything back.
pub const CLOSE: u32 = 6;

/// Audio → page: the module has trapped; nothing more will come.
pub const DIED: u32 = 7;

/// Page → audio: the visitor is muted: that the microphone gives nothing means nothing.
pub const MUTED: u32 = 8;

/// Page → audio: the visitor is to be heard again.
pub const UNMUTED: u32 = 9;

/// A meter shows so many steps: of 10 dB, and two or three pixels of a button's text. Within a step it
/// costs the page nothing.
pub const STEPS: u32 = 5;

/// Audio → page: from this number on it is levels. Two bytes hold all of them.
const LEVELS: u32 = 0x8000;

/// Set in that number while the microphone gives nothing.
const UNHEARD: u32 = 0x4000;

/// More underruns than this in one call are told as so many.
pub const MOST_UNDERRUNS: u32 = 255;

/// What the worklet tells the page while sound flows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    /// Steps of the microphone's meter.
    pub microphone: u32,
    /// Steps of the agent's.
    pub agent: u32,
    /// How often sound was late so far.
    pub underruns: u32,
    /// The microphone has given nothing for so long that something is wrong with it.
    pub unheard: bool,
}

impl Levels {
    /// The number that tells them.
    pub fn to_number(self) -> u32 {
        let unheard = if self.unheard { UNHEARD } else { 0 };
        let underruns = self.underruns.min(MOST_UNDERRUNS);
        LEVELS + unheard + underruns * 64 + self.microphone * 8 + self.agent
    }

    /// What such a number tells, if it is one.
    pub fn read(number: u32) -> Option<Self> {
        let levels = number.checked_sub(LEVELS)?;
        Some(Self {
            microphone: levels / 8 % 8,
            agent: levels % 8,
            underruns: levels / 64 % (MOST_UNDERRUNS + 1),
            unheard: levels & UNHEARD != 0,
        })
    }
}
