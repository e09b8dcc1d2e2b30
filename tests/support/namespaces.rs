//! Network namespaces, as Linux has them: networks of their own, with addresses of their own. A thread can be in one,
//! and with it the sockets that it opens and the processes that it starts.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::fd::AsFd as _;
use std::process::{Command, Stdio};
use std::thread;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::failure::{Failure, ensure};

/// A network namespace, for as long as this or a thread or process in it lives.
pub struct Namespace {
    file: File,
}

impl Namespace {
    /// A new one, whose loopback device is up.
    ///
    /// # Errors
    /// Where this process may make none.
    pub fn make() -> Result<Self, Failure> {
        let mut founder = Command::new("unshare")
            .args(["--net", "sh", "-c", "echo; read _"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        let output = founder.stdout.take().ok_or("no output")?;
        let said = BufReader::new(output).read_line(&mut line)?;
        let file = File::open(format!("/proc/{}/ns/net", founder.id()));
        // At the end of its input it ends; the open file keeps the namespace.
        drop(founder.stdin.take());
        founder.wait()?;
        ensure!(said > 0, "this process may make no network namespace");
        let namespace = Self { file: file? };
        namespace.within(|| ip("link set lo up"))??;
        Ok(namespace)
    }

    /// Moves the calling thread there, for good.
    pub fn enter(&self) -> Result<(), Failure> {
        let network = Some(LinkNameSpaceType::Network);
        Ok(move_into_link_name_space(self.file.as_fd(), network).map_err(std::io::Error::from)?)
    }

    /// Does this there, on a thread of its own, and waits for it.
    pub fn within<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
        thread::scope(|scope| {
            let there = scope.spawn(|| self.enter().map(|()| work()));
            there
                .join()
                .unwrap_or_else(|_| Err("panicked in its namespace".into()))
        })
    }
}

/// Runs `ip` with these words, in the namespace of the calling thread.
pub fn ip(words: &str) -> Result<(), Failure> {
    let output = Command::new("ip").args(words.split(' ')).output()?;
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "ip {words}: {error}");
    Ok(())
}
