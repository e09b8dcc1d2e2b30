//! The call bar as a trial reaches it: its shadow root is closed, so a page of ours opens every root that is made.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::stage::Stage;
use crate::visitor::SOON;

/// For the page's head, before the release's script: closed shadow roots are open, for those who look.
pub const OPEN_ROOTS: &str = r"<script>
  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (how) { return attach.call(this, { ...how, mode: 'open' }); };
  window.theBar = () => document.querySelector('[data-vocadesk-bar]');
  window.inBar = (selector) => theBar()?.shadowRoot.querySelector(selector);
</script>";

/// The bar's buttons, in their order.
#[derive(Clone, Copy)]
pub enum BarButton {
    Mute,
    Captions,
    Options,
    End,
}

impl BarButton {
    /// An expression that gives the button in a page with [`OPEN_ROOTS`].
    pub fn element(self) -> String {
        format!(
            "theBar().shadowRoot.querySelectorAll('button')[{}]",
            self as usize
        )
    }
}

impl Stage {
    /// Waits until the call bar is there.
    pub async fn bar(&self) -> Result<(), Failure> {
        let there = "!!document.querySelector('[data-vocadesk-bar]')";
        self.until(there, SOON).await.map(drop)
    }

    /// Waits until it is gone.
    pub async fn no_bar(&self) -> Result<(), Failure> {
        let gone = "!document.querySelector('[data-vocadesk-bar]')";
        self.until(gone, SOON).await.map(drop)
    }

    /// Clicks one of its buttons as a visitor does. The hand follows one that moves: a bar goes into a dialog that
    /// opens, or beside a host that has moved.
    pub async fn press_in_bar(&self, button: BarButton) -> Result<(), Failure> {
        self.click_at_middle(&button.element()).await
    }

    /// What an element of the bar's shadow root gives for an expression of `it`.
    pub async fn of_bar(&self, selector: &str, expression: &str) -> Result<Value, Failure> {
        let script = format!("const it = inBar({}); return {expression}", json!(selector));
        self.run(&script).await
    }
}
