//! A screen in memory: Xvfb, which chooses a free display number itself and says it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::failure::Failure;

/// A running screen.
pub struct Display {
    child: Child,
    /// As `DISPLAY` wants it.
    pub name: String,
}

impl Display {
    pub fn start() -> Result<Self, Failure> {
        let mut child = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1000x800x24"])
            .args(["-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| Failure(format!("Xvfb: {e} (scripts/setup test installs it)")))?;
        let stdout = child.stdout.take();
        // Owned from here on, so that an early return ends the process too.
        let mut display = Self {
            child,
            name: String::new(),
        };
        // The line comes once the screen is ready; a process that dies ends the pipe instead.
        let mut number = String::new();
        BufReader::new(stdout.ok_or("Xvfb has no output")?).read_line(&mut number)?;
        if number.trim().is_empty() {
            return Err("Xvfb named no display".into());
        }
        display.name = format!(":{}", number.trim());
        Ok(display)
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
