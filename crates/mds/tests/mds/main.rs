//! Tests of most discriminative stimuli.
//!
//! One binary: the crate and its dependencies are instantiated and linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

mod encoders;
mod ensembles;
mod files;
mod fits;
mod networks;
mod objective;
mod partitions;
mod resuming;
mod searches;
mod steps;
mod support;
