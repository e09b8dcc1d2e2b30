//! Calls in which things break by chance, the same for the same seed; and what must hold all the same: [`model`] says it of
//! what the page is told, this file of microphone, place, tokens and button.

mod doing;
pub mod fault;
pub mod model;
pub mod plan;
pub mod random;

use std::time::{Duration, Instant};

use serde_json::json;

use crate::failure::{Failure, ensure};
use crate::line::Line;
use crate::page::{Page, Placement, button};
use crate::stage::Stage;
use crate::visitor::{END, ERROR, SOON, START};
use doing::Doing;
use fault::Fault;
use gateway::agent::AgentKind;
use gateway::config::{Embed, Ports};
use gateway::{Config, Gateway, ListenerName, Record};
use model::Told;
use plan::Plan;

/// Where the server of a run is: at the far end of a line, or beside the browser.
#[derive(Clone, Copy)]
pub struct Far<'a> {
    pub line: Option<&'a Line>,
}

impl Far<'_> {
    /// The kinds of fault that it can have.
    pub fn kinds(self) -> Vec<Fault> {
        let mut kinds = Fault::ALL.to_vec();
        kinds.retain(|kind| self.line.is_some() || !kind.needs_line());
        kinds
    }

    /// Starts a gateway there.
    pub async fn gateway(self, mut config: Config) -> Result<Gateway, Failure> {
        let Some(line) = self.line else {
            return Ok(Gateway::start(config).await?);
        };
        config.api_address = line.far_address();
        line.far.within(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            Ok(runtime.block_on(Gateway::start(config))?)
        })?
    }
}

/// What a run came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Story {
    /// Calls that began, the last good one included.
    pub calls: usize,
    /// How often a line was taken up again.
    pub resumed: usize,
    /// Errors that the page was told.
    pub errors: usize,
    /// For so long the visitor's place was still taken at the end: a release was lost.
    pub place_taken: Option<Duration>,
}

/// A server's patience in a run, with lost clients and with tokens that nobody uses.
const IMPATIENT_SECS: u64 = 6;

/// A state that waits has ended by then: token and socket have 10 s each, a lost line 15 s and what it took to notice.
const SETTLED: Duration = Duration::from_secs(60);

/// A call that shows no sign of a lost line is either alive by then, or over: with wire version 1 a line counts as lost when it has
/// taken nothing for 10 s, and systems keep megabytes for a line that takes nothing.
const ALIVE_OR_OVER: Duration = Duration::from_secs(120);

/// An unused token and a call without its client are over by then.
const PLACE_FREE: Duration = Duration::from_secs(45);

fn config(plan: &Plan, site_url: &str) -> Config {
    let embed = Embed::new("emb_demo", AgentKind::Echo).origins(&[site_url]);
    let mut config = Config::default().embed(embed).features(&plan.features);
    config.token_secs = 3 * IMPATIENT_SECS;
    config.deadlines.grace_secs = plan.grace_secs as f64;
    config.deadlines.ping_secs = 2.0;
    config.deadlines.life_secs = IMPATIENT_SECS as f64;
    config.limits.tokens_per_address = u32::MAX;
    config.limits.tokens_per_visitor = u32::MAX;
    config.limits.tokens_per_embed = u32::MAX;
    config
}

