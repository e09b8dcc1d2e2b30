//! The reference gateway as a program: `cargo run -p gateway -- --help`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use gateway::{Config, Gateway, Record, report};

const USAGE: &str = "\
The Vocadesk reference gateway: tokens, call socket, cdn and site on this machine.

  --config FILE    embeds and agents (default: tests/gateway/gateway.toml, built in)
  --dist DIR       folder that the cdn serves
  --site DIR       folder that the site serves, {{PLACEHOLDERS}} in its HTML filled in
  --api-port N     0 or nothing: any free port
  --cdn-port N
  --site-port N
  --agent URL      ws://…: the parrot's calls are handed on to the agent there (docs/agents.md)
  --report FILE    a JSON record and WAV files, written whenever a call ends

One line of JSON on stdout says where it listens; everything else goes to stderr. Ctrl-C or TERM ends it.";

struct Options {
    config: Config,
    report: Option<PathBuf>,
}

/// `Ok(None)`: help was asked for.
fn options(mut args: impl Iterator<Item = String>) -> Result<Option<Options>, String> {
    let mut config = None;
    let (mut dist, mut site, mut report, mut agent) = (None, None, None, None);
    let (mut api_port, mut cdn_port, mut site_port) = (None, None, None);
    while let Some(flag) = args.next() {
        if matches!(flag.as_str(), "-h" | "--help") {
            return Ok(None);
        }
        let mut value = || args.next().ok_or(format!("{flag} needs a value"));
        let port = |text: String| {
            let number = text.parse::<u16>();
            number.map_err(|_| format!("{flag}: {text:?} is not a port"))
        };
        match flag.as_str() {
            "--config" => {
                let file = value()?;
                let text = std::fs::read_to_string(&file).map_err(|e| format!("{file}: {e}"))?;
                config = Some(Config::from_toml(&text).map_err(|e| format!("{file}: {e}"))?);
            }
            "--dist" => dist = Some(PathBuf::from(value()?)),
            "--site" => site = Some(PathBuf::from(value()?)),
            "--agent" => agent = Some(value()?),
            "--report" => report = Some(PathBuf::from(value()?)),
            "--api-port" => api_port = Some(port(value()?)?),
            "--cdn-port" => cdn_port = Some(port(value()?)?),
            "--site-port" => site_port = Some(port(value()?)?),
            _ => return Err(format!("unknown argument {flag:?}\n\n{USAGE}")),
        }
    }
    let mut config = config.unwrap_or_else(Config::documented);
    if let Some(url) = agent {
        config = config
            .parrot_at(&url)
            .map_err(|e| format!("--agent: {e}"))?;
    }
    config.verbose = true;
    config.forgets = report.is_none();
    config.dist = dist;
    config.site = site;
    let ports = &mut config.ports;
    ports.api = api_port.unwrap_or(ports.api);
    ports.cdn = cdn_port.unwrap_or(ports.cdn);
    ports.site = site_port.unwrap_or(ports.site);
    Ok(Some(Options { config, report }))
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(why) => {
            eprintln!("gateway: {why}");
            return ExitCode::from(2);
        }
    };
    let gateway = match Gateway::start(options.config).await {
        Ok(gateway) => gateway,
        Err(why) => {
            eprintln!("gateway: {why}");
            return ExitCode::FAILURE;
        }
    };
    let (api, wss) = (gateway.api_url(), gateway.wss_url());
    let (cdn, site) = (gateway.cdn_url(), gateway.site_url());
    eprintln!("site    {site}\ncdn     {cdn}\napi     {api}\nsocket  {wss}\nCtrl-C ends it.");
    println!(
        "{}",
        serde_json::json!({ "api": api, "wss": wss, "cdn": cdn, "site": site })
    );
    let report = options.report.as_deref();
    tokio::select! {
        () = asked_to_end() => {}
        () = keep_report(&gateway, report) => {}
    }
    gateway.shutdown().await;
    if let Some(file) = report {
        // Once more: the shutdown may have ended a call.
        write_report(&gateway, file);
    }
    ExitCode::SUCCESS
}

/// Ctrl-C, or the TERM that a script sends.
async fn asked_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = term.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

/// Writes the report anew each time a call has ended.
async fn keep_report(gateway: &Gateway, file: Option<&Path>) {
    let Some(file) = file else {
        return std::future::pending().await;
    };
    let ended = |r: &Record| r.calls.iter().filter(|c| c.ended.is_some()).count();
    let mut reported = 0;
    loop {
        let more = |r: &Record| Some(ended(r)).filter(|&now| now > reported);
        if let Ok(now) = gateway.wait_for("a call's end", Duration::MAX, more).await {
            reported = now;
            write_report(gateway, file);
        }
    }
}

fn write_report(gateway: &Gateway, file: &Path) {
    if let Err(why) = report::write(file, &gateway.record()) {
        eprintln!("gateway: {}: {why}", file.display());
    }
}
