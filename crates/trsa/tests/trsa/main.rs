//! Tests of representational similarity analysis.
//!
//! One binary: the crate and its dependencies are instantiated and linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

mod invariants;
mod peer_fixtures;
mod recovery;
mod searchlights;
mod steps;
mod support;
mod twins;
