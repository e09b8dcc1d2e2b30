//! `scripts/demo` as a person starts it: the page it names is there, filled in, and its end is the end of
//! all that it started. No browser.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha384};

use crate::trial::Check;
use support::failure::{Failure, ensure};

/// Set-up and build find their work done; the gateway may have to be compiled first.
const START_DEADLINE: Duration = Duration::from_secs(240);

/// The gateway gives its calls a second to end.
const END_DEADLINE: Duration = Duration::from_secs(20);

pub fn checks() -> Vec<Check> {
    vec![(
        "the_demo_serves_its_page_until_it_is_told_to_end",
        the_demo_serves_its_page,
    )]
}

fn the_demo_serves_its_page() -> Result<(), Failure> {
    let mut demo = Demo::start()?;
    let page = get(&demo.page)?;
    let left = page.split_once("{{").map(|(_, rest)| rest.lines().next());
    ensure!(
        left.is_none(),
        "a placeholder is left in the page: {left:?}"
    );
    let (source, integrity) = (attribute(&page, "src")?, attribute(&page, "integrity")?);
    let site = host_of(&demo.page);
    ensure!(
        host_of(source) != site,
        "the script comes from the page's own origin: {source}"
    );
    let hash = Sha384::digest(get(source)?);
    ensure!(
        integrity == format!("sha384-{}", STANDARD.encode(hash)),
        "the script's hash is not {integrity}"
    );
    for file in ["demo.css", "demo.js"] {
        let file = format!("{}/{file}", demo.page);
        ensure!(!get(&file)?.is_empty(), "{file} is empty");
    }
    let playground = get(&format!("{}/playground/", demo.page))?;
    ensure!(
        playground.contains(integrity) && !playground.contains("{{"),
        "the playground is not filled in: {playground:.2000}"
    );
    for file in ["playground.js", "page.css", "preview.html"] {
        let file = format!("{}/playground/{file}", demo.page);
        ensure!(!get(&file)?.is_empty(), "{file} is empty");
    }
    demo.end()?;
    for gone in [&demo.page, source] {
        ensure!(
            TcpStream::connect(host_of(gone)).is_err(),
            "{gone} still listens"
        );
    }
    Ok(())
}

/// The script while it runs.
struct Demo {
    /// `None` once it was waited for.
    child: Option<Child>,
    page: String,
}

impl Demo {
    fn start() -> Result<Self, Failure> {
        let script = support::project().join("scripts/demo");
        let mut child = Command::new(script)
            // Any working directory will do.
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdout = child.stdout.take().ok_or("the script has no output")?;
        let mut demo = Self {
            child: Some(child),
            page: String::new(),
        };
        let (say, heard) = mpsc::channel();
        thread::spawn(move || {
            let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
            let _ = say.send(page_in(&mut lines));
            // Reads on: the script has more to say, and a closed pipe would end it.
            lines.for_each(drop);
        });
        let page = heard.recv_timeout(START_DEADLINE).ok().flatten();
        demo.page = page.ok_or("scripts/demo named no page")?;
        Ok(demo)
    }

    fn end(&mut self) -> Result<(), Failure> {
        let Some(mut child) = self.child.take() else {
            return Ok(());
        };
        // std's own kill is SIGKILL, which would leave the script no time to end its gateway.
        // The shell's, because a minimal Debian has no program of that name.
        let pid = child.id().to_string();
        Command::new("sh")
            .args(["-c", "kill \"$0\"", &pid])
            .status()?;
        let (say, ended) = mpsc::channel();
        thread::spawn(move || say.send(child.wait()));
        ended
            .recv_timeout(END_DEADLINE)
            .map_err(|_| "scripts/demo does not end when told to")??;
        Ok(())
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // For a check that broke off; its own failure is what counts.
        let _ = self.end();
    }
}

fn page_in(lines: &mut impl Iterator<Item = String>) -> Option<String> {
    lines.find_map(|line| Some(format!("http://{}", line.split_once("http://")?.1)))
}

/// `name="…"`, where it first stands in the page.
fn attribute<'a>(page: &'a str, name: &str) -> Result<&'a str, Failure> {
    let value = page.split_once(&format!("{name}=\""));
    let value = value.and_then(|(_, rest)| rest.split_once('"'));
    Ok(value.ok_or(format!("the page has no {name}"))?.0)
}

fn host_of(url: &str) -> &str {
    let rest = url.trim_start_matches("http://");
    rest.split('/').next().unwrap_or(rest)
}

/// HTTP/1.0, so that the answer ends where the connection does.
fn get(url: &str) -> Result<String, Failure> {
    let host = host_of(url);
    let path = url.split_once(host).map_or("", |(_, path)| path);
    let path = if path.is_empty() { "/" } else { path };
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET {path} HTTP/1.0\r\nhost: {host}\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no whole answer")?;
    ensure!(head.contains(" 200 "), "{url}: {head}");
    Ok(body.to_owned())
}
