//! Breaks what a plan says, and mends it.

use std::time::Duration;

use base64::Engine as _;
use serde_json::json;

use super::Far;
use super::fault::Fault;
use super::plan::Step;
use crate::extension::Extension;
use crate::failure::Failure;
use crate::line::Weather;
use crate::stage::Stage;
use gateway::{Act, Answer, Config, Gateway, Loss, Misbehave, ResumeFault, TokenFault};

/// What is broken now, and what is needed to mend it.
pub(super) struct Doing<'a> {
    far: Far<'a>,
    /// With the port that the server has had from the start.
    config: Config,
    broken: Vec<Fault>,
    /// Servers that are no more.
    pub(super) past: Vec<Gateway>,
}

/// Longer than any fault lasts: it is taken back before.
const UNTIL_MENDED: Duration = Duration::from_secs(60);

/// As after a laptop's sleep.
const HOURS: i32 = 8;

const BLOCKED_MS: u64 = 2_000;

/// Half a minute is the most that a server keeps for a client that does not acknowledge.
const FLOOD_FRAMES: usize = 800;

impl<'a> Doing<'a> {
    pub(super) fn new(far: Far<'a>, config: Config) -> Self {
        Self {
            far,
            config,
            broken: Vec::new(),
            past: Vec::new(),
        }
    }

    pub(super) async fn step(
        &mut self,
        stage: &mut Stage,
        step: Step,
        is_first: bool,
    ) -> Result<(), Failure> {
        let frozen = self.broken.iter().any(|fault| fault.stops_page());
        match step {
            // By hand: a page that nobody has touched may make no sound.
            Step::Call if is_first => stage.click("#call").await,
            Step::Call | Step::Press | Step::Mute(_) if frozen => Ok(()),
            Step::Call => stage.run("chaos.call()").await.map(drop),
            Step::Press => stage.run("chaos.press()").await.map(drop),
            Step::Mute(muted) => stage.run(&format!("chaos.mute({muted})")).await.map(drop),
            Step::Break(fault) => {
                self.broken.push(fault);
                self.apply(stage);
                self.break_once(stage, fault).await
            }
            Step::Mend(fault) => self.mend(stage, fault).await,
        }
    }

    /// Mends what a plan has left broken.
    pub(super) async fn mend_all(&mut self, stage: &mut Stage) -> Result<(), Failure> {
        while let Some(fault) = self.broken.last().copied() {
            self.mend(stage, fault).await?;
        }
        stage.gateway.forget_acts();
        Ok(())
    }

    /// The same, as far as it goes.
    pub(super) async fn let_go(&mut self, stage: &mut Stage) {
        for fault in std::mem::take(&mut self.broken) {
            let _ = self.mend(stage, fault).await;
        }
    }

    /// What lasts, on line and server.
    fn apply(&self, stage: &Stage) {
        if let Some(line) = self.far.line {
            line.change(|weather| *weather = weather_of(&self.broken));
        }
        let refuses = self.broken.contains(&Fault::Outage);
        stage.gateway.refuse_sockets(refuses);
        let misbehave = misbehaviour(&self.broken, &stage.gateway.api_url());
        stage.gateway.misbehave(misbehave);
    }

    async fn break_once(&mut self, stage: &mut Stage, fault: Fault) -> Result<(), Failure> {
        let gateway = &stage.gateway;
        let silence = |deaf, mute| {
            let lasts = UNTIL_MENDED;
            Act::Silence { deaf, mute, lasts }
        };
        match fault {
            Fault::LineEnds | Fault::Outage => gateway.act(Act::Lose(Loss::Fin)),
            Fault::LineResets => gateway.act(Act::Lose(Loss::Reset)),
            Fault::LineCloses => gateway.act(Act::Lose(Loss::Close(1_011))),
            Fault::ServerDeaf => gateway.act(silence(true, false)),
            Fault::ServerMute => gateway.act(silence(false, true)),
            Fault::ServerKilled => gateway.kill(),
            Fault::ServerRestarted => gateway.shutdown().await,
            Fault::FloodOfTexts => texts().for_each(|act| gateway.act(act)),
            Fault::FloodOfSound => sound().for_each(|act| gateway.act(act)),
            Fault::FloodOfRubbish => rubbish().for_each(|act| gateway.act(act)),
            Fault::Offline => offline(stage, true).await?,
            Fault::PageFrozen => freeze(stage, true).await?,
            _ => {}
        }
        match (self.far.line, fault) {
            (Some(line), Fault::Unplugged) => line.unplug(true)?,
            // A device that is down has its addresses all the same.
            (Some(line), Fault::AddressChanged) => line.change_address()?,
            _ => {}
        }
        if let Some(script) = breaking(fault) {
            stage.run(&script).await?;
        }
        Ok(())
    }

    async fn mend(&mut self, stage: &mut Stage, fault: Fault) -> Result<(), Failure> {
        self.broken.retain(|broken| *broken != fault);
        if matches!(fault, Fault::ServerKilled | Fault::ServerRestarted) {
            let server = self.far.gateway(self.config.clone()).await?;
            self.past
                .push(std::mem::replace(&mut stage.gateway, server));
        }
        self.apply(stage);
        match (self.far.line, fault) {
            (Some(line), Fault::Unplugged) => line.unplug(false)?,
            (_, Fault::ServerDeaf | Fault::ServerMute) => {
                let lasts = Duration::ZERO;
                let (deaf, mute) = (true, true);
                stage.gateway.act(Act::Silence { deaf, mute, lasts });
            }
            (_, Fault::Offline) => offline(stage, false).await?,
            (_, Fault::PageFrozen) => freeze(stage, false).await?,
            _ => {}
        }
        let script = match fault {
            Fault::MicrophoneGone => "chaos.giveMicrophone()",
            Fault::PageThrows => "chaos.mendUs()",
            Fault::ApiNameGone => "chaos.bind({})",
            _ => return Ok(()),
        };
        stage.run(script).await.map(drop)
    }
}

