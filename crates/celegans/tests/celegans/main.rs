//! Tests of the homogenisation of C. elegans recordings.
//!
//! One binary: the crate and its dependencies are instantiated and linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

mod connectome;
mod passes;
mod real_data;
mod recordings;
mod steps;
mod support;
mod twin;
