//! The browser's facilities, for the page's thread and the call worker, which have them under the same names: each with
//! one adapter.

pub mod by_prototype;
pub mod clock;
pub mod engine;
pub mod events;
pub mod exception;
pub mod fetch;
pub mod member;
pub mod port;
pub mod promise;
pub mod value;
pub mod web_codecs;
