//! `simulate.ring_attractor`: head-direction cells as a ring attractor.
//!
//! Cells stand on a ring in the order of their preferred directions. Each excites its neighbours and inhibits all
//! others, so that activity gathers in one bump, which can stand anywhere: its place is the animal's sense of direction.
//! When the head turns, asymmetric connections push the bump along at the same speed ([`Ring`]). The head itself turns
//! by chance ([`Head`]), and [`Simulation`] is both of them, with spikes, one step after the other.

mod figures;
mod head;
mod network;
mod params;
mod simulation;
mod step;
mod tables;
mod tick_train;

pub use head::Head;
pub use network::Ring;
pub use params::RingParams;
pub use simulation::{Samples, Simulation};
pub use step::RingAttractorStep;
pub use tick_train::{TICKS_PER_S, TickTrain};
