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
mod imports;
mod networks;
mod objective;
#[cfg(feature = "onnx")]
mod onnx;
mod partitions;
mod resuming;
mod searches;
mod slow;
mod steps;
mod support;
