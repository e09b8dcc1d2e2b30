//! Clients that are not ours, each on a page of its own: the least JavaScript that makes the same call, for
//! what the engine itself costs and does, and what others have published.

use super::deepgram;
use gateway::Answer;
use support::failure::Failure;
use support::page::{Page, Placement};
use support::stage::Stage;
use support::visitor::SOON;

#[derive(Clone, Copy)]
pub enum Client {
    /// In a context of this rate; 0 is the device's.
    Control {
        rate_hz: u32,
    },
    Wavtools,
    Pipecat,
    Deepgram,
}

/// Who is measured wherever a call is: ours first.
pub const ALL: [Option<Client>; 5] = [
    None,
    Some(Client::Control { rate_hz: 0 }),
    Some(Client::Wavtools),
    Some(Client::Pipecat),
    Some(Client::Deepgram),
];

/// As tables have it.
pub fn name(client: Option<Client>) -> String {
    client.map_or("a call".to_owned(), Client::name)
}

impl Client {
    pub fn name(self) -> String {
        match self {
            Self::Control { rate_hz: 0 } => "control, the device's rate".to_owned(),
            Self::Control { rate_hz } => format!("control, {} kHz", rate_hz / 1_000),
            Self::Wavtools => "wavtools".to_owned(),
            Self::Pipecat => "pipecat".to_owned(),
            Self::Deepgram => "deepgram".to_owned(),
        }
    }

    /// Its page's script.
    fn script(self) -> Result<Vec<u8>, Failure> {
        if let Self::Control { .. } = self {
            return Ok(include_bytes!("control.js").to_vec());
        }
        // What `tests/bench/peers/build.mjs` has made.
        let file = support::project().join(format!("target/bench/call/{}.js", self.name()));
        let why = |e| Failure(format!("{}: {e} (scripts/bench makes it)", file.display()));
        std::fs::read(&file).map_err(why)
    }

    /// Opens its page, for calls with this embed's agent.
    pub async fn open(self, stage: &Stage, page: Page, embed: &str) -> Result<(), Failure> {
        let api = stage.gateway.api_url();
        let wss = match self {
            Self::Deepgram => deepgram::double(stage).await?,
            _ => stage.gateway.wss_url(),
        };
        let rate_hz = match self {
            Self::Control { rate_hz } => rate_hz,
            _ => 0,
        };
        let path = format!("/harness/{}.js", self.name().replace([' ', ',', '\''], ""));
        let script = Answer::new(200, "text/javascript", self.script()?);
        stage.gateway.site_answer(&path, script);
        let body = format!(
            r#"<button id="call" onclick="talk('{api}', '{wss}', '{embed}', {rate_hz})">Talk</button>
               <script src="{path}"></script>
               <script>window.end = async () => {{ await hangUp(); window.sounds = 0; }}</script>"#
        );
        stage.open(&page.script(Placement::Absent).body(body)).await
    }

    /// Clicks, and gives when the call had started, in milliseconds since the epoch.
    pub async fn talk(self, stage: &Stage) -> Result<f64, Failure> {
        stage.click("#call").await?;
        match stage.until("window.sounds", SOON).await {
            Ok(at) => Ok(serde_json::from_value(at)?),
            Err(Failure(why)) => {
                let errors = stage.run("return __harness.errors").await?;
                Err(Failure(format!("{}: {why} {errors}", self.name())))
            }
        }
    }

    /// Ends the call; the page stays as it is, for another.
    pub async fn hang_up(self, stage: &Stage) -> Result<(), Failure> {
        stage.run("return end()").await.map(drop)
    }
}