/// What breaks it in the page, where it is the page's.
fn breaking(fault: Fault) -> Option<String> {
    Some(match fault {
        Fault::PageClockJumps => format!("jump.page({HOURS})"),
        Fault::WorkerClockJumps => format!("jump.worker({HOURS})"),
        Fault::MicrophoneChanges => "chaos.changeMicrophone()".to_owned(),
        Fault::MicrophoneGone => "chaos.takeMicrophone()".to_owned(),
        Fault::SoundSuspended => "chaos.suspend()".to_owned(),
        Fault::PageBlocked => format!("chaos.block({BLOCKED_MS})"),
        Fault::WorkerKilled => "chaos.killWorker()".to_owned(),
        Fault::PageThrows => "chaos.breakUs()".to_owned(),
        Fault::PageMovesHost => "chaos.moveHost()".to_owned(),
        Fault::ApiNameGone => "chaos.bind({ apiUrl: 'http://nobody.invalid' })".to_owned(),
        _ => return None,
    })
}

fn weather_of(broken: &[Fault]) -> Weather {
    let mut weather = Weather::default();
    for fault in broken {
        let Weather { up, down } = &mut weather;
        match fault {
            Fault::HalfOpenUp => up.silent = true,
            Fault::HalfOpenDown => down.silent = true,
            _ => {}
        }
        for way in [up, down] {
            match fault {
                Fault::Silent => way.silent = true,
                // GPRS.
                Fault::Slow => way.bytes_per_sec = Some(6_000),
                // By way of a satellite.
                Fault::Distant => way.delay = Duration::from_millis(700),
                Fault::Lossy => way.lost_percent = 15,
                Fault::Reordered => way.jitter = Duration::from_millis(150),
                Fault::Repeated => way.twice_percent = 40,
                _ => {}
            }
        }
    }
    weather
}

fn misbehaviour(broken: &[Fault], api_url: &str) -> Misbehave {
    let mut how = Misbehave::default();
    let socket = "/embed/v1/call";
    for fault in broken {
        match fault {
            Fault::TokenRefused => {
                how.token = Some(TokenFault::Answer(Answer::new(503, "text/plain", "busy")));
            }
            Fault::TokenHangs => how.token = Some(TokenFault::Hangs),
            Fault::TokenTorn => how.token = Some(TokenFault::CutOff),
            Fault::TokenUnreadable => how.token = Some(TokenFault::NotJson),
            Fault::NameGone => {
                let url = format!("ws://nobody.invalid{socket}");
                how.token = Some(TokenFault::WssUrl(url));
            }
            Fault::TlsBroken => {
                // What answers there speaks no TLS.
                let url = api_url.replacen("http://", "wss://", 1) + socket;
                how.token = Some(TokenFault::WssUrl(url));
            }
            Fault::ApiUnreachable => how.cors_missing = true,
            Fault::ReleaseRefused => how.release_status = Some(503),
            Fault::ReleaseHangs => how.release_hangs = true,
            Fault::SocketRefused => how.upgrade_status = Some(503),
            Fault::StartedNever => how.started_never = true,
            Fault::ResumeRefused => how.resume = Some(ResumeFault::Close(4_404)),
            Fault::ResumeHangs => how.resume = Some(ResumeFault::Hangs),
            Fault::NeverAcknowledged => how.acks_never = true,
            _ => {}
        }
    }
    how
}

fn texts() -> impl Iterator<Item = Act> {
    (1..=FLOOD_FRAMES).map(|seq| {
        let frame = json!({ "type": "transcript", "role": "user", "text": format!("Line {seq}"), "seq": seq });
        Act::Frame(frame)
    })
}

/// Much faster than it is heard.
fn sound() -> impl Iterator<Item = Act> {
    let frame = [0x00, 0x08].repeat(480);
    let data = base64::engine::general_purpose::STANDARD.encode(frame);
    let frame = json!({ "type": "audio", "data": data });
    (0..FLOOD_FRAMES).map(move |_| Act::Frame(frame.clone()))
}

/// Frames of no version, and one that is longer than any may be.
fn rubbish() -> impl Iterator<Item = Act> {
    const TOO_LONG_BYTES: usize = 5 << 20;
    let texts = [
        "",
        "{",
        "null",
        "[1]",
        r#"{"type":7}"#,
        r#"{"type":"audio","data":"?"}"#,
    ];
    let texts = texts.map(|text| Act::Text(text.to_owned()));
    let binary = [
        vec![],
        vec![1],
        vec![9; 40],
        vec![2, 0, 0, 0, 0, 255, 255, 1],
    ];
    let too_long = Act::Text("x".repeat(TOO_LONG_BYTES));
    texts
        .into_iter()
        .chain(binary.map(Act::Binary))
        .chain([too_long])
}

/// What the browser says of its network: the line itself stays.
async fn offline(stage: &Stage, offline: bool) -> Result<(), Failure> {
    let conditions = json!({
        "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1,
    });
    let command = Extension::devtools_with("Network.emulateNetworkConditions", conditions);
    stage.browser()?.client().issue_cmd(command).await?;
    Ok(())
}

async fn freeze(stage: &Stage, is_frozen: bool) -> Result<(), Failure> {
    let state = if is_frozen { "frozen" } else { "active" };
    let command = Extension::devtools_with("Page.setWebLifecycleState", json!({ "state": state }));
    stage.browser()?.client().issue_cmd(command).await?;
    Ok(())
}
