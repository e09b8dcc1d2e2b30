//! A WebDriver server's process: started once for each engine, on a port from the operating system,
//! gone when this is dropped.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::engine::Engine;
use crate::failure::Failure;

/// A driver starts in well under a second; a busy machine may need several.
const START_DEADLINE: Duration = Duration::from_secs(20);

/// A running driver.
pub struct Driver {
    child: Child,
    /// Where it listens.
    pub url: String,
}

impl Driver {
    /// Starts the engine's driver and waits until it says its port.
    pub fn start(engine: &Engine) -> Result<Self, Failure> {
        let mut command = (engine.driver)();
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .spawn()
            .map_err(|e| Failure(format!("{program}: {e} (scripts/setup test installs it)")))?;
        let stdout = child.stdout.take().ok_or("the driver has no output")?;
        // Owned from here on, so that an early return ends the process too.
        let mut driver = Self {
            child,
            url: String::new(),
        };
        let (say, heard) = mpsc::channel();
        let port_in = engine.port_in;
        // Reads on to the end of the driver's life: a full pipe would stop it.
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Some(port) = port_in(&line) {
                    // Nobody listens any more once the first port was heard.
                    let _ = say.send(port);
                }
            }
        });
        let port = heard
            .recv_timeout(START_DEADLINE)
            .map_err(|_| Failure(format!("{program} named no port within {START_DEADLINE:?}")))?;
        driver.url = format!("http://127.0.0.1:{port}");
        Ok(driver)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Its sessions are closed by now; a process that is gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
