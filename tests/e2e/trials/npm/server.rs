//! A shop's own server, in Node: says its address when it is up, and ends when it is told to or whoever started it is gone.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use support::failure::Failure;

/// It is up within a second; a busy machine may need longer.
const START_DEADLINE: Duration = Duration::from_secs(60);

/// Gone when this is dropped.
pub struct Server {
    /// Where its first page is.
    pub url: String,
    child: Child,
}

impl Server {
    /// Runs this script, with this in its environment.
    pub fn start(script: &Path, environment: &[(&str, &str)]) -> Result<Self, Failure> {
        let mut node = Command::new("node");
        node.arg(script).env("NODE_ENV", "production");
        for (name, value) in environment {
            node.env(name, value);
        }
        let log = script.with_extension("log");
        // Its input ends with this process, however that ends, and then so does it.
        let node = node.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = node.stderr(std::fs::File::create(&log)?).spawn()?;
        let stdout = child.stdout.take();
        let mut server = Self {
            url: String::new(),
            child,
        };
        let (say, heard) = mpsc::channel();
        let mut lines = BufReader::new(stdout.ok_or("it has no output")?)
            .lines()
            .map_while(Result::ok);
        thread::spawn(move || {
            let address = lines.find_map(|line| Some(line[line.find("http://")?..].to_owned()));
            let _ = say.send(address);
            // Reads on: a closed pipe would end it.
            lines.for_each(drop);
        });
        let address = heard.recv_timeout(START_DEADLINE).ok().flatten();
        let said = || std::fs::read_to_string(&log).unwrap_or_default();
        server.url = address.ok_or_else(|| format!("{script:?} says no address: {}", said()))?;
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
