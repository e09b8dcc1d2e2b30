//! Whether the browser has a network, as it says itself.

use super::window::window;
use crate::browser::clock::now_ms;
use crate::browser::promise::sleep;

/// How long a token is good that nobody has released (contract: its JWT lives 60 s).
const TOKEN_LIFE_MS: f64 = 60_000.0;
const LOOK_EVERY_MS: f64 = 250.0;

/// Whether a browser that has no network has one again within a token's life: a call that was lost with the network holds the
/// visitor's place until then.
pub async fn back_online() -> bool {
    let is_offline = || !window().navigator().on_line();
    let until_ms = now_ms() + TOKEN_LIFE_MS;
    let was_offline = is_offline();
    while is_offline() && now_ms() < until_ms {
        sleep(LOOK_EVERY_MS).await;
    }
    was_offline && !is_offline()
}
