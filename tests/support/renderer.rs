//! The process that runs a page's scripts: what it costs, and its sudden end.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::failure::Failure;
use crate::process_tree;
use crate::stage::Stage;

/// Stands out from what the browser's other processes do meanwhile, a call's audio among it.
const WORK: Duration = Duration::from_millis(500);

impl Stage {
    /// Kills the process that runs the page's scripts, as the system does when memory is short.
    pub async fn kill_renderer(&self) -> Result<(), Failure> {
        process_tree::kill(self.renderer().await?);
        Ok(())
    }

    /// The process that runs the page's scripts. It is known by the work that it does when the page is
    /// busy.
    pub async fn renderer(&self) -> Result<u32, Failure> {
        // The browser's own process is the driver's child, and busy too while it waits.
        let is_helper = |pid: &u32| process_tree::parent_of(*pid) != Some(self.driver);
        let used = |pid: &u32| Some((*pid, process_tree::ticks(*pid)?));
        let before: BTreeMap<_, _> = process_tree::below(self.driver)
            .iter()
            .filter(|pid| is_helper(pid))
            .filter_map(used)
            .collect();
        self.block_main_thread(WORK).await?;
        let worked = |(pid, ticks): (&u32, &u64)| {
            let now = process_tree::ticks(*pid)?;
            Some((now.saturating_sub(*ticks), *pid))
        };
        let busiest = before.iter().filter_map(worked).max();
        let (_, pid) = busiest.ok_or("the browser has no processes")?;
        Ok(pid)
    }
}
