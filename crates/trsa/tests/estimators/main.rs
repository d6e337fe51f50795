//! Tests of the estimators of dissimilarities, the noise of channels, and their steps.
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
mod movie_step;
mod noise;
mod peer;
mod rdm_step;
mod refusals;
#[path = "../trsa/support/mod.rs"]
mod support;
mod twins;
