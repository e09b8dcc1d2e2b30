//! A clock that is never set back. The browser's own is steady as well, but for what a page or a machine that slept makes of
//! it; and a deadline that is measured from a time to come would never pass. Pure.

/// Times of one clock, in ms.
#[derive(Clone, Copy, Debug)]
pub struct SteadyClock {
    last_ms: f64,
    /// By so much the clock below was set back so far.
    behind_ms: f64,
}

impl Default for SteadyClock {
    fn default() -> Self {
        Self::new()
    }
}

impl SteadyClock {
    /// One that has not been read yet.
    pub const fn new() -> Self {
        Self {
            last_ms: f64::NEG_INFINITY,
            behind_ms: 0.0,
        }
    }

    /// What the time is when the clock below says this.
    pub fn read(&mut self, below_ms: f64) -> f64 {
        if below_ms + self.behind_ms < self.last_ms {
            self.behind_ms = self.last_ms - below_ms;
        }
        self.last_ms = below_ms + self.behind_ms;
        self.last_ms
    }
}
