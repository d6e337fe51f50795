//! Tests of models and inference.
//!
//! One binary: the crate and its dependencies are instantiated and linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

mod calibration;
mod fitting;
mod mistakes;
mod peer_fixtures;
mod steps;
mod support;
mod written_out;
