//! The config file, and the report on disk.

use serde_json::json;
use tempfile::TempDir;

use crate::visitor::{Visitor, start};
use gateway::agent::AgentKind;
use gateway::config::{AgentChoice, Feature};
use gateway::{Config, report};

#[test]
fn the_documented_default_is_what_no_file_means() {
    let config = Config::default();
    let demo = config.embeds.iter().find(|e| e.id == "emb_demo").unwrap();
    assert_eq!(demo.agent, AgentKind::Parrot.into());
    let documented = format!("{:?}", config.agent.parrot);
    let bare = Config::from_toml("").unwrap();
    assert_eq!(documented, format!("{:?}", bare.agent.parrot));
    let documented = format!("{:?} {:?}", config.deadlines, config.limits);
    assert_eq!(
        documented,
        format!("{:?} {:?}", bare.deadlines, bare.limits)
    );
    assert_eq!(bare.token_secs, config.token_secs);
    assert!(bare.embeds.is_empty());
}

#[test]
fn only_the_program_takes_features_that_nobody_asked_it_to_take() {
    assert_eq!(Config::documented().features, Feature::ALL);
    assert_eq!(Config::default().features, []);
    assert_eq!(Config::from_toml("").unwrap().features, []);
}

#[test]
fn a_wrong_key_or_value_is_an_error_that_names_it() {
    for (text, word) in [
        ("colour = 1", "colour"),
        ("[ports]\nftp = 21", "ftp"),
        ("[deadlines]\nheaders_secs = 0.0", "headers_secs"),
        ("[deadlines]\nlife_secs = 10.0", "life_secs"),
        ("[deadlines]\nline_secs = 5.0", "line_secs"),
        ("[deadlines]\ngrace_secs = 0.0", "grace_secs"),
        ("[deadlines]\nwrite = 1.0", "write"),
        ("features = [\"vorbis\"]", "vorbis"),
        ("features = [\"resume\", \"resume\"]", "resume"),
        ("[limits]\nqueued_frames = 0", "queued_frames"),
        ("[agent.parrot]\nsilence = 3", "silence"),
        ("[agent.parrot]\nsilence_secs = -1.0", "silence_secs"),
        (
            "[[embed]]\nid = \"e\"\norigins = []\nagent = \"ostrich\"",
            "ostrich",
        ),
        (
            "[[embed]]\nid = \"e\"\norigins = []\nagent = { url = \"wss://a.example/\" }",
            "proxy",
        ),
        (
            "[[embed]]\nid = \"e\"\norigins = []\nagent = { url = \"ws:///call\" }",
            "ws:///call",
        ),
        (
            "[[embed]]\nid = \"e\"\norigins = []\nagent = { uri = \"ws://a.example/\" }",
            "uri",
        ),
        ("[[embed]]\nid = \"e\"\norigins = []\nagent = 7", "an agent"),
        (
            "[[embed]]\nid = \"e\"\norigins = [\"https://a.example/\"]\nagent = \"echo\"",
            "a.example",
        ),
        (
            "[[embed]]\nid = \"e\"\norigins = [\"a.example\"]\nagent = \"echo\"",
            "a.example",
        ),
    ] {
        let why = Config::from_toml(text).unwrap_err();
        assert!(why.contains(word), "{why}");
    }
    let twin = "[[embed]]\nid = \"emb_twin\"\norigins = []\nagent = \"echo\"\n";
    assert!(
        Config::from_toml(&twin.repeat(2))
            .unwrap_err()
            .contains("emb_twin")
    );
}

#[test]
fn an_agent_may_be_at_a_url() {
    let text =
        "[[embed]]\nid = \"e\"\norigins = []\nagent = { url = \"ws://127.0.0.1:9000/call?a=1\" }";
    let config = Config::from_toml(text).unwrap();
    let url = "ws://127.0.0.1:9000/call?a=1".to_owned();
    assert_eq!(config.embeds[0].agent, AgentChoice::At(url));
}

#[test]
fn the_parrots_calls_can_be_handed_on_and_no_others() {
    let url = "ws://127.0.0.1:9000/call";
    let config = Config::default().parrot_at(url).unwrap();
    let agent_of = |id| &config.embeds.iter().find(|e| e.id == id).unwrap().agent;
    assert_eq!(*agent_of("emb_demo"), AgentChoice::At(url.to_owned()));
    assert_eq!(*agent_of("emb_echo"), AgentKind::Echo.into());
    assert!(Config::default().parrot_at("http://a.example").is_err());
}

#[tokio::test]
async fn a_report_holds_the_calls_numbers_and_its_sound() {
    let gateway = start(Config::default()).await;
    let mut visitor = Visitor::call(&gateway, "emb_echo").await;
    visitor.until("started").await;
    visitor.speak(&[7; 480]).await;
    visitor.until("audio").await;
    visitor.send(json!({ "type": "stop" })).await;
    visitor.end().await;

    let folder = TempDir::new().unwrap();
    let file = folder.path().join("report.json");
    report::write(&file, &gateway.record()).unwrap();
    let written: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let call = &written["calls"][0];
    assert_eq!(
        (&call["micFrames"], &call["sentFrames"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(call["endedBy"], "stop");
    assert!(call["durationMs"].is_u64());
    for wav in ["micWav", "sentWav"] {
        let wav = folder.path().join(call[wav].as_str().unwrap());
        let reader = hound::WavReader::open(wav).unwrap();
        assert_eq!(reader.spec().sample_rate, 24_000);
        let samples: Vec<i16> = reader.into_samples().map(Result::unwrap).collect();
        assert!(samples == [7; 480]);
    }
}
