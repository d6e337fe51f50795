//! Tests of the connectome readers.
//!
//! One binary: the crate and its dependencies are instantiated and linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

mod anchors;
mod bad_input;
mod corruption;
mod defects;
mod layouts;
mod node_table;
mod shipped;
mod steps;
mod support;
