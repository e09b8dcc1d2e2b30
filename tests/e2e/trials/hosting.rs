//! Any static host will do: the release's folder behind a real nginx, as the release itself configures it,
//! and as hosts serve it whose people have not read that.

use holds::holds;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::trial::{Trial, trial};
use gateway::agent::AgentKind;
use gateway::config::Embed;
use support::failure::{Failure, ensure};
use support::nginx::{Nginx, Server};
use support::page::{Page, Placement};
use support::stage::{Setting, Stage};

pub fn trials() -> Vec<Trial> {
    // One of the pages is on a site of nginx's.
    let mut anywhere = Setting::default().config(|mut config| {
        config.embeds = vec![Embed::new("emb_demo", AgentKind::Echo).origins(&["*"])];
        config
    });
    anywhere.tls = true;
    vec![trial!(any_static_host_will_do, anywhere)]
}

/// Where `scripts/pack` has made the folder of a release: in `VOCADESK_PACKED`, or in `target/packed`.
pub(super) fn packed() -> PathBuf {
    std::env::var_os("VOCADESK_PACKED")
        .map_or_else(|| support::project().join("target/packed"), PathBuf::from)
}

/// The folder's path on every host.
pub(super) const FOLDER: &str = concat!("embed/v", env!("CARGO_PKG_VERSION"));

const CORS: &str = "add_header Access-Control-Allow-Origin *;";

/// How a host serves, and what the trial finds.
struct Host {
    name: &'static str,
    tls: bool,
    inside: &'static str,
    /// Before `/embed`.
    below: &'static str,
    /// The wasm's line in nginx's log, behind port and path.
    answers: &'static str,
    /// Whether the wasm can be compiled while it comes.
    streams: bool,
}

/// What the release brings along.
const OWN: &str = "include SHIPPED;";

const HOSTS: &[Host] = &[
    Host {
        name: "as the release configures it, over HTTP/1.1",
        tls: false,
        inside: OWN,
        below: "",
        // Browsers offer brotli over TLS only, and on localhost; not all count 127.0.0.1 to it.
        answers: "application/wasm",
        streams: true,
    },
    Host {
        name: "the same over HTTP/2",
        tls: true,
        inside: OWN,
        below: "",
        answers: "200 [br] [application/wasm]",
        streams: true,
    },
    Host {
        name: "the same in a folder further down",
        tls: true,
        inside: OWN,
        below: "/assets/third-party",
        answers: "200 [br] [application/wasm]",
        streams: true,
    },
    Host {
        name: "another MIME type, and no compression",
        tls: false,
        inside: "types { text/javascript js; } default_type application/octet-stream; CORS",
        below: "",
        answers: "200 [-] [application/octet-stream]",
        streams: false,
    },
    Host {
        name: "no MIME type",
        tls: false,
        inside: "types { text/javascript js; } default_type ''; CORS",
        below: "",
        answers: "200 [-] [-]",
        streams: false,
    },
    Host {
        name: "the right MIME type with something behind it",
        tls: false,
        inside: "types { text/javascript js; } default_type 'application/wasm; charset=utf-8'; CORS",
        below: "",
        answers: "200 [-] [application/wasm; charset=utf-8]",
        streams: false,
    },
];

/// The servers behind the hosts that work.
const WITHOUT_CORS: usize = HOSTS.len();
const OWN_ORIGIN: usize = HOSTS.len() + 1;
/// As nginx comes: its own list of types, nothing else.
const PLAIN: &str = "include /etc/nginx/mime.types;";

fn start(page: &Page, stage: &Stage) -> Result<Nginx, Failure> {
    // The copy that it serves: nobody may be unable to read what lies in the home folder of root.
    let shipped = format!("www/{FOLDER}/nginx.conf");
    let inside = |text: &str| text.replace("SHIPPED", &shipped).replace("CORS", CORS);
    let mut servers: Vec<_> = HOSTS
        .iter()
        .map(|host| Server {
            tls: host.tls,
            inside: inside(host.inside),
        })
        .collect();
    servers.extend([PLAIN, PLAIN].map(|text| Server {
        tls: false,
        inside: inside(text),
    }));
    Nginx::start(&servers, |www| {
        for below in ["", "/assets/third-party"] {
            copy(&packed(), &www.join(format!(".{below}/{FOLDER}")))?;
        }
        std::fs::create_dir(www.join("harness"))?;
        std::fs::write(www.join("harness/tap.js"), support::tap::SCRIPT)?;
        let html = page.html(&stage.release);
        let html = html.replace("{{API_URL}}", &stage.gateway.api_url());
        std::fs::write(www.join("index.html"), html)
    })
}

pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        std::fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

/// Counts how the wasm is compiled.
const WATCH: &str = r#"<script>
  window.compiled = [];
  for (const name of ["compile", "compileStreaming"]) {
    const real = WebAssembly[name];
    WebAssembly[name] = (...given) => (compiled.push(name), real.apply(WebAssembly, given));
  }
</script>"#;

