//! The gateway as a process of its own, so that what it works and holds is its own.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde::Deserialize;
use support::failure::Failure;
use support::process_tree;
use tempfile::TempDir;

/// All calls come from one address and to one embed; the limits are not what is measured.
const CONFIG: &str = r#"
[limits]
connections_per_address = 100000
calls_per_address = 100000
calls_per_embed = 100000
tokens_per_address = 1000000
tokens_per_embed = 1000000

[[embed]]
id = "emb_echo"
origins = ["self"]
agent = "echo"
"#;

/// Where it listens, as it says itself.
#[derive(Clone, Deserialize)]
pub struct Addresses {
    pub api: String,
    pub wss: String,
    pub site: String,
}

/// See the module.
pub struct Program {
    process: Child,
    addresses: Addresses,
    _folder: TempDir,
}

impl Program {
    pub fn start() -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let config = folder.path().join("gateway.toml");
        std::fs::write(&config, CONFIG)?;
        // `scripts/bench` has built it beside this program.
        let program = std::env::current_exe()?.with_file_name("gateway");
        let mut process = Command::new(&program)
            .arg("--config")
            .arg(&config)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|why| Failure(format!("{}: {why}", program.display())))?;
        let said = process.stdout.take().ok_or("the gateway has no stdout")?;
        let mut line = String::new();
        BufReader::new(said).read_line(&mut line)?;
        let addresses = serde_json::from_str(&line)?;
        Ok(Self {
            process,
            addresses,
            _folder: folder,
        })
    }

    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    pub fn private_bytes(&self) -> Result<u64, Failure> {
        Ok(process_tree::private_bytes(self.pid()).ok_or("the gateway is gone")?)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
