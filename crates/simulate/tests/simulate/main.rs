//! Tests of the simulations.
//!
//! One binary: the crate and its dependencies are instantiated and linked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test stops at what it did not expect"
)]

mod bicluster;
mod checkpoints;
mod known_geometry;
mod lorenz_population;
mod lorenz_system;
mod mistakes;
mod planted_graphs;
mod resources;
mod retina;
mod ring_network;
mod ring_recovery;
mod support;
mod volume;
mod worms;
