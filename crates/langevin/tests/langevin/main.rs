//! The model, its gradient, its fit and its steps.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod fits;
mod gradients;
mod pipelines;
mod potentials;
mod pytorch;
mod refusals;
mod steps;
mod support;
