//! Tests of what is made of posterior draws.
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
mod convergence;
mod mistakes;
mod partitions;
mod step;
mod support;
mod whole_way;
