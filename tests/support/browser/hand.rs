//! A visitor's hand: clicks, taps and keys, each a press of its own unless a trial wants it otherwise.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use fantoccini::Locator;
use fantoccini::actions::{
    InputSource as _, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PenActions,
    PointerAction, TouchActions,
};
use fantoccini::error::{CmdError, ErrorStatus};
use fantoccini::key::Key;
use serde_json::json;

use super::Browser;
use crate::extension::Extension;
use crate::failure::Failure;

/// What follows a press so soon belongs to it, says `src/page/press/rule.rs`: more than its 400 ms, or 600 ms where the
/// browser counts clicks together, which drivers do for half a second.
const BETWEEN_PRESSES: Duration = Duration::from_millis(520);

/// Between the halves of a double click: most hands take a tenth to a fifth of a second.
const HALVES_APART: Duration = Duration::from_millis(120);

/// What was pressed so soon after a call has ended by itself was meant to end it, says the same: more than its 100 ms.
const UNSEEN_END: Duration = Duration::from_millis(120);

/// What taps.
#[derive(Clone, Copy, Debug)]
pub enum Tap {
    Finger,
    Pen,
}

impl Browser {
    /// Presses of one hand are so far apart that each is one of its own. A trial that wants them closer says so itself.
    pub async fn hand(&self) {
        if let Some(until) = self.rests_until.get() {
            tokio::time::sleep_until(until.into()).await;
        }
    }

    fn rest(&self, how_long: Duration) {
        let until = Instant::now() + how_long;
        self.rests_until
            .set(self.rests_until.get().max(Some(until)));
    }

    /// The hand rests from when the page was done with its press: only then there is something to see, and not every driver
    /// waits for that. A page that is gone or asks something meanwhile has nothing to say.
    async fn has_pressed(&self) {
        let _ = self.client.execute("return 0", Vec::new()).await;
        self.rest(BETWEEN_PRESSES);
    }

    /// The hand sees that a call is over before it presses again.
    pub fn has_seen_an_end(&self) {
        self.rest(UNSEEN_END);
    }

    /// Clicks as a visitor does: a trusted event, with the user activation that goes with it.
    pub async fn click(&self, selector: &str) -> Result<(), Failure> {
        self.hand().await;
        self.click_at_once(selector).await?;
        self.has_pressed().await;
        Ok(())
    }

    /// A double click, by Chromium's DevTools. A driver waits after each event until the page has handled it, however long
    /// that is; here the events say themselves when the hand made them, as a mouse's do.
    pub async fn double_click(&self, selector: &str) -> Result<(), Failure> {
        self.hand().await;
        let element = self.client.find(Locator::Css(selector)).await?;
        let (x, y, width, height) = element.rectangle().await?;
        self.two_timed_clicks(x + width / 2.0, y + height / 2.0)
            .await?;
        self.has_pressed().await;
        Ok(())
    }

    /// At a point of a page that is not scrolled.
    async fn two_timed_clicks(&self, x: f64, y: f64) -> Result<(), Failure> {
        let (first, began) = (SystemTime::now(), Instant::now());
        let first = first.duration_since(UNIX_EPOCH).unwrap_or_default();
        for half in [1, 2] {
            for (kind, after) in [("mousePressed", 0), ("mouseReleased", 40)] {
                let after = Duration::from_millis(after) + HALVES_APART * (half - 1);
                let event = json!({
                    "type": kind, "x": x, "y": y, "button": "left", "clickCount": half,
                    "timestamp": (first + after).as_secs_f64(),
                });
                let command = Extension::devtools_with("Input.dispatchMouseEvent", event);
                tokio::time::sleep_until((began + after).into()).await;
                self.client.issue_cmd(command).await?;
            }
        }
        Ok(())
    }

