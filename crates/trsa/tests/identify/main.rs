//! Tests of the identification of regions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

mod explicit;
mod layers;
mod library;
mod simulated;
mod step;
