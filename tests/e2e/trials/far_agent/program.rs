//! The agent as a program: a Python script in the virtual environment of `scripts/setup interop`.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use support::failure::Failure;

/// Names the Python of the virtual environment. `scripts/test interop` sets it; without it there are no such trials.
const PYTHON: &str = "VOCADESK_INTEROP_PYTHON";

/// Python reads half a gigabyte of packages first.
const STARTS_WITHIN: Duration = Duration::from_secs(60);

/// One that is free, for all agents, one after the other: each of these trials runs alone.
static PORT: LazyLock<u16> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
});

/// Whether the trials with it are asked for.
pub fn is_wanted() -> bool {
    std::env::var_os(PYTHON).is_some()
}

/// The Python that has what the agent needs.
pub fn python() -> Result<PathBuf, Failure> {
    Ok(std::env::var_os(PYTHON).ok_or("no Python is named")?.into())
}

/// Where the gateway finds it.
pub fn url() -> String {
    format!("ws://127.0.0.1:{}/call", *PORT)
}

/// It runs until this is dropped.
pub struct Program {
    process: Child,
    /// The lines of JSON that it has written.
    told: Arc<Mutex<Vec<Value>>>,
}

impl Program {
    /// The workshop of `tests/interop/pipecat`.
    pub fn workshop() -> Result<Self, Failure> {
        Self::start(&support::project().join("tests/interop/pipecat/agent.py"))
    }

    /// A script that listens at the port of its first argument, and says so as its first line.
    pub fn start(script: &Path) -> Result<Self, Failure> {
        let python = python()?;
        let mut process = Command::new(&python)
            .arg(script)
            .arg(PORT.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|why| Failure(format!("{}: {why}", python.display())))?;
        let stdout = process.stdout.take().ok_or("the agent has no stdout")?;
        let told = Arc::new(Mutex::new(Vec::new()));
        let program = Self {
            process,
            told: Arc::clone(&told),
        };
        let (say, heard) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let line = serde_json::from_str(&line).unwrap_or(Value::String(line));
                told.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(line);
                let _ = say.send(());
            }
        });
        heard
            .recv_timeout(STARTS_WITHIN)
            .map_err(|_| Failure(format!("{} does not listen", script.display())))?;
        Ok(program)
    }

    /// What it has written so far, line by line.
    pub fn told(&self) -> Vec<Value> {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.clone()
    }

    /// As the system kills it when memory is short.
    pub fn kill(&mut self) -> Result<(), Failure> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Dead already is as good.
        let _ = self.kill();
    }
}
