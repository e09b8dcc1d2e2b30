//! The parrot: greets, says back what the visitor says, falls silent when talked over, says goodbye
//! after a while of quiet. Silence counts from the end of its own playback or of the visitor's words,
//! whichever is later, and by the clock: a muted microphone may send nothing at all.

use std::collections::VecDeque;
use std::time::Duration;

use super::super::config;
use super::super::wire::{FRAME_SAMPLES, RATE_HZ};
use super::voice::{FRAME_MS, Found, Utterance, Voice};
use super::{Agent, Order, frames, speech};

/// Speech is sent this far ahead of real time: twice the jitter of a poor mobile link, yet little
/// enough that a `clear` never has much to throw away.
const LEAD: Duration = Duration::from_millis(200);

/// What lies this long before the first voiced frame is said back too: soft first sounds
/// (h, f, s) stay below the detector's threshold.
const PREROLL_FRAMES: u64 = 10;

/// The same for fading last sounds.
const POSTROLL_FRAMES: u64 = 5;

/// Voice of this many milliseconds while the parrot speaks interrupts it: longer than a cough or a
/// "mm", shorter than two words.
const INTERRUPT_MS: u64 = 200;

/// Without microphone frames for this long in the middle of an utterance, the utterance is over (a
/// muted client may send none). A second: a network stall is mostly shorter, and its frames come late.
const MIC_STOPPED: Duration = Duration::from_secs(1);

/// The silent frames that are kept: pre-roll and the detector's onset window, and some to spare.
const KEPT_FRAMES: usize = 32;

const FRAME: Duration = Duration::from_millis(FRAME_MS as u64);

/// The parrot in one call.
pub struct Parrot {
    manners: config::Parrot,
    silence: Duration,
    mood: Mood,
    voice: Voice,
    /// Samples that do not fill a frame yet.
    partial: Vec<i16>,
    /// Frames kept for saying back; the last one is frame `voice.heard() - 1`.
    kept: VecDeque<Vec<i16>>,
    /// Frames of speech not sent yet.
    to_say: VecDeque<Vec<i16>>,
    /// When the client will have played all that was sent, at the earliest.
    played: Duration,
    quiet_since: Duration,
    last_heard: Duration,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    New,
    Talking,
    Leaving,
    Gone,
}

impl Parrot {
    /// A parrot with these manners.
    pub fn new(manners: &config::Parrot) -> Self {
        Self {
            silence: Duration::try_from_secs_f64(manners.silence_secs).unwrap_or(Duration::MAX),
            mood: Mood::New,
            voice: Voice::new(manners.pause_ms),
            partial: Vec::new(),
            kept: VecDeque::new(),
            to_say: VecDeque::new(),
            played: Duration::ZERO,
            quiet_since: Duration::ZERO,
            last_heard: Duration::ZERO,
            manners: manners.clone(),
        }
    }

    fn speaks(&self, now: Duration) -> bool {
        !self.to_say.is_empty() || now < self.played
    }

    fn say(&mut self, samples: &[i16], text: &str, orders: &mut Vec<Order>) {
        self.to_say.extend(frames(samples));
        orders.push(Order::Transcript {
            role: "assistant",
            text: text.to_owned(),
        });
    }

    fn hear_frame(&mut self, frame: Vec<i16>, now: Duration, orders: &mut Vec<Order>) {
        let found = self.voice.push(&frame);
        self.kept.push_back(frame);
        if self.voice.voiced_ms() >= Some(INTERRUPT_MS) && self.speaks(now) {
            self.to_say.clear();
            self.played = now;
            orders.push(Order::Clear);
        }
        self.take_note(found, now, orders);
        if self.voice.voiced_ms().is_none() {
            let surplus = self.kept.len().saturating_sub(KEPT_FRAMES);
            self.kept.drain(..surplus);
        }
    }

    fn take_note(&mut self, found: Option<Found>, now: Duration, orders: &mut Vec<Order>) {
        let Some(Found::Ended(words)) = found else {
            return;
        };
        self.quiet_since = now;
        // A short word into the parrot's speech did not interrupt it, and is not answered.
        if self.speaks(now) {
            return;
        }
        let samples = self.recall(words);
        let seconds = (words.to - words.from) as f64 * FRAME.as_secs_f64();
        let text = format!("… ({seconds:.1} s)");
        orders.push(Order::Transcript {
            role: "user",
            text: text.clone(),
        });
        self.say(&samples, &text, orders);
    }

    /// The visitor's words as they were heard, with what surrounds them.
    fn recall(&self, words: Utterance) -> Vec<i16> {
        let oldest = self.voice.heard().saturating_sub(self.kept.len() as u64);
        let skip = words.from.saturating_sub(PREROLL_FRAMES + oldest);
        let first = oldest + skip;
        let take = (words.to + POSTROLL_FRAMES).saturating_sub(first);
        let frames = self
            .kept
            .iter()
            .skip(usize::try_from(skip).unwrap_or(usize::MAX));
        let frames = frames.take(usize::try_from(take).unwrap_or(usize::MAX));
        frames.flatten().copied().collect()
    }

    /// Sends speech while the client has less than the lead in hand.
    fn keep_talking(&mut self, now: Duration, orders: &mut Vec<Order>) {
        while self.played < now + LEAD {
            let Some(frame) = self.to_say.pop_front() else {
                return;
            };
            let lasts = Duration::from_secs_f64(frame.len() as f64 / f64::from(RATE_HZ));
            self.played = self.played.max(now) + lasts;
            self.quiet_since = self.played;
            orders.push(Order::Audio(frame));
        }
    }
}

impl Agent for Parrot {
    fn hear(&mut self, samples: &[i16], now: Duration, orders: &mut Vec<Order>) {
        self.last_heard = now;
        if self.mood != Mood::Talking {
            return;
        }
        self.partial.extend_from_slice(samples);
        while self.partial.len() >= FRAME_SAMPLES {
            let rest = self.partial.split_off(FRAME_SAMPLES);
            let frame = std::mem::replace(&mut self.partial, rest);
            self.hear_frame(frame, now, orders);
        }
        // An interruption or an answer should not wait for the next tick.
        self.keep_talking(now, orders);
    }

    fn tick(&mut self, now: Duration, orders: &mut Vec<Order>) {
        if self.mood == Mood::New {
            self.mood = Mood::Talking;
            let greeting = self.manners.greeting.clone();
            if !greeting.is_empty() {
                self.say(&speech::greeting(), &greeting, orders);
            }
        }
        let someone_talks = self.voice.voiced_ms().is_some();
        if someone_talks && now.saturating_sub(self.last_heard) >= MIC_STOPPED {
            let found = self.voice.finish();
            self.take_note(found, now, orders);
        }
        let quiet = !someone_talks && !self.speaks(now);
        if self.mood == Mood::Talking
            && quiet
            && now.saturating_sub(self.quiet_since) >= self.silence
        {
            self.mood = Mood::Leaving;
            orders.push(Order::AgentEnding);
            let goodbye = self.manners.goodbye.clone();
            if !goodbye.is_empty() {
                self.say(&speech::goodbye(), &goodbye, orders);
            }
        }
        self.keep_talking(now, orders);
        if self.mood == Mood::Leaving && self.to_say.is_empty() {
            // The client plays out what it has before it ends.
            self.mood = Mood::Gone;
            orders.push(Order::EndCall);
        }
    }
}
