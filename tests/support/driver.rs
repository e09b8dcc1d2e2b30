//! A WebDriver server's process: started once for each engine, on a port from the operating system,
//! gone when this is dropped.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use crate::driver_port;
use crate::engine::{Engine, Port};
use crate::failure::Failure;
use crate::machine::Machine;
use crate::process_tree;

/// A driver starts in well under a second; a busy machine may need several.
const START_DEADLINE: Duration = Duration::from_secs(20);

const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Of what it says, how many lines are kept for whoever looks into a failure.
const KEPT_LINES: usize = 30;

/// The last lines that a driver, and the browser that it started, wrote to their two outputs.
#[derive(Clone, Default)]
pub struct Words(Arc<Mutex<VecDeque<String>>>);

impl Words {
    fn keep(&self, line: String) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push_back(line);
        if lines.len() > KEPT_LINES {
            lines.pop_front();
        }
    }

    /// All that is kept, oldest first.
    pub fn kept(&self) -> Vec<String> {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().cloned().collect()
    }
}

/// A running driver, and the machine that it stands on.
pub struct Driver {
    child: Child,
    /// Where it listens.
    pub url: String,
    /// What it wrote last.
    pub words: Words,
    /// Ends after the driver.
    pub machine: Arc<Machine>,
}

impl Driver {
    /// Starts the engine's machine and driver, and waits until the port is known.
    pub fn start(engine: &Engine) -> Result<Self, Failure> {
        let machine = Arc::new(Machine::start(engine.needs)?);
        let mut command = (engine.driver)();
        machine.lend_to(&mut command);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .spawn()
            .map_err(|e| Failure(format!("{program}: {e} (scripts/setup test installs it)")))?;
        let stdout = child.stdout.take().ok_or("the driver has no output")?;
        let stderr = child.stderr.take().ok_or("the driver has no output")?;
        // Owned from here on, so that an early return ends the process too.
        let mut driver = Self {
            child,
            url: String::new(),
            words: Words::default(),
            machine,
        };
        let said = listen(stdout, &engine.port, driver.words.clone());
        let _ = listen(stderr, &Port::Silent, driver.words.clone());
        let late = Instant::now() + START_DEADLINE;
        let port = loop {
            let port = match engine.port {
                Port::Said(_) => said.recv_timeout(START_DEADLINE).ok(),
                Port::Silent => driver_port::of_process(driver.child.id()),
            };
            if let Some(port) = port {
                break port;
            }
            if Instant::now() > late {
                let words = format!("{program} opened no port within {START_DEADLINE:?}");
                return Err(Failure(words));
            }
            thread::sleep(LOOK_EVERY);
        };
        driver.url = format!("http://127.0.0.1:{port}");
        Ok(driver)
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

/// Reads on to the end of the driver's life: a full pipe would stop it.
fn listen(output: impl Read + Send + 'static, port: &Port, words: Words) -> mpsc::Receiver<u16> {
    let (say, said) = mpsc::channel();
    let port_in = match port {
        Port::Said(port_in) => *port_in,
        Port::Silent => |_: &str| None,
    };
    thread::spawn(move || {
        // Browsers write there too, not always UTF-8.
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            if let Some(port) = port_in(&line) {
                // Nobody listens any more once the first port was heard.
                let _ = say.send(port);
            }
            words.keep(line);
        }
    });
    said
}

impl Drop for Driver {
    fn drop(&mut self) {
        // A browser that did not close when it was told to would outlive its driver.
        for pid in process_tree::below(self.child.id()) {
            process_tree::kill(pid);
        }
        // A process that is gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
