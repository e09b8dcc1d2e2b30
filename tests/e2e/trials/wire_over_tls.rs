//! The checks of `scripts/test wire` through TLS, as anybody's server is reached: the gateway behind a real nginx. What they find
//! without TLS is held in the gateway's own tests.

use std::path::PathBuf;
use std::time::Duration;

use crate::trial::Check;
use conformance::{Outcome, Problem, Target};
use gateway::agent::AgentKind;
use gateway::config::{Embed, Feature};
use gateway::{Config, Gateway, Misbehave, TokenFault};
use support::failure::{Failure, ensure};
use support::nginx::{Nginx, Server};
use support::visitor::SOON;

pub fn checks() -> Vec<Check> {
    vec![(
        "a_server_behind_tls_is_held_to_the_wire_and_one_with_an_unknown_certificate_is_not_spoken_to",
        a_server_behind_tls_is_held_to_the_wire,
    )]
}

fn a_server_behind_tls_is_held_to_the_wire() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let gateway = Gateway::start(patient()).await?;
        let nginx = in_front_of(&gateway)?;
        let port = nginx.port(0);
        let socket = format!("wss://127.0.0.1:{port}/embed/v1/call");
        gateway.misbehave(Misbehave {
            token: Some(TokenFault::WssUrl(socket)),
            ..Misbehave::default()
        });
        let target = |ca| Target {
            api: format!("https://127.0.0.1:{port}"),
            socket: None,
            origin: gateway.site_url(),
            embed: "emb_echo".to_owned(),
            echoes: true,
            quiet: Duration::from_millis(400),
            ca,
            slack: SOON,
        };
        let outcomes = conformance::run(&target(Some(nginx.certificate())), |_| {}).await;
        let passed = outcomes.iter().filter(|outcome| outcome.result.is_ok());
        ensure!(passed.count() == outcomes.len(), "{outcomes:?}");
        // Nobody has signed it but itself.
        let outcomes = conformance::run(&target(None::<PathBuf>), |_| {}).await;
        let is_refused = |o: &Outcome| matches!(o.result, Err(Problem::Failed(_)));
        ensure!(outcomes.iter().all(is_refused), "{outcomes:?}");
        Ok(())
    })
}

/// It is asked more often than by any page.
fn patient() -> Config {
    let mut config = Config::default()
        .embed(Embed::new("emb_echo", AgentKind::Echo))
        .features(&Feature::ALL);
    config.deadlines.quiet_secs = 0.4;
    config.limits.tokens_per_address = 100_000;
    config
}

fn in_front_of(gateway: &Gateway) -> Result<Nginx, Failure> {
    let socket = url::Url::parse(&gateway.wss_url()).map_err(|e| e.to_string())?;
    let socket = socket.port().ok_or("the socket has no port")?;
    let inside = format!(
        "location /v1/ {{ proxy_pass {}; }}\n\
         location /embed/ {{ proxy_pass http://127.0.0.1:{socket}; proxy_http_version 1.1;\n\
         proxy_set_header upgrade $http_upgrade; proxy_set_header connection upgrade; }}",
        gateway.api_url()
    );
    Nginx::start(&[Server { tls: true, inside }], |_| Ok(()))
}
