//! The audio worklet as the page sees it: makes its node, hears whether sound flows through it,
//! and opens its line to the session.

use crate::browser::events::Listener;
use crate::browser::promise::{pending, settle, timeout};
use crate::error::CallError;
use crate::page::diagnostics;
use crate::page::realms::{RawWorkletNode, Realms};
use crate::protocol::audio_port::{self, Levels};
use js_sys::{Array, Function, Promise};
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{AudioContext, AudioNode, MessageChannel, MessageEvent, MessagePort};

/// What a worklet reports.
pub enum WorkletEvent {
    /// What is to be shown of microphone and agent.
    Levels(Levels),
    /// It flowed, and stopped: it makes no sound any more.
    Died,
}

/// A worklet's node; dropping it stops the worklet.
pub struct WorkletNode {
    node: RawWorkletNode,
    port: MessagePort,
    /// Fulfilled with whether sound flows.
    flows: Promise,
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
        on_event: Rc<dyn Fn(WorkletEvent)>,
    ) -> Result<Self, JsValue> {
        let node = realms.make_node(context)?;
        node.connect_with_audio_node(&context.destination())?;
        let port = node.port();
        let (flows, settle) = pending();
        let listeners = listen(&node, &port, settle, &on_event);
        port.start();
        Ok(Self {
            node,
            port,
            flows,
            _listeners: listeners,
        })
    }

    /// What a microphone is connected to.
    pub fn node(&self) -> &AudioNode {
        &self.node
    }

    /// Waits until sound flows. A worklet that trapped, whose script was refused, or whose context has no device to play on
    /// never says so.
    ///
    /// # Errors
    /// `unknown` where it does not within so many milliseconds.
    pub async fn ready(&self, deadline_ms: f64) -> Result<(), CallError> {
        match timeout(deadline_ms, settle(&self.flows)).await {
            Some(Ok(flows)) if flows.is_truthy() => Ok(()),
            _ => Err(CallError::NoSound),
        }
    }

    /// Whether the visitor is muted: only of one who is not it means anything that the microphone gives nothing.
    pub fn mute(&self, muted: bool) {
        let code = if muted {
            audio_port::MUTED
        } else {
            audio_port::UNMUTED
        };
        let _ = self.port.post_message(&code.into());
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
        // What was posted before arrives all the same. An open one outlives its node.
        self.port.close();
        let _ = self.node.disconnect();
    }
}

fn listen(
    node: &RawWorkletNode,
    port: &MessagePort,
    settle: Function,
    on_event: &Rc<dyn Fn(WorkletEvent)>,
) -> [Listener; 2] {
    let flowed = Rc::new(Cell::new(false));
    let settle = move |flows: bool| {
        let _ = settle.call1(&JsValue::UNDEFINED, &flows.into());
    };
    let die = {
        let (notify, settle, flowed) = (on_event.clone(), settle.clone(), flowed.clone());
        move || {
            if flowed.get() {
                notify(WorkletEvent::Died);
            } else {
                settle(false);
            }
        }
    };
    let (notify, died) = (on_event.clone(), die.clone());
    let message = Listener::new(port, "message", move |event| {
        let data = event.unchecked_ref::<MessageEvent>().data();
        let code = data.as_f64().unwrap_or_default() as u32;
        if let Some(levels) = Levels::read(code) {
            diagnostics::underruns(levels.underruns);
            notify(WorkletEvent::Levels(levels));
        } else if code == audio_port::READY {
            flowed.set(true);
            settle(true);
        } else if code == audio_port::DIED {
            died();
        }
    });
    // Where the worklet's script or its module did not even start.
    let error = Listener::new(node, "processorerror", move |_| die());
    [message, error]
}
