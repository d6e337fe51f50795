//! `simulate.lorenz`: a spiking population driven by the Lorenz system, in trials.
//!
//! The benchmark on which methods for latent dynamics show that they find them (LFADS: Sussillo et al. 2016, arXiv
//! 1608.06315; Pandarinath et al. 2018, Nat Methods 15:805). Every condition is a start of a dynamical system
//! ([`Dynamics`]); its [`Latents`] set the rates of all units through one [`Readout`]; every trial is a repeat of a
//! condition with spikes of its own ([`Trial`]).

mod design;
mod dynamics;
mod figures;
mod latents;
mod params;
mod readout;
mod step;
mod tables;

pub use design::{Split, Trial, held_out, spike_counts, trials};
pub use dynamics::{Dynamics, lorenz, runge_kutta};
pub use latents::{Latents, bin_means};
pub use params::LorenzParams;
pub use readout::Readout;
pub use step::LorenzStep;
