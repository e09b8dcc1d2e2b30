//! The reference gateway, held to the contract.

mod files;
mod gates;
mod http;
mod misbehaviour;
mod parrot;
mod parrot_manners;
mod settings;
mod sockets;
mod tokens;
mod visitor;
mod voice;
