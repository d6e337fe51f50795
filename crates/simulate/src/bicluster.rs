//! `simulate.bicluster`: spike counts of groups of neurons that share latents, whose dynamics switch between states.
//!
//! The generator is that of Wei, arXiv 2309.02213, with harder settings beside it: clusters of unequal size, few spikes,
//! loadings of both signs, one cluster only. Everything that a fit should find is known ([`Simulation`]), and so is how
//! well states can be told at best ([`Simulation::ceiling_states`]).

mod ceiling;
mod dynamics;
mod figures;
mod generator;
mod params;
mod population;
mod simulation;
mod states;
mod step;
mod tables;

pub use generator::{Family, Generator, Setting};
pub use params::BiclusterParams;
pub use simulation::Simulation;
pub use step::BiclusterStep;
