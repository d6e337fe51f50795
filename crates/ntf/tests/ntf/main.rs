//! Tests of affinities and their factorisation.
//!
//! One binary: the crate and its dependencies are instantiated and linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

mod affinity_homogenised;
mod affinity_properties;
mod affinity_recordings;
mod affinity_refusals;
mod affinity_resources;
mod affinity_step;
mod affinity_table;
mod factorise_step;
mod fits;
mod masks;
mod products;
mod rank;
mod support;
mod tensors;
