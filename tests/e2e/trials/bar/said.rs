//! What a screen reader has to say of a call, from the accessibility tree: `docs/accessibility.md` shows it.

use std::cell::RefCell;
use std::fmt::Write as _;

use fantoccini::key::Key;
use serde_json::Value;

use crate::trial::{Trial, trial};
use support::extension::Extension;
use support::failure::{Failure, ensure};
use support::stage::{Setting, Stage};
use support::visitor::{END, SOON, START};

pub fn trials() -> Vec<Trial> {
    let silent = "its driver gives no accessibility tree";
    vec![
        trial!(
            a_screen_reader_hears_what_the_documentation_says,
            Setting::default()
                .impossible("firefox", silent)
                .impossible("webkit", silent)
        )
        .in_one_engine(
            "only Chromium's driver gives the accessibility tree (already impossible elsewhere)",
        )
        .own_browser("turns the accessibility tree on by CDP"),
    ]
}

/// Hears every live region, in the page and in the bar.
const EARS: &str = r"
  window.said = [];
  const hear = (root) => new MutationObserver((changes) => {
    for (const { target } of changes) {
      const element = target.nodeType === 1 ? target : target.parentElement;
      const region = element?.closest('[role=status],[role=alert],[aria-live]');
      if (region?.textContent) said.push(`${region.role === 'alert' ? 'at once' : 'then'}: ${region.textContent}`);
    }
  }).observe(root, { childList: true, subtree: true, characterData: true });
  hear(document);
  const before = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (how) { const root = before.call(this, how); hear(root); return root; };";

const TAB: char = '\u{e004}';

async fn a_screen_reader_hears_what_the_documentation_says(
    stage: &mut Stage,
) -> Result<(), Failure> {
    stage.open(&super::page("")).await?;
    stage.state("#call", "idle").await?;
    stage.run(EARS).await?;
    let stage = &*stage;
    let heard = RefCell::new(String::new());
    let step = async |key: char, name: &str, until: &str| {
        stage.run("said.length = 0").await?;
        stage.browser()?.press(key).await?;
        stage.until(until, SOON).await?;
        let mut text = format!("[{name}]\n");
        let nodes = nodes(stage).await?;
        let focused = nodes.iter().find(|node| {
            property(node, "focused") == Some(&Value::Bool(true)) && role(node) != "RootWebArea"
        });
        if let Some(node) = focused {
            let _ = writeln!(text, "  {}", words(node));
        }
        // How long a call takes to connect decides whether the steps before it are worth saying.
        let worth = "return [...new Set(said)].filter((text) => !/^then: (Allow your microphone|Connecting…)$/.test(text))";
        let said = stage.run(worth).await?;
        for line in said
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            let _ = writeln!(text, "  {line}");
        }
        *heard.borrow_mut() += &text;
        Ok::<_, Failure>(())
    };
    let enter = char::from(Key::Enter);
    let focus = |title: &str| format!("theBar()?.shadowRoot.activeElement?.title === '{title}'");
    step(TAB, "Tab", "document.activeElement === call").await?;
    step(
        enter,
        "Enter",
        "__harness.events.length && theBar() && said.some((text) => /call/i.test(text))",
    )
    .await?;
    stage.event(START, 1, SOON).await?;
    step(TAB, "Tab", &focus("Mute microphone")).await?;
    step(enter, "Enter", &focus("Unmute microphone")).await?;
    step(TAB, "Tab", &focus("Show captions")).await?;
    step('m', "M", "said.length").await?;
    step(TAB, "Tab", &focus("Sound settings")).await?;
    step(enter, "Enter", "!inBar('.options').hidden").await?;
    step(TAB, "Tab", &focus("End call")).await?;
    step(
        TAB,
        "Tab",
        "theBar().shadowRoot.activeElement.type === 'range'",
    )
    .await?;
    step(
        TAB,
        "Tab",
        "theBar().shadowRoot.activeElement.localName === 'select'",
    )
    .await?;
    step(
        TAB,
        "Tab",
        "theBar().shadowRoot.activeElement === theBar().shadowRoot.querySelectorAll('select')[1]",
    )
    .await?;
    let bar = tree(&nodes(stage).await?);
    let _ = writeln!(heard.borrow_mut(), "\nThe bar, read through:\n\n{bar}");
    stage
        .run("theBar().shadowRoot.querySelector('.end').focus()")
        .await?;
    step(
        enter,
        "Enter on End call",
        "__harness.events.some(({ type }) => type.endsWith('end')) && said.length",
    )
    .await?;
    stage.event(END, 1, SOON).await?;
    held_to_document(&tidy(&heard.take()))
}

