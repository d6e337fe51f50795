//! The readers of the twelve sources: on files of the reference writers (`benches/peers/make_worm_fixtures.py`), on real
//! ones, on damaged and wrong ones, and as a step.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking"
)]

mod collection;
mod corruption;
mod published;
mod real;
mod refuses;
mod shipped;
mod step;
mod support;
mod values;
