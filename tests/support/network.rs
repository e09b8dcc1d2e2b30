//! Which addresses a page really asked for, from any of its threads: read from the browser's own
//! network log, because no script in the page can see what a worker fetches.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

/// One request that left the browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requested {
    /// The whole address.
    pub url: String,
    /// The origin of the page or worker that asked; `None` for the browser's own errands.
    pub initiator: Option<String>,
    /// How urgent it was, in the browser's own word, where its log tells.
    pub priority: Option<String>,
}

/// The origins of requests that pages made; the browser's own errands do not count.
pub fn origins(requests: &[Requested]) -> BTreeSet<String> {
    let from_pages = requests.iter().filter(|r| r.initiator.is_some());
    from_pages.filter_map(|r| origin_of(&r.url)).collect()
}

/// Scheme, host and port. A socket counts for the HTTP origin that it upgrades from.
pub fn origin_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = match scheme {
        "ws" => "http",
        "wss" => "https",
        other => other,
    };
    let host = rest.split(['/', '?', '#']).next()?;
    Some(format!("{scheme}://{host}"))
}

/// Reads Chromium's `--log-net-log` file: one event a line, after a line of constants that gives the
/// event types their numbers. A log that was cut off lacks only its end.
pub fn parse_net_log(log: &str) -> Vec<Requested> {
    let Some(started) = event_number(log, "URL_REQUEST_START_JOB") else {
        return Vec::new();
    };
    let alive = event_number(log, "REQUEST_ALIVE");
    let mut priorities = HashMap::new();
    let mut requests = Vec::new();
    for line in log.lines() {
        let line = line.trim_end_matches(['\r', ',']).trim_end_matches("]}");
        let Ok(event) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let source = event["source"]["id"].as_i64();
        if event["type"].as_i64() == alive
            && let Some(priority) = event["params"]["priority"].as_str()
        {
            priorities.insert(source, priority.to_owned());
        }
        if event["type"] != started {
            continue;
        }
        let Some(url) = event["params"]["url"].as_str() else {
            continue;
        };
        let initiator = event["params"]["initiator"].as_str();
        requests.push(Requested {
            url: url.to_owned(),
            initiator: initiator.filter(|i| i.contains("://")).map(str::to_owned),
            priority: priorities.get(&source).cloned(),
        });
    }
    requests
}

fn event_number(log: &str, name: &str) -> Option<i64> {
    let quoted = format!("\"{name}\":");
    let rest = log.get(log.find(&quoted)? + quoted.len()..)?;
    let digits: String = rest
        .trim_start()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}
