//! Tests of the benchmark's scores, baselines, trials and submissions.
//!
//! One binary: the crate and its dependencies are instantiated and linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

mod baselines;
mod compare;
mod cut;
mod evaluate;
mod metrics_peer;
mod models_peer;
mod pipelines;
mod submission;
mod support;
