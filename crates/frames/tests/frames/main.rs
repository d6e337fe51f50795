//! Every operation against a slow and obvious version of itself, on tables of all sorts; and what goes wrong.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

mod collect;
mod explode;
mod files;
mod filter;
mod group;
mod join;
mod pivot;
mod sql;
mod steps;
mod support;
