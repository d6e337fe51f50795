//! Whole chains: do they leave the posterior invariant, are they calibrated, and do they give the same bytes however
//! they are run?
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test stops at what it did not expect, and says what it found"
)]

mod bad_input;
mod calibration;
mod functions;
mod geweke;
mod large;
mod pilots;
mod prior;
mod runs;
mod step;