/// The whole tree, top down.
async fn nodes(stage: &Stage) -> Result<Vec<Value>, Failure> {
    let client = stage.browser()?.client();
    let tree = client
        .issue_cmd(Extension::devtools("Accessibility.getFullAXTree"))
        .await?;
    Ok(tree["nodes"].as_array().cloned().unwrap_or_default())
}

fn role(node: &Value) -> &str {
    node["role"]["value"].as_str().unwrap_or_default()
}

fn property<'a>(node: &'a Value, name: &str) -> Option<&'a Value> {
    let properties = node["properties"].as_array()?;
    properties
        .iter()
        .find(|p| p["name"] == name)
        .map(|p| &p["value"]["value"])
}

/// As a screen reader puts it: name, role, state.
fn words(node: &Value) -> String {
    let mut words = format!(
        "{}, {}",
        node["name"]["value"].as_str().unwrap_or_default(),
        role(node)
    );
    if let Some(value) = node["value"]["value"]
        .as_str()
        .filter(|value| !value.is_empty())
    {
        let _ = write!(words, ", {value}");
    }
    if let Some(number) = node["value"]["value"].as_f64() {
        let _ = write!(words, ", {number}");
    }
    for name in ["expanded", "pressed", "disabled"] {
        if let Some(value) = property(node, name) {
            let _ = write!(words, ", {name}: {value}");
        }
    }
    if let Some(text) = node["description"]["value"]
        .as_str()
        .filter(|text| !text.is_empty())
    {
        let _ = write!(words, " ({text})");
    }
    words
}

/// What is in the bar's region, indented as it is nested.
fn tree(nodes: &[Value]) -> String {
    fn walk(nodes: &[Value], node: &Value, depth: usize, text: &mut String) {
        // What only draws, and what a line of text consists of.
        let silent =
            node["ignored"] == true || ["InlineTextBox", "generic", "none"].contains(&role(node));
        if !silent {
            let _ = writeln!(text, "{}{}", "  ".repeat(depth), words(node));
        }
        for id in node["childIds"].as_array().into_iter().flatten() {
            if let Some(child) = nodes.iter().find(|node| &node["nodeId"] == id) {
                walk(nodes, child, depth + usize::from(!silent), text);
            }
        }
    }
    let mut text = String::new();
    if let Some(region) = nodes.iter().find(|node| role(node) == "region") {
        walk(nodes, region, 1, &mut text);
    }
    text
}

/// Times and names of devices are each run's own.
fn tidy(text: &str) -> String {
    let mut tidied = String::new();
    for line in text.lines() {
        let line = line.replace("Fake Default Audio Input", "Fake microphone");
        let line = line.replace("Fake Default Audio Output", "Fake speaker");
        let clock = |word: &str| {
            word.split_once(':')
                .is_some_and(|(m, s)| m.parse::<u8>().is_ok() && s.len() == 2)
        };
        let words: Vec<_> = line
            .split(' ')
            .map(|word| {
                if clock(word.trim_end_matches(',')) {
                    word.replace(|c: char| c.is_ascii_digit(), "0")
                } else {
                    word.to_owned()
                }
            })
            .collect();
        tidied += words.join(" ").trim_end();
        tidied.push('\n');
    }
    tidied
}

/// `VOCADESK_WRITE=1` writes it there instead.
fn held_to_document(heard: &str) -> Result<(), Failure> {
    let file = support::project().join("docs/accessibility.md");
    let document = std::fs::read_to_string(&file)?;
    let (before, rest) = document
        .split_once("```text\n")
        .ok_or("no transcript in docs/accessibility.md")?;
    let (told, after) = rest
        .split_once("```")
        .ok_or("the transcript does not end")?;
    if std::env::var_os("VOCADESK_WRITE").is_some() {
        return Ok(std::fs::write(
            &file,
            format!("{before}```text\n{heard}```{after}"),
        )?);
    }
    ensure!(
        told == heard,
        "docs/accessibility.md says otherwise (VOCADESK_WRITE=1 writes it):\n{heard}"
    );
    Ok(())
}
