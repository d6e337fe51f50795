//! Every kernel against the layer of the processor; gradients, fits and predictions of whole models. They run where an adapter
//! is found: Mesa's lavapipe will do.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod fits;
mod gradients;
mod gru;
mod layers;
mod models;
mod products;
mod steps;
mod support;
