//! The WebSocket of one call.

use crate::browser::events::Listener;
use wasm_bindgen::prelude::*;
use web_sys::{BinaryType, CloseEvent, MessageEvent, WebSocket};

/// What a socket tells.
pub enum SocketEvent {
    /// It is open.
    Opened,
    /// A frame came in, as JavaScript has it.
    Message(JsValue),
    /// It closed, or never opened: RFC 6455 close code and the server's reason.
    Closed(u16, String),
}

/// An open or opening socket; dropping it closes it and silences its events.
pub struct Socket {
    socket: WebSocket,
    _listeners: [Listener; 3],
}

/// The close code that stands for "no close frame was received" (RFC 6455, 7.4.1).
pub const ABNORMAL_CLOSURE: u16 = 1006;

impl Socket {
    /// Begins to open a socket; nothing where the browser refuses on the spot (a bad URL, a
    /// Content-Security-Policy, `ws:` on an HTTPS page).
    pub fn open(url: &str, on_event: impl Fn(SocketEvent) + Clone + 'static) -> Option<Self> {
        let socket = WebSocket::new(url).ok()?;
        socket.set_binary_type(BinaryType::Arraybuffer);
        let (on_open, on_message) = (on_event.clone(), on_event.clone());
        let listeners = [
            Listener::new(&socket, "open", move |_| on_open(SocketEvent::Opened)),
            Listener::new(&socket, "message", move |event| {
                let event: &MessageEvent = event.unchecked_ref();
                on_message(SocketEvent::Message(event.data()));
            }),
            Listener::new(&socket, "close", move |event| {
                let event: &CloseEvent = event.unchecked_ref();
                on_event(SocketEvent::Closed(event.code(), event.reason()));
            }),
        ];
        Some(Self {
            socket,
            _listeners: listeners,
        })
    }

    /// The browser's own.
    pub fn raw(&self) -> &JsValue {
        &self.socket
    }

    /// Bytes that were given to it and have not left yet.
    pub fn unsent_bytes(&self) -> u32 {
        self.socket.buffered_amount()
    }

    /// Sends a text frame; a socket that is closing takes it and forgets it.
    pub fn send(&self, text: &str) {
        let _ = self.socket.send_with_str(text);
    }

    /// Sends a binary frame, likewise.
    pub fn send_bytes(&self, bytes: &[u8]) {
        let _ = self.socket.send_with_u8_array(bytes);
    }
}

/// Of the codes that applications may use (RFC 6455, 7.4.2): a close that ends no call.
const GIVEN_UP: u16 = 4000;

impl Socket {
    /// Closes it for another to take its place; its events count no more.
    pub fn give_up(self) {
        let _ = self.socket.close_with_code(GIVEN_UP);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = self.socket.close_with_code(1000);
    }
}
