//! How a shop is visited, whichever framework it is made with.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::server::Server;
use super::{built_in_meta_framework, in_silence, script_url, serve, serve_folder, tags};
use gateway::misbehave::{Act, Misbehave, TokenFault};
use gateway::{Answer, EndedBy};
use support::failure::{Failure, ensure};
use support::stage::Stage;
use support::visitor::{END, ERROR, SOON, START};

/// A shop: its elements are called after it, `react-call`.
pub struct Kind {
    pub shop: &'static str,
    pub host: Host,
    /// Its router takes what others put into the head out again, the script's tag too: what that has defined stays.
    pub exchanges_head: bool,
}

/// Who serves its pages.
pub enum Host {
    /// The customer's site, its scripts below this path.
    Files(&'static str),
    /// The customer's site; built by a meta-framework, in this folder.
    FilesOf(&'static str),
    /// A server of its own; built by a meta-framework, in this folder.
    Server(&'static str),
}

impl Kind {
    /// Gives the address of its first page, and what has to live as long as that is visited.
    pub fn open(&self, stage: &Stage) -> Result<(String, Option<Server>), Failure> {
        let page = match self.host {
            Host::Files(base) => serve(stage, self.shop, base)?,
            Host::FilesOf(folder) => {
                serve_folder(stage, &built_in_meta_framework(folder)?.join("site"), "")?
            }
            Host::Server(folder) => {
                let script = built_in_meta_framework(folder)?.join("server.js");
                let server = self.start(stage, &script)?;
                return Ok((server.url.clone(), Some(server)));
            }
        };
        Ok((stage.gateway.site_page("/", &page, &[]), None))
    }

    /// Goes to its first page. The server, where it has one, ends when it is dropped.
    async fn enter<'a>(&self, stage: &'a Stage) -> Result<(Shop<'a>, Option<Server>), Failure> {
        let (url, server) = self.open(stage)?;
        stage.browser()?.goto(&url).await?;
        let shop = Shop {
            stage,
            shop: self.shop,
        };
        Ok((shop, server))
    }

    fn start(&self, stage: &Stage, script: &Path) -> Result<Server, Failure> {
        let [src, api] = [script_url(stage), stage.gateway.api_url()];
        Server::start(script, &[("SCRIPT_URL", &src), ("API_URL", &api)])
    }
}

pub async fn visit(stage: &Stage, kind: Kind) -> Result<(), Failure> {
    let (shop, _server) = kind.enter(stage).await?;
    shop.was_rendered().await?;
    let call = shop.id("call");
    stage.state(&call, "idle").await?;
    stage.good_call(&call).await?;
    ensure!(tags(stage).await? == 1, "not one tag");
    shop.reads("ends", "1").await?;

    shop.draws_its_own_call().await?;
    shop.shows_what_went_wrong().await?;

    stage.click(&shop.id("hide")).await?;
    stage.click(&shop.id("hide")).await?;
    stage.state(&call, "idle").await?;
    shop.ends_in_mid_call(&call, &shop.id("hide")).await?;
    stage.click(&shop.id("hide")).await?;
    stage.state(&call, "idle").await?;
    shop.goes_away_and_comes_back(&call).await?;
    let left = u64::from(!kind.exchanges_head);
    ensure!(tags(stage).await? == left, "not {left} tags");
    in_silence(stage).await?;
    shop.leaves_in_mid_call().await
}

/// A call in the layout, which stays when the visitor goes to another page.
pub async fn outlives_its_page(stage: &Stage, kind: Kind) -> Result<(), Failure> {
    let (shop, _server) = kind.enter(stage).await?;
    let everywhere = shop.id("everywhere");
    stage.state(&everywhere, "idle").await?;
    stage.start_call(&everywhere).await?;
    stage.click(&shop.id("about")).await?;
    let is_there = format!("document.querySelector('{}')", shop.id("is-about"));
    stage.until(&is_there, SOON).await?;
    let heard = stage.gateway.record().calls.first().map(|c| c.mic.len());
    stage
        .heard_at_gateway(0, heard.ok_or("no call")? + 25)
        .await?;
    stage.hang_up(&everywhere).await?;
    stage.all_released().await?;
    stage.state(&everywhere, "idle").await?;
    stage.good_call(&everywhere).await?;
    in_silence(stage).await
}

/// One of them in the page; its elements are called after it.
pub struct Shop<'a> {
    pub stage: &'a Stage,
    pub shop: &'static str,
}

impl Shop<'_> {
    fn id(&self, name: &str) -> String {
        format!("#{}-{name}", self.shop)
    }

