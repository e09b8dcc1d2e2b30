//! What the call bar may do with its call.

use super::view::contrast;
use std::rc::{Rc, Weak};
use wasm_bindgen::prelude::*;
use web_sys::{AudioNode, MediaStream};

/// Does what the visitor asks for in the bar.
pub trait CallActions {
    /// Ends the call.
    fn end(self: Rc<Self>);
    /// Mutes the visitor's microphone, or lets it be heard again.
    fn mute(self: Rc<Self>, muted: bool);
    /// What plays the agent's voice, while a call runs.
    fn speaker(&self) -> Option<AudioNode>;
    /// The microphone that is in use.
    fn microphone(&self) -> Option<MediaStream>;
    /// Takes another microphone instead; false where no call runs that could.
    fn change_microphone(&self, stream: MediaStream) -> bool;
}

/// The controls of one call, for the bar's script. They do nothing once their host is let go.
#[wasm_bindgen]
pub struct CallControls {
    actions: Weak<dyn CallActions>,
}

impl CallControls {
    /// Controls that keep nobody alive.
    pub fn new(actions: Weak<dyn CallActions>) -> Self {
        Self { actions }
    }
}

#[wasm_bindgen]
impl CallControls {
    /// Ends the call.
    pub fn end(&self) {
        if let Some(actions) = self.actions.upgrade() {
            actions.end();
        }
    }

    /// Mutes the visitor's microphone, or lets it be heard again.
    pub fn mute(&self, muted: bool) {
        if let Some(actions) = self.actions.upgrade() {
            actions.mute(muted);
        }
    }

    /// What plays the agent's voice; nothing where no call runs.
    pub fn speaker(&self) -> Option<AudioNode> {
        self.actions.upgrade()?.speaker()
    }

    /// The microphone that is in use; nothing where no call runs.
    pub fn microphone(&self) -> Option<MediaStream> {
        self.actions.upgrade()?.microphone()
    }

    /// WCAG's contrast ratio of two opaque colours, by their red, green and blue from 0 to 255.
    pub fn contrast(&self, r1: f32, g1: f32, b1: f32, r2: f32, g2: f32, b2: f32) -> f32 {
        contrast::ratio([r1, g1, b1], [r2, g2, b2])
    }

    /// Takes another microphone instead; false where no call runs that could: then the stream is still the caller's.
    #[wasm_bindgen(js_name = changeMicrophone)]
    pub fn change_microphone(&self, stream: MediaStream) -> bool {
        let actions = self.actions.upgrade();
        actions.is_some_and(|actions| actions.change_microphone(stream))
    }
}
