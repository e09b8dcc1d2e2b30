//! The life of one call: contract §3 to §5.

mod any_order;
mod delayed_sockets;
mod endings;
mod failures;
mod floods;
mod line;
mod line_watch;
mod lost_lines;
mod opus;
mod renewal;
mod resumption;
mod scene;
mod secrets;
mod sleep;
mod talk;
