//! A call: what it costs its page, and what a visitor gets of it.

mod client;
pub mod coding;
pub mod cost;
mod deepgram;
pub mod delay;
pub mod memory;
pub mod probe;
pub mod stall;
pub mod wait;

use gateway::Answer;
use support::stage::Stage;
use support::tap;

/// From now on the harness leaves the pages' sound alone: its tap costs what it hears.
fn without_tap(stage: &Stage) {
    let refused = stage.engine.without.script();
    let script = format!("window.untapped = true;\n{refused}{}", tap::SCRIPT);
    let script = Answer::new(200, "text/javascript", script);
    stage.gateway.site_answer("/harness/tap.js", script);
}
