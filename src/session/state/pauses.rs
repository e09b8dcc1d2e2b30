//! How long a lost line is left alone between two tries. Pure.

/// Between the first try and the second lies so much, and more before the third, and so on.
const SHORTEST_WAIT_MS: f64 = 250.0;

/// So long before the budget of a lost line is used up it is tried for the last time: an answer needs some time, too.
const LAST_TRY_MS: f64 = 2_500.0;

/// How the pauses between tries grow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pauses {
    /// Each is so much longer than the one before it.
    growth: f64,
    /// And never longer than this, but for the jitter.
    most_ms: f64,
    /// Each try that fails delays those after it, so none is made that cannot succeed.
    are_dear: bool,
}

impl Pauses {
    /// Of browsers that open a socket when they are asked to.
    pub const USUAL: Self = Self {
        growth: 1.6,
        most_ms: 3_000.0,
        are_dear: false,
    };

    /// Firefox lets a socket wait after each failure: 0.2 to 0.4 s after the first, and each time 1.5 times as long, counted
    /// for the address, port and path (its pref `network.websocket.delay-failed-reconnects`). At our usual pace it would be
    /// 10 s after ten tries, and a server that is back after 25 s would be asked too late. After nine tries it is less than the
    /// 7 s that lie before the last of them.
    pub const FEW: Self = Self {
        growth: 2.0,
        most_ms: 7_000.0,
        are_dear: true,
    };

    /// When to try again, after so many tries: some time before the budget is used up at the latest, for there is no
    /// other chance then.
    pub fn next_try_ms(
        self,
        now_ms: f64,
        until_ms: f64,
        tries: u32,
        jitter: f64,
        is_offline: bool,
    ) -> f64 {
        let wait_ms = SHORTEST_WAIT_MS * self.growth.powi(tries as i32 - 1);
        let next_ms = now_ms + wait_ms.min(self.most_ms) * jitter;
        let last_ms = until_ms - LAST_TRY_MS;
        if now_ms >= last_ms {
            next_ms
        } else if !self.are_dear {
            next_ms.min(last_ms)
        } else if is_offline {
            last_ms
        } else {
            // The longest pauses are counted from the end: none is cut short before the last try.
            let rest = ((last_ms - now_ms) / self.most_ms).ceil() - 1.0;
            next_ms.min(last_ms - rest * self.most_ms)
        }
    }
}
