//! When the visitor and the agent are heard, by the page's own clock: see `loudness.js`.

use support::failure::Failure;
use support::stage::Stage;

/// For the page's head.
pub fn script() -> String {
    format!("<script>{}</script>", include_str!("loudness.js"))
}

/// Below that is silence: the recordings' peaks are at half.
const LOUD: f64 = 0.02;

/// Within a sentence it is quiet for less.
const PAUSE_MS: f64 = 250.0;

/// From the first loud moment to the last.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    pub from: f64,
    pub to: f64,
}

/// The stretches of sound of both, in milliseconds of the page's clock.
#[derive(Debug)]
pub struct Loudness {
    pub visitor: Vec<Stretch>,
    pub agent: Vec<Stretch>,
}

impl Loudness {
    /// Of the page until now.
    pub async fn of(stage: &Stage) -> Result<Self, Failure> {
        let rows: Vec<[f64; 3]> = serde_json::from_value(stage.run("return loudness()").await?)?;
        let of = |column: usize| {
            let loud = rows.iter().filter(|row| row[column] > LOUD);
            stretches(loud.map(|row| row[0]))
        };
        Ok(Self {
            visitor: of(1),
            agent: of(2),
        })
    }

    /// The agent's stretch that is heard at this moment.
    pub fn agent_at(&self, moment: f64) -> Option<Stretch> {
        let at = |s: &&Stretch| s.from <= moment && moment <= s.to;
        self.agent.iter().find(at).copied()
    }

    /// The agent's first stretch that begins after this moment.
    pub fn agent_after(&self, moment: f64) -> Option<Stretch> {
        self.agent.iter().find(|s| s.from > moment).copied()
    }
}

fn stretches(moments: impl Iterator<Item = f64>) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = Vec::new();
    for moment in moments {
        match all.last_mut() {
            Some(last) if moment - last.to < PAUSE_MS => last.to = moment,
            _ => all.push(Stretch {
                from: moment,
                to: moment,
            }),
        }
    }
    all
}