/// A page of a site that names its own endpoint on the script tag, with this in its head.
pub fn page(stage: &Stage, api_url: &str, head: &str) -> Page {
    let attribute = format!(r#" defer data-vocadesk-api-url="{api_url}""#);
    let tag = Page::script_tag(&stage.release, &attribute);
    Page::default()
        .script(Placement::Absent)
        .head(format!("{head}{tag}"))
        .body(button("call", "emb_demo").replace("{{API_URL}}", api_url))
}

/// The run of this seed. The stage's own gateway serves the page, and is the stage's again at the end.
///
/// # Errors
/// With every promise that was not kept.
pub async fn run(stage: &mut Stage, far: Far<'_>, plan: &Plan) -> Result<Story, Failure> {
    let config = config(plan, &stage.gateway.site_url());
    let server = far.gateway(config.clone()).await?;
    let scripts = [include_str!("page.js"), include_str!("../clocks.js")];
    let scripts = scripts.map(|script| format!("<script>{script}</script>"));
    let page = page(stage, &server.api_url(), &scripts.concat());
    stage.open(&page).await?;
    let site = std::mem::replace(&mut stage.gateway, server);
    let mut config = config;
    config.ports = Ports {
        api: port_of(&stage.gateway.api_url())?,
        ..Ports::default()
    };
    let mut doing = Doing::new(far, config);
    let outcome = through(stage, &mut doing, plan).await;
    let outcome = match outcome {
        Ok(story) => Ok(story),
        Err(Failure(why)) => Err(Failure(format!("{why}\n{}", seen(stage, &doing).await))),
    };
    // Whatever came of it, the next run finds a good line.
    doing.let_go(stage).await;
    stage.gateway = site;
    outcome
}

fn port_of(url: &str) -> Result<u16, Failure> {
    let port = url.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
    port.ok_or_else(|| Failure(format!("{url} has no port")))
}

async fn through(stage: &mut Stage, doing: &mut Doing<'_>, plan: &Plan) -> Result<Story, Failure> {
    stage.state("#call", "idle").await?;
    stage.run("chaos.bind({})").await?;
    let began = Instant::now();
    for (nth, (at, step)) in plan.steps.iter().enumerate() {
        tokio::time::sleep_until((began + *at).into()).await;
        let done = doing.step(stage, *step, nth == 0).await;
        done.map_err(|Failure(why)| Failure(format!("at {} ms, {step:?}: {why}", at.as_millis())))?;
    }
    doing.mend_all(stage).await?;
    settle(stage).await?;
    let mut story = last_call(stage).await?;
    judge(stage, doing, plan, &mut story).await?;
    Ok(story)
}

/// All is whole again: no state waits for ever, and no call only looks alive.
async fn settle(stage: &Stage) -> Result<(), Failure> {
    let settled = "chaos.rests() || chaos.state() === 'live'";
    stage.until(settled, SETTLED).await?;
    let frames = |stage: &Stage| -> usize {
        let record = stage.gateway.record();
        record.calls.iter().map(|call| call.mic.len()).sum()
    };
    let before = frames(stage);
    let late = Instant::now() + ALIVE_OR_OVER;
    while stage.run("return chaos.state()").await? == "live" && frames(stage) <= before + 10 {
        ensure!(
            Instant::now() < late,
            "the call looks alive, and nobody is there"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    stage.run("chaos.hangUp()").await?;
    stage.until("chaos.rests()", SETTLED).await.map(drop)
}

/// The button works again: a call both ways, as if nothing had been.
async fn last_call(stage: &Stage) -> Result<Story, Failure> {
    let mut story = Story::default();
    let from = Instant::now();
    loop {
        let (starts, errors) = (stage.count(START).await?, stage.count(ERROR).await?);
        stage.run("chaos.call()").await?;
        let came = format!(
            "__harness.events.filter((e) => e.type === '{START}').length > {starts} && 'start'
             || __harness.events.filter((e) => e.type === '{ERROR}').length > {errors} && 'error'"
        );
        let came = stage.until(&came, SOON).await?;
        if came == "start" {
            break;
        }
        let error = stage.event(ERROR, errors + 1, SOON).await?;
        // A release that was lost: the place is free when the server says so, not later.
        ensure!(
            error.code() == "concurrent_call_active" && from.elapsed() < PLACE_FREE,
            "the button does not work again: {:?}",
            error.detail
        );
        story.place_taken = Some(from.elapsed());
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let call = stage.gateway.record().calls.len().saturating_sub(1);
    // The page may have muted the visitor; what is heard is an echo.
    stage.run("chaos.mute(false)").await?;
    stage.heard_at_gateway(call, 10).await?;
    stage.until("__harness.sounds()", SOON).await?;
    let ends = stage.count(END).await?;
    stage.run("chaos.hangUp()").await?;
    stage.event(END, ends + 1, SOON).await?;
    let over = |r: &Record| {
        r.calls
            .iter()
            .all(|call| call.ended.is_some())
            .then_some(())
    };
    stage
        .gateway
        .wait_for("the end of all calls", PLACE_FREE, over)
        .await?;
    Ok(story)
}

async fn judge(
    stage: &Stage,
    doing: &Doing<'_>,
    plan: &Plan,
    story: &mut Story,
) -> Result<(), Failure> {
    let mut wrong = Vec::new();
    let left = at_rest(stage).await?;
    wrong.extend(left);
    let told = stage.run("return chaos.told").await?;
    let told: Vec<Told> = serde_json::from_value(told)?;
    let clock_moved = plan.faults().any(Fault::moves_clocks);
    let was_broken = stage.run("return chaos.thrown() > 0").await? == true;
    wrong.extend(model::violations(&told, clock_moved, was_broken));
    let shown = stage.run("return chaos.state()").await?;
    let last = told.iter().rfind(|event| event.kind == "state");
    if last.is_some_and(|last| last.detail["state"] != shown) && !was_broken {
        wrong.push(format!(
            "the button shows {shown}, and the page was told {last:?}"
        ));
    }
    let errors = stage.run("return __harness.errors").await?;
    if errors != json!([]) {
        wrong.push(format!("the page saw {errors}"));
    }
    let servers = doing.past.iter().chain([&stage.gateway]);
    let records: Vec<_> = servers.map(Gateway::record).collect();
    wrong.extend(at_servers(&records, plan));
    for call in records.iter().flat_map(|record| &record.calls) {
        story.calls += 1;
        story.resumed += call.line.resumed.len();
    }
    story.errors = told.iter().filter(|event| event.kind == "error").count();
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// What page and servers have seen, for whoever looks into a failure.
async fn seen(stage: &Stage, doing: &Doing<'_>) -> String {
    let servers = doing.past.iter().chain([&stage.gateway]);
    let mut lines: Vec<_> = servers.map(|server| server.record().summary()).collect();
    let in_time = Duration::from_secs(5);
    let told = tokio::time::timeout(in_time, stage.run("return chaos.told")).await;
    let told = told.ok().and_then(Result::ok).unwrap_or_default();
    let told: Vec<Told> = serde_json::from_value(told).unwrap_or_default();
    for Told { kind, detail, at } in told {
        lines.push(format!("  {at:.0} {kind} {detail}"));
    }
    let standing = tokio::time::timeout(in_time, stage.standing()).await;
    lines.extend(standing.ok().and_then(Result::ok));
    lines.join("\n")
}

/// What is still there of a call a while after the last one.
async fn at_rest(stage: &Stage) -> Result<Vec<String>, Failure> {
    let rests = "const [ms, done] = arguments, late = performance.now() + ms;
        const look = async () => {
          const left = await chaos.left();
          if (!left.length || performance.now() > late) return done(left);
          setTimeout(look, 50);
        };
        look();";
    let late = vec![json!(SOON.as_millis() as u64)];
    let left = stage.browser()?.run_async(rests, late).await?;
    Ok(serde_json::from_value(left)?)
}

/// What the servers have seen of it, one after the other.
fn at_servers(records: &[Record], plan: &Plan) -> Vec<String> {
    let mut wrong = Vec::new();
    for call in records.iter().flat_map(|record| &record.calls) {
        let line = &call.line;
        if line.gaps + line.duplicates + call.malformed > 0 {
            wrong.push(format!(
                "call {}: {} gaps, {} frames twice, {} malformed",
                call.id, line.gaps, line.duplicates, call.malformed
            ));
        }
    }
    let asked = records
        .iter()
        .flat_map(|record| record.requests_to(ListenerName::Api, "/v1/tokens"))
        .filter(|request| request.method == "POST")
        .count();
    let tokens: usize = records.iter().map(|record| record.tokens.len()).sum();
    let releases: usize = records.iter().map(|record| record.releases.len()).sum();
    // A token whose answer was lost is released as well.
    if releases > asked {
        wrong.push(format!(
            "{releases} releases, and only {asked} tokens asked for"
        ));
    }
    if releases != tokens && !plan.faults().any(Fault::loses_requests) {
        wrong.push(format!(
            "{tokens} tokens were granted, and {releases} released"
        ));
    }
    wrong
}
