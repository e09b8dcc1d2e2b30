//! What a failed trial leaves for whoever looks into the failure: the page as it looked, what its console
//! said, what the gateway heard of the microphone and what the speaker was given.

use std::path::PathBuf;
use std::time::Duration;

use crate::failure::Failure;
use crate::process_tree;
use crate::sound;
use crate::stage::Stage;

/// A tap answers at once; one whose audio thread stands still never does.
const TAP_DEADLINE: Duration = Duration::from_secs(3);

/// The wire's.
const RATE_HZ: u32 = 24_000;

impl Stage {
    /// What is known of a browser also when it has no answer any more: its processes, and its last words.
    pub fn last_words(&self) -> String {
        let processes = process_tree::below(self.driver);
        let names = processes
            .iter()
            .filter_map(|pid| std::fs::read_to_string(format!("/proc/{pid}/comm")).ok());
        let names: Vec<_> = names.map(|name| name.trim_end().to_owned()).collect();
        let mut words = format!("runs: {}", names.join(", "));
        for line in self.words.kept() {
            words.push_str("\nbrowser: ");
            words.push_str(&line);
        }
        words
    }

    /// Leaves a screenshot and all sound for whoever looks into the failure, and gives what the console
    /// said.
    pub async fn keep_evidence(&self, name: &str) -> Result<String, Failure> {
        let folder = evidence_folder()?;
        let name = name.replace("::", "-");
        let mut words = format!("evidence: {}/{name}*", folder.display());
        for (nth, call) in self.gateway.record().calls.iter().enumerate() {
            let file = folder.join(format!("{name}-microphone-{nth}.wav"));
            sound::write_wav(&file, RATE_HZ, &sound::from_pcm(&call.mic_samples()))?;
        }
        let browser = self.browser()?;
        let file = folder.join(format!("{name}.png"));
        std::fs::write(&file, browser.screenshot().await?)?;
        for line in browser.console().await {
            words.push_str("\nconsole: ");
            words.push_str(&line);
        }
        // A page with no context, or none of ours, has no sound to keep.
        let heard = tokio::time::timeout(TAP_DEADLINE, self.heard()).await;
        for (nth, heard) in heard.iter().flatten().flatten().enumerate() {
            let file = folder.join(format!("{name}-speaker-{nth}.wav"));
            sound::write_wav(&file, heard.rate, &heard.samples)?;
        }
        Ok(words)
    }
}

/// Where failed trials leave what they saw.
pub fn evidence_folder() -> Result<PathBuf, Failure> {
    let folder = crate::project().join("target/e2e");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
