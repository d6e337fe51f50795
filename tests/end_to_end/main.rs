//! The installed binary, as a user runs it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

mod bad_input;
mod cache;
mod checkpoints;
mod commands;
mod determinism;
mod fetch;
mod kills;
mod mistakes;
mod provenance;
mod quickstart;
mod remote;
mod sharing;
mod slurm;
mod store;
mod support;
#[cfg(feature = "tables")]
mod tables;
