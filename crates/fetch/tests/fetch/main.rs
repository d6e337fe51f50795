//! Downloads from a server on this computer that does everything servers do wrong.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

mod archives;
mod catalogue;
mod harness;
mod hostile_names;
mod parallel;
mod permissions;
mod redirects;
mod server;
mod sizes;
mod statuses;
mod stops;
mod transfers;
