//! Tests of the preparation steps.
//!
//! One binary: the crate and its dependencies are instantiated and linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

mod a2929;
mod align;
mod bin;
mod common;
mod deconvolve;
mod detrend;
mod dff;
mod filter;
mod neuropil;
mod resample;
mod select;
mod smooth;
mod split;
mod tuning;
mod zscore;
