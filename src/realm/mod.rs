//! PAGE AND CALL WORKER. The browser facilities that every realm with wasm-bindgen glue offers under
//! the same name: clock, timers, listeners, fetch, promises, message ports, thrown values, literals, members of objects.

pub mod callback;
pub mod channel;
pub mod clock;
pub mod http;
pub mod listening;
pub mod literal;
pub mod member;
pub mod promised;
pub mod thrown;
