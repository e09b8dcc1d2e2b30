//! Whether a microphone gives anything at all: a switch, a dead battery or a setting of the system's makes many give zeros, and
//! the browser calls them live all the same. Pure.

/// Under the last bit of a converter of 24: what is live does not stay there.
const NOTHING: f32 = 1.0 / 16_777_216.0;

/// So long one may give nothing that has given nothing yet. Devices that wake up slowly take two or three seconds.
const AT_FIRST_S: u32 = 4;

/// And one that was heard, not counting while the agent speaks: the noise gates of some headsets and systems let nothing through
/// while nobody speaks, and a visitor may listen and think.
const ONCE_HEARD_S: u32 = 10;

/// Counts for how long the microphone has given nothing.
pub struct SilenceWatch {
    rate_hz: u32,
    silent_frames: u32,
    was_heard: bool,
    muted: bool,
}

impl SilenceWatch {
    /// For a microphone at `rate_hz` that has just come.
    pub fn new(rate_hz: u32) -> Self {
        Self {
            rate_hz,
            silent_frames: 0,
            was_heard: false,
            muted: false,
        }
    }

    /// Takes one block; `agent_speaks` meanwhile or not.
    pub fn measure(&mut self, block: &[f32], agent_speaks: bool) {
        if self.muted {
            return;
        }
        if block.iter().any(|sample| sample.abs() > NOTHING) {
            self.was_heard = true;
            self.silent_frames = 0;
        } else if !(self.was_heard && agent_speaks) {
            self.silent_frames = self.silent_frames.saturating_add(block.len() as u32);
        }
    }

    /// While the visitor is muted nothing is counted; afterwards it is from the beginning.
    pub fn mute(&mut self, muted: bool) {
        self.muted = muted;
        self.silent_frames = 0;
    }

    /// Whether that has been so for too long.
    pub fn is_unheard(&self) -> bool {
        let most_s = if self.was_heard {
            ONCE_HEARD_S
        } else {
            AT_FIRST_S
        };
        self.silent_frames >= most_s * self.rate_hz
    }
}
