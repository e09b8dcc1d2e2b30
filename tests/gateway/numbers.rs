//! The numbers of wire version 2. Pure: nothing here has a socket, or a clock.

pub mod received;
pub mod sent_ring;
