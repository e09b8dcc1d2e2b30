//! Which clicks on a host are presses. One press is one intention: a double click starts one call and does not end it, and
//! who presses "End call" just as the agent hangs up does not call again. Pure.

/// Clicks that follow each other so closely are one press, however many: a double click, a bouncing switch, a label that
/// clicks its button once more. Most double clicks take half of that.
pub const ONE_PRESS_MS: f64 = 400.0;

/// Where the browser itself says that a click is another's second half: systems wait for that half a second by default.
pub const DOUBLE_CLICK_MS: f64 = 600.0;

/// What waited for a page that was busy with the last click is told right after; not every browser says when the hand made it.
pub const WAITED_MS: f64 = 100.0;

/// Who presses so soon after the call has ended by itself has not seen it: the finger was coming down.
pub const UNSEEN_END_MS: f64 = 100.0;

/// A script that clicks so soon after the start was told does so by a timer of before: it is a double click's second half.
pub const UNSEEN_START_MS: f64 = 50.0;

/// What the page was told of a call's start.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum StartTold {
    /// Nothing yet.
    #[default]
    Not,
    /// It is being told: who clicks answers that, in a listener or in what waited for one.
    Now,
    /// All, so many ms ago.
    Ago(f64),
}

/// One click, as its event has it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Click {
    /// When, in ms on the clock of events.
    pub at_ms: f64,
    /// The how manieth of a series it is for the browser; 0 by keyboard.
    pub count: i32,
    /// The page's code clicks, and no hand.
    pub by_script: bool,
}

/// What a click finds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Found {
    /// A call is under way, which a press would end.
    pub is_busy: bool,
    /// Whether the page was told that visitor and agent talk.
    pub start_told: StartTold,
    /// So long ago, in ms, the last call ended by itself: until then a press would have ended it.
    pub ended_by_itself_ms: Option<f64>,
}

/// The clicks of one host.
#[derive(Clone, Copy, Debug, Default)]
pub struct Presses {
    last_ms: Option<f64>,
    /// When the page was done with it.
    handled_ms: Option<f64>,
}

impl Presses {
    /// Whether a click is a press.
    pub fn count(&mut self, click: Click, found: Found) -> bool {
        let most_ms = match click.count {
            ..=1 => ONE_PRESS_MS,
            _ => DOUBLE_CLICK_MS,
        };
        let belongs_to_the_last = self.last_ms.is_some_and(|last_ms| {
            let mut until_ms = last_ms + most_ms;
            // Nobody has seen before then what the last click did; who was told of the start has.
            if let Some(handled_ms) = self.handled_ms
                && found.start_told == StartTold::Not
            {
                until_ms = until_ms.max(handled_ms + WAITED_MS);
            }
            (last_ms - most_ms..until_ms).contains(&click.at_ms)
        });
        self.last_ms = Some(click.at_ms);
        // A page that calls again in a listener, or hangs up once it was told of the start, knows what it does.
        let knows_of_the_start = match found.start_told {
            StartTold::Not => false,
            StartTold::Now => true,
            StartTold::Ago(ms) => ms >= UNSEEN_START_MS,
        };
        if click.by_script && (knows_of_the_start || !found.is_busy) {
            return true;
        }
        let was_unseen = found
            .ended_by_itself_ms
            .is_some_and(|ms| (0.0..UNSEEN_END_MS).contains(&ms));
        !belongs_to_the_last && !was_unseen
    }

    /// The page has done by then what the latest click asked for, and takes the next: that may have waited for long, and its
    /// event was perhaps made only now.
    pub fn handled(&mut self, at_ms: f64) {
        self.handled_ms = Some(at_ms);
    }
}