    /// The button is in the page as it is sent, with what makes it one.
    async fn was_rendered(&self) -> Result<(), Failure> {
        let read = "const done = arguments[0];
            fetch(location.href).then((page) => page.text()).then((html) => {
              const sent = new DOMParser().parseFromString(html, 'text/html');
              done(sent.querySelector(SELECTOR)?.outerHTML ?? html);
            }, (why) => done(String(why)));";
        let read = read.replace("SELECTOR", &json!(self.id("call")).to_string());
        let sent = self.stage.browser()?.run_async(&read, Vec::new()).await?;
        let sent = sent.as_str().unwrap_or_default();
        let is_whole = ["<button", "data-vocadesk-embed=\"emb_echo\"", "Talk to us"];
        ensure!(
            is_whole.iter().all(|part| sent.contains(part)) && !sent.contains("<html"),
            "{sent}"
        );
        Ok(())
    }

    /// Waits until an element has this text.
    async fn reads(&self, name: &str, text: &str) -> Result<(), Failure> {
        let reads = format!(
            "document.querySelector('{}').textContent.trim() === {}",
            self.id(name),
            json!(text)
        );
        self.stage.until(&reads, SOON).await.map(drop)
    }

    /// By `useCall`: what it says, and what it does.
    async fn draws_its_own_call(&self) -> Result<(), Failure> {
        let stage = self.stage;
        let line = |text: &str| {
            let frame =
                json!({ "type": "transcript", "role": "assistant", "text": text, "seq": 1 });
            (Duration::from_millis(100), Act::Text(frame.to_string()))
        };
        stage.gateway.misbehave(Misbehave {
            in_call: vec![line("Hello"), line("Hello, how are you?")],
            ..Misbehave::default()
        });
        self.reads("own", "idle").await?;
        let calls = stage.gateway.record().calls.len();
        let ends = stage.count(END).await?;
        stage.click(&self.id("start")).await?;
        self.reads("own", "live").await?;
        // The text has grown, and did not come twice.
        self.reads("said", "assistant: Hello, how are you?").await?;
        stage.click(&self.id("mute")).await?;
        self.reads("mute", "Unmute").await?;
        stage.click(&self.id("end")).await?;
        stage.event(END, ends + 1, SOON).await?;
        stage.ended_at_gateway(calls).await?;
        // A call's end unmutes.
        self.reads("mute", "Mute").await?;
        self.reads("own", "idle").await?;
        stage.gateway.misbehave(Misbehave::default());
        stage.all_released().await
    }

    async fn shows_what_went_wrong(&self) -> Result<(), Failure> {
        let stage = self.stage;
        let refusal = r#"{"code":"internal","message":"out of order"}"#;
        let refusal = Answer::new(500, "application/json", refusal);
        stage.gateway.misbehave(Misbehave {
            token: Some(TokenFault::Answer(refusal)),
            ..Misbehave::default()
        });
        let errors = stage.count(ERROR).await?;
        stage.click(&self.id("start")).await?;
        stage.error(errors + 1, "token_failed").await?;
        self.reads("error", "token_failed").await?;
        stage.gateway.misbehave(Misbehave::default());
        let starts = stage.count(START).await?;
        stage.click(&self.id("start")).await?;
        stage.event(START, starts + 1, SOON).await?;
        self.reads("error", "").await?;
        stage.click(&self.id("end")).await?;
        self.reads("own", "idle").await?;
        stage.all_released().await
    }

    /// A call on this, which goes when that is clicked: one end, heard by the page, and nothing is left of it.
    async fn ends_in_mid_call(&self, host: &str, by: &str) -> Result<(), Failure> {
        let stage = self.stage;
        let calls = stage.gateway.record().calls.len();
        let before = stage.events().await?.len();
        stage.start_call(host).await?;
        stage.heard_at_gateway(calls, 5).await?;
        stage.click(by).await?;
        let call = stage.ended_at_gateway(calls).await?;
        ensure!(call.ended_by == Some(EndedBy::Stop), "{:?}", call.ended_by);
        stage.all_released().await?;
        stage.microphone_is_off().await?;
        let came = stage.kinds_since(before).await?;
        ensure!(came == [START, END], "{by}: {came:?}");
        Ok(())
    }

    /// To another page of the shop, which the client brings, in a call on this.
    pub async fn goes_away_and_comes_back(&self, host: &str) -> Result<(), Failure> {
        let stage = self.stage;
        self.ends_in_mid_call(host, &self.id("about")).await?;
        let is_there = format!("document.querySelector('{}')", self.id("is-about"));
        stage.until(&is_there, SOON).await?;
        stage.run("history.back()").await?;
        stage.state(host, "idle").await?;
        stage.good_call(host).await
    }

    /// To another document.
    async fn leaves_in_mid_call(&self) -> Result<(), Failure> {
        let stage = self.stage;
        let calls = stage.gateway.record().calls.len();
        stage.start_call(&self.id("call")).await?;
        stage.heard_at_gateway(calls, 5).await?;
        let elsewhere = stage
            .gateway
            .site_page("/elsewhere", "<!doctype html><p>Elsewhere", &[]);
        stage.browser()?.goto(&elsewhere).await?;
        stage.ended_at_gateway(calls).await?;
        stage.all_released().await
    }
}
