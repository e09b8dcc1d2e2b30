//! Gates: what the gateway was told to hold back waits at one until the test opens it. What a test does meanwhile it does
//! in time, however busy the machine is; a delay is a guess at that.

use std::time::Duration;

use tokio::sync::watch;

/// The test's end of a gate, shut at first. Dropping it opens it: a test that has failed keeps nobody waiting.
#[derive(Debug)]
pub struct Gate(watch::Sender<bool>);

impl Gate {
    /// A gate that is shut.
    pub fn shut() -> Self {
        Self(watch::Sender::new(false))
    }

    /// Lets through what waits, and whatever comes later.
    pub fn open(&self) {
        self.0.send_replace(true);
    }

    /// What an order to the gateway is given, so that it waits here.
    pub fn held(&self) -> Held {
        Held(Some(self.0.subscribe()))
    }
}

/// Waits at a [`Gate`]; the default waits for nothing.
#[derive(Clone, Debug, Default)]
pub struct Held(Option<watch::Receiver<bool>>);

impl Held {
    /// Waits for so long from now, and for nobody: for a person who looks on. A test opens a gate.
    pub(super) fn for_a_time(time: Duration) -> Self {
        let gate = Gate::shut();
        let held = gate.held();
        tokio::spawn(async move {
            tokio::time::sleep(time).await;
            drop(gate);
        });
        held
    }

    /// Until the gate is open, or gone.
    pub(super) async fn passed(&mut self) {
        if let Some(gate) = &mut self.0 {
            // An error says that the test's end was dropped, which opens the gate.
            let _ = gate.wait_for(|open| *open).await;
        }
    }
}