fn page(script: &str, more: &str) -> Page {
    let head = format!(r#"{WATCH}<script src="{script}"{more}></script>"#);
    Page::default().script(Placement::Absent).head(head)
}

#[holds("1.snippet", "1.own-folder")]
async fn any_static_host_will_do(stage: &mut Stage) -> Result<(), Failure> {
    let integrity = std::fs::read_to_string(packed().join("integrity.json")).map_err(|e| {
        Failure(format!(
            "{}: {e} (scripts/pack makes it)",
            packed().display()
        ))
    })?;
    let integrity: Value = serde_json::from_str(&integrity)?;
    let hash = integrity["files"]["vocadesk.min.js"]["integrity"].as_str();
    let hash = hash.ok_or("no hash of the script")?;
    let tagged = format!(r#" integrity="{hash}" crossorigin="anonymous" defer"#);

    // On the customer's own origin no host needs to know of anything: neither CORS nor a tag's crossorigin.
    let own = page(
        &format!("{FOLDER}/vocadesk.min.js"),
        &format!(r#" integrity="{hash}""#),
    );
    let nginx = start(&own, stage)?;
    stage
        .browser()?
        .goto(&format!("http://127.0.0.1:{}/", nginx.port(OWN_ORIGIN)))
        .await?;
    calls(stage, "the customer's own origin").await?;

    for (server, host) in HOSTS.iter().enumerate() {
        let scheme = if host.tls { "https" } else { "http" };
        let path = format!("{}/{FOLDER}", host.below);
        let origin = format!("{scheme}://127.0.0.1:{}", nginx.port(server));
        let script = format!("{origin}{path}/vocadesk.min.js");
        stage.open(&page(&script, &tagged)).await?;
        calls(stage, host.name).await?;
        served(&nginx.log()?, &nginx, server)
            .map_err(|Failure(why)| Failure(format!("{}: {why}", host.name)))?;
        let how = if host.streams {
            "compileStreaming"
        } else {
            "compile"
        };
        let compiled = stage.run("return compiled").await?;
        ensure!(compiled == json!([how]), "{}: {compiled}", host.name);
    }
    without_cors(stage, &nginx, &tagged).await?;
    out_of_reach(stage, nginx).await
}

async fn calls(stage: &Stage, what: &str) -> Result<(), Failure> {
    let told = |Failure(why)| Failure(format!("{what}: {why}"));
    stage.state("#call", "idle").await.map_err(told)?;
    stage.good_call("#call").await.map_err(told)?;
    let complaints = stage.complaints().await?;
    ensure!(complaints.is_empty(), "{what}: {complaints:?}");
    Ok(())
}

/// That nginx has really sent what the trial is about.
fn served(log: &str, nginx: &Nginx, server: usize) -> Result<(), Failure> {
    let host = &HOSTS[server];
    let version = if host.tls { "HTTP/2.0" } else { "HTTP/1.1" };
    let from = format!(
        "{} {version} {}/{FOLDER}/vocadesk.wasm",
        nginx.port(server),
        host.below
    );
    let lines: Vec<_> = log.lines().filter(|line| line.starts_with(&from)).collect();
    let right = lines.iter().all(|line| line.contains(host.answers));
    ensure!(
        !lines.is_empty() && right,
        "not {from} with {:?}: {log}",
        host.answers
    );
    Ok(())
}

/// A tag with a hash does not run there, and the browser says why. One without `crossorigin` does, and we say
/// what its wasm lacks.
async fn without_cors(stage: &Stage, nginx: &Nginx, tagged: &str) -> Result<(), Failure> {
    let script = format!(
        "http://127.0.0.1:{}/{FOLDER}/vocadesk.min.js",
        nginx.port(WITHOUT_CORS)
    );
    stage.open(&page(&script, tagged)).await?;
    let ran = stage.run("return 'Vocadesk' in window").await?;
    ensure!(ran == false, "it ran unchecked");
    stage.open(&page(&script, "")).await?;
    let error = stage.fail_call("#call", "unknown").await?;
    for words in ["vocadesk.wasm", "Access-Control-Allow-Origin"] {
        ensure!(
            error.message().contains(words),
            "{words:?} is not in {error:?}"
        );
    }
    Ok(())
}

/// A host that has gone when the visitor clicks.
async fn out_of_reach(stage: &Stage, nginx: Nginx) -> Result<(), Failure> {
    let script = format!(
        "http://127.0.0.1:{}/{FOLDER}/vocadesk.min.js",
        nginx.port(WITHOUT_CORS)
    );
    // No host yet: the script alone is there.
    let empty = page(&script, "").body(r#"<button id="call">Talk to us</button>"#);
    stage.open(&empty).await?;
    stage
        .until("window.Vocadesk", support::visitor::SOON)
        .await?;
    drop(nginx);
    stage
        .run("call.setAttribute('data-vocadesk-embed', 'emb_demo')")
        .await?;
    let error = stage.fail_call("#call", "unknown").await?;
    ensure!(
        error.message().contains("out of reach"),
        "{error:?} says something else"
    );
    Ok(())
}
