//! Tests of transforms, comparisons and dependence of RDMs.
//!
//! One binary: the crate and its dependencies are instantiated and linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

mod agtic;
mod comparisons;
mod geodesic;
mod peer_fixtures;
mod steps;
#[allow(dead_code, reason = "shared with the other tests of this crate, which use all of it")]
#[path = "../trsa/support/mod.rs"]
mod support;
mod transforms;
mod whitening;
