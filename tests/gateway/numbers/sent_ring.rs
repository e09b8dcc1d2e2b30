//! What was sent with a number and has not been acknowledged: kept until it is, for a new socket to send once more.
//! Pure, and of whatever is sent.

use std::collections::VecDeque;

/// Kept frames, oldest first.
pub struct SentRing<T> {
    kept: VecDeque<(u32, T)>,
    /// The last number that was given; 0 before the first.
    last: u32,
    /// The last number that has arrived, as far as is known.
    acked: u32,
    most: usize,
    /// Something was to be sent that could not be kept.
    overflowed: bool,
}

impl<T: Clone> SentRing<T> {
    /// Keeps no more than so many.
    pub const fn new(most: usize) -> Self {
        Self {
            kept: VecDeque::new(),
            last: 0,
            acked: 0,
            most,
            overflowed: false,
        }
    }

    /// Gives it the next number and keeps it; `None` when there is no room or no number left, which is for good.
    pub fn push(&mut self, frame: T) -> Option<u32> {
        let number = self.last.checked_add(1);
        let number = number.filter(|_| self.kept.len() < self.most && !self.overflowed);
        let Some(number) = number else {
            self.overflowed = true;
            return None;
        };
        self.last = number;
        self.kept.push_back((number, frame));
        Some(number)
    }

    /// Whether something is missing in what is kept, which nobody can be sent any more.
    pub const fn overflowed(&self) -> bool {
        self.overflowed
    }

    /// All up to this number has arrived. False: no such number was ever given.
    pub fn ack(&mut self, number: u32) -> bool {
        if number > self.last {
            return false;
        }
        while self.kept.front().is_some_and(|(kept, _)| *kept <= number) {
            self.kept.pop_front();
        }
        self.acked = self.acked.max(number);
        true
    }

    /// What comes after this number, in order; `None` where that cannot be told: the number was never given, or
    /// what follows it was acknowledged and is gone.
    pub fn after(&self, number: u32) -> Option<Vec<(u32, T)>> {
        let known = self.acked <= number && number <= self.last;
        let after = self.kept.iter().filter(|(kept, _)| *kept > number);
        (known && !self.overflowed).then(|| after.cloned().collect())
    }

    /// The last so many, for who sends them once more though nobody has asked.
    pub fn newest(&self, count: usize) -> Vec<(u32, T)> {
        let skipped = self.kept.len().saturating_sub(count);
        self.kept.iter().skip(skipped).cloned().collect()
    }

    /// Leaves out so many numbers.
    pub const fn skip(&mut self, count: u32) {
        self.last = self.last.saturating_add(count);
    }
}
