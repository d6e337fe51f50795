//! Tests of community detection.
//!
//! One binary: the crate and its dependencies are instantiated and linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

mod dynamic_step;
mod errors;
mod invariants;
mod marginals;
mod nested_sbm_step;
mod peer_fixtures;
mod planted_recovery;
mod public_graphs;
mod recovery;
mod score_step;
mod step_support;
mod support;
