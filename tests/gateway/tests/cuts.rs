//! A call that is cut again and again, wherever it happens to be: what both say is a count, and nothing is missing in it
//! and nothing stands twice.

use crate::caller::{Caller, Heard};
use crate::resume::{frame, lost, resumable, until_call};
use crate::visitor::start;
use gateway::{Act, Loss};

/// Numbers from a seed, the same on each machine.
struct Dice(u64);

impl Dice {
    /// One of `0..most`.
    fn below(&mut self, most: u64) -> u64 {
        // Knuth's constants; the low bits are poor.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

struct Count {
    caller: Caller,
    said: i16,
    heard: Vec<i16>,
}

impl Count {
    async fn speak(&mut self, frames: u64) {
        for _ in 0..frames {
            self.said += 1;
            self.caller.speak(&frame(self.said)).await;
        }
    }

    fn keep(&mut self, frames: u64) {
        for _ in 0..frames {
            self.said += 1;
            self.caller.keep(&frame(self.said));
        }
    }

    fn note(&mut self, heard: Heard) {
        let Heard::Audio(samples) = heard else {
            panic!("{heard:?}");
        };
        assert_eq!(samples, frame(samples[0]));
        self.heard.push(samples[0]);
    }

    /// Hears some of the answers that are on their way.
    async fn hear(&mut self, most: usize) {
        for _ in 0..most.min(self.said as usize - self.heard.len()) {
            let heard = self.caller.next().await;
            self.note(heard);
        }
    }
}

async fn ten_cuts(seed: u64) {
    let gateway = start(resumable(|_| {})).await;
    let caller = Caller::resumable(&gateway, "emb_echo").await;
    let mut dice = Dice(seed);
    let mut count = Count {
        caller,
        said: 0,
        heard: Vec::new(),
    };
    for _ in 0..10 {
        count.speak(dice.below(60)).await;
        count.hear(dice.below(60) as usize).await;
        count.speak(dice.below(10)).await;
        let losses = gateway.record().calls[0].line.lost.len();
        match dice.below(4) {
            0 | 1 => {
                let loss = [Loss::Fin, Loss::Reset][dice.below(2) as usize];
                gateway.act(Act::Lose(loss));
                lost(&gateway, losses + 1).await;
                // What the old socket still holds may be read, or not.
                if dice.below(2) == 0 {
                    let (more, _) = count.caller.rest().await;
                    for heard in more {
                        count.note(heard);
                    }
                }
            }
            // Its own end of the line goes first, or the old socket is still there when the new one comes.
            _ => {}
        }
        count.keep(dice.below(30));
        count.caller.resume_silently(&gateway).await;
        // Cut in the middle of the replay, in both directions.
        while dice.below(2) == 0 {
            let kept = count.caller.kept.len() as u64;
            count.caller.replay(dice.below(kept + 1) as usize).await;
            count.caller.resume_silently(&gateway).await;
        }
        count.caller.replay(usize::MAX).await;
    }
    count.hear(usize::MAX).await;
    let whole: Vec<_> = (1..=count.said).collect();
    assert_eq!(count.heard, whole, "seed {seed}");
    let call = until_call(&gateway, "the count", |c| {
        (c.mic.len() >= whole.len()).then(|| c.clone())
    });
    let call = call.await;
    let mic: Vec<_> = call.mic.iter().map(|f| f.samples[0]).collect();
    assert_eq!(mic, whole, "seed {seed}");
    let sent: Vec<_> = call.sent.iter().map(|f| f.samples[0]).collect();
    assert_eq!(sent, whole, "seed {seed}");
    assert!(call.line.resumed.len() >= 10);
    assert_eq!(
        (call.malformed, call.line.gaps, call.line.duplicates),
        (0, 0, 0)
    );
    assert_eq!(u64::from(call.line.received), whole.len() as u64);
}

#[tokio::test]
async fn in_a_count_that_is_cut_ten_times_nothing_is_missing_and_nothing_stands_twice() {
    for seed in 1..=8 {
        ten_cuts(seed).await;
    }
}
