//! Runs of small steps, described, compared and exported.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

mod crates;
mod differences;
mod exports;
#[path = "../../../pipeline/tests/fake/mod.rs"]
mod fake;
mod support;
