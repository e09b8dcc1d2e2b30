//! The voice as Opus: what is sent, and in which order things are played and told.

mod frames;
mod incoming;
mod negotiation;
mod outgoing;
