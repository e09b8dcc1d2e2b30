//! The reference gateway, held to the contract.

mod caller;
mod conformance;
mod cuts;
mod deadlines;
mod files;
mod gates;
mod http;
mod limits;
mod misbehaviour;
mod numbers;
mod opus;
mod parrot;
mod parrot_manners;
mod places;
mod resume;
mod resume_faults;
mod resume_refused;
mod settings;
mod sockets;
mod tokens;
mod transcript;
mod visitor;
mod voice;
mod wire_2;
