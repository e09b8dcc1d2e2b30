//! `scripts/test wire -- --api URL --origin URL --embed ID`.

use std::process::ExitCode;
use std::time::Duration;

use conformance::{Problem, Target, run};

const USAGE: &str = "\
Holds a server to docs/protocol.md: scripts/test wire -- --api URL --origin URL --embed ID [--url URL] [--echoes] [--ca FILE]

  --api URL     where tokens are granted, without /v1/tokens: https://api.example.com
  --origin URL  an origin that may use the embed: https://www.example.com
  --embed ID    the embed; one without a turnstile
  --url URL     the call socket, where the token's answer names none: wss://voice.example.com/embed/v1/call
  --echoes      the embed's agent sends each frame straight back: then it can be seen what was heard
  --ca FILE     who has signed the server's certificate, where the system knows nobody who has

It makes some twenty calls of a second or two. https: and wss: take the program openssl.";

fn target(mut args: impl Iterator<Item = String>) -> Result<Target, String> {
    let mut target = Target {
        api: String::new(),
        socket: None,
        origin: String::new(),
        embed: String::new(),
        echoes: false,
        ca: None,
        quiet: Duration::from_secs(5),
        slack: Duration::from_millis(1_500),
    };
    while let Some(flag) = args.next() {
        let mut value = || args.next().ok_or(format!("{flag} needs a value"));
        match flag.as_str() {
            "--api" => target.api = value()?.trim_end_matches('/').to_owned(),
            "--url" => target.socket = Some(value()?),
            "--origin" => target.origin = value()?,
            "--embed" => target.embed = value()?,
            "--ca" => target.ca = Some(value()?.into()),
            "--echoes" => target.echoes = true,
            _ => return Err(format!("unknown argument {flag:?}")),
        }
    }
    let given = [&target.api, &target.origin, &target.embed];
    if given.iter().any(|value| value.is_empty()) {
        return Err("--api, --origin and --embed are needed".to_owned());
    }
    Ok(target)
}

#[tokio::main]
async fn main() -> ExitCode {
    let target = match target(std::env::args().skip(1)) {
        Ok(target) => target,
        Err(why) => {
            eprintln!("{why}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let outcomes = run(&target, |outcome| {
        let promise = outcome.promise.replace('_', " ");
        match &outcome.result {
            Ok(()) => println!("ok       {promise}"),
            Err(Problem::Skipped(why)) => println!("skipped  {promise}: {why}"),
            Err(Problem::Failed(why)) => println!("FAILED   {promise}: {why}"),
        }
    })
    .await;
    let count = |is: fn(&Result<(), Problem>) -> bool| {
        let all = outcomes.iter().map(|outcome| &outcome.result);
        all.filter(|result| is(result)).count()
    };
    let passed = count(Result::is_ok);
    let failed = count(|result| matches!(result, Err(Problem::Failed(_))));
    let skipped = outcomes.len() - passed - failed;
    println!("\n{passed} passed, {failed} failed, {skipped} skipped");
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
