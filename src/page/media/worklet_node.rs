//! The audio worklet as the page sees it: makes its node, hears whether sound flows through it,
//! and opens its line to the session.

use crate::browser::clock;
use crate::browser::events::Listener;
use crate::browser::promise::{pending, when};
use crate::error::CallError;
use crate::page::diagnostics;
use crate::page::realms::{RawWorkletNode, Realms};
use crate::protocol::audio_port;
use js_sys::{Array, Promise};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{AudioContext, AudioNode, MessageChannel, MessageEvent, MessagePort};

/// A worklet that has not reported by then never will: it trapped, its script was refused, or there is
/// no device to play on. A Bluetooth headset that has to wake up takes two or three seconds.
const READY_DEADLINE_MS: f64 = 5_000.0;

/// What a worklet tells.
pub enum WorkletEvent {
    /// What the meter shows of microphone and agent, in steps.
    Levels(u32, u32),
    /// It flowed, and stopped: it makes no sound any more.
    Died,
}

/// A worklet's node; dropping it stops the worklet.
pub struct WorkletNode {
    node: RawWorkletNode,
    port: MessagePort,
    ready: Promise,
    _listeners: [Listener; 2],
}

impl WorkletNode {
    /// Makes the node and connects it to the speaker: what leads nowhere is not rendered, and would never
    /// report.
    ///
    /// # Errors
    /// What the browser threw.
    pub fn new(
        context: &AudioContext,
        realms: &Realms,
        tell: Rc<dyn Fn(WorkletEvent)>,
    ) -> Result<Self, JsValue> {
        let node = realms.make_node(context)?;
        node.connect_with_audio_node(&context.destination())?;
        let port = node.port();
        let (ready, settle) = pending();
        let listeners = listen(&node, &port, settle, &tell);
        port.start();
        Ok(Self {
            node,
            port,
            ready,
            _listeners: listeners,
        })
    }

    /// What a microphone is connected to.
    pub fn node(&self) -> &AudioNode {
        &self.node
    }

    /// Calls `then` once sound flows, or with `unknown` where it does not.
    pub fn when_ready(&self, then: impl FnOnce(Result<(), CallError>) + 'static) {
        let late = clock::delay(READY_DEADLINE_MS);
        when(&Promise::race(&Array::of2(&self.ready, &late)), |won| {
            then(match won {
                Ok(won) if won.is_truthy() => Ok(()),
                _ => Err(CallError::NoSound),
            });
        });
    }

    /// The line between worklet and session: gives the session's end.
    ///
    /// # Errors
    /// What the browser threw.
    pub fn open_line(&self) -> Result<MessagePort, JsValue> {
        let line = MessageChannel::new()?;
        let worklet_end = line.port1();
        self.port
            .post_message_with_transferable(&worklet_end, &Array::of1(&worklet_end))?;
        Ok(line.port2())
    }
}

impl Drop for WorkletNode {
    fn drop(&mut self) {
        let _ = self.port.post_message(&audio_port::CLOSE.into());
        let _ = self.node.disconnect();
    }
}

fn listen(
    node: &RawWorkletNode,
    port: &MessagePort,
    settle: js_sys::Function,
    tell: &Rc<dyn Fn(WorkletEvent)>,
) -> [Listener; 2] {
    let flowed = Rc::new(Cell::new(false));
    let flows = flowed.clone();
    let settle = move |flows| drop(settle.call1(&JsValue::UNDEFINED, &JsValue::from_bool(flows)));
    let die = {
        let (tell, settle) = (tell.clone(), settle.clone());
        move || {
            if flowed.get() {
                tell(WorkletEvent::Died);
            } else {
                settle(false);
            }
        }
    };
    let (tell, died) = (tell.clone(), die.clone());
    let message = Listener::to(port, "message", move |event| {
        let data = event.unchecked_ref::<MessageEvent>().data();
        let word = data.as_f64().unwrap_or_default() as u32;
        if let Some((microphone, agent, underruns)) = audio_port::read_levels(word) {
            diagnostics::underruns(underruns);
            tell(WorkletEvent::Levels(microphone, agent));
        } else if word == audio_port::READY {
            flows.set(true);
            settle(true);
        } else if word == audio_port::DIED {
            died();
        }
    });
    // Where the worklet's script or its module did not even start.
    let error = Listener::to(node, "processorerror", move |_| die());
    [message, error]
}