    /// A tap of a finger, or of a pen.
    pub async fn tap(&self, selector: &str, with: Tap) -> Result<(), Failure> {
        self.hand().await;
        let element = self.client.find(Locator::Css(selector)).await?;
        let (duration, x, y) = (None, 0.0, 0.0);
        let button = MOUSE_BUTTON_LEFT;
        let taps = [
            PointerAction::MoveToElement {
                element,
                duration,
                x,
                y,
            },
            PointerAction::Down { button },
            PointerAction::Up { button },
        ];
        match with {
            Tap::Finger => {
                let finger = TouchActions::new("finger".to_owned());
                let finger = taps.into_iter().fold(finger, TouchActions::then);
                self.client.perform_actions(finger).await?;
            }
            Tap::Pen => {
                let pen = PenActions::new("pen".to_owned());
                let pen = taps.into_iter().fold(pen, PenActions::then);
                self.client.perform_actions(pen).await?;
            }
        }
        self.has_pressed().await;
        Ok(())
    }

    /// The same, as soon after another press as may be.
    pub async fn click_at_once(&self, selector: &str) -> Result<(), Failure> {
        let element = self.client.find(Locator::Css(selector)).await?;
        match element.click().await {
            Err(CmdError::Standard(told)) if told.error == ErrorStatus::ElementClickIntercepted => {
                Err(self.in_the_way_of(selector).await)
            }
            clicked => Ok(clicked?),
        }
    }

    /// What a click on this met instead. Of a closed shadow root only its host can be named.
    async fn in_the_way_of(&self, selector: &str) -> Failure {
        let look = "const element = document.querySelector(arguments[0]);
            const box = ({ left, top, right, bottom }) => `${left},${top} to ${right},${bottom}`;
            const { left, top, right, bottom } = element.getBoundingClientRect();
            const tags = document.elementsFromPoint((left + right) / 2, (top + bottom) / 2).map((found) =>
                `${found.cloneNode(false).outerHTML} at ${box(found.getBoundingClientRect())}`);
            return `at ${box({ left, top, right, bottom })} of ${innerWidth}x${innerHeight}, ${tags.join(', ')}`;";
        let seen = self.run(look, vec![json!(selector)]).await;
        let seen = seen.map_or_else(|Failure(why)| why, |seen| seen.to_string());
        Failure(format!("a click on {selector} met something else: {seen}"))
    }

    /// Moves the pointer to a point of the window.
    pub async fn point_at(&self, x: f64, y: f64) -> Result<(), Failure> {
        let duration = None;
        let moves =
            MouseActions::new("mouse".to_owned()).then(PointerAction::MoveTo { duration, x, y });
        Ok(self.client.perform_actions(moves).await?)
    }

    /// Clicks where the pointer is, whatever is there: what no selector reaches, or is disabled.
    pub async fn click_here(&self) -> Result<(), Failure> {
        self.hand().await;
        let button = MOUSE_BUTTON_LEFT;
        let clicks = MouseActions::new("mouse".to_owned())
            .then(PointerAction::Down { button })
            .then(PointerAction::Up { button });
        self.client.perform_actions(clicks).await?;
        self.has_pressed().await;
        Ok(())
    }

    /// Presses one key on whatever has the focus: trusted events, as from a keyboard.
    pub async fn press(&self, value: char) -> Result<(), Failure> {
        let presses = value == ' ' || value == char::from(Key::Enter);
        if presses {
            self.hand().await;
        }
        let keys = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value });
        self.client.perform_actions(keys).await?;
        if presses {
            self.has_pressed().await;
        }
        Ok(())
    }

    /// Twice, as quick as the driver can.
    pub async fn double_press(&self, value: char) -> Result<(), Failure> {
        self.hand().await;
        let keys = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value })
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value });
        self.client.perform_actions(keys).await?;
        self.has_pressed().await;
        Ok(())
    }

    /// The same while another key is held.
    pub async fn press_with(&self, held: char, value: char) -> Result<(), Failure> {
        let keys = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: held })
            .then(KeyAction::Down { value })
            .then(KeyAction::Up { value })
            .then(KeyAction::Up { value: held });
        Ok(self.client.perform_actions(keys).await?)
    }
}
