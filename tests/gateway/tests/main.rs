//! The reference gateway, held to the contract.

mod caller;
mod deadlines;
mod files;
mod gates;
mod http;
mod limits;
mod misbehaviour;
mod parrot;
mod parrot_manners;
mod places;
mod resume;
mod settings;
mod sockets;
mod tokens;
mod visitor;
mod voice;
