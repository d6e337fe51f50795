//! Layers against finite differences and against PyTorch.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod chunks;
mod differences;
mod gradients;
mod optimisers;
mod pytorch;
