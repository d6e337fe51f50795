//! Simulated recordings with known truth.
//!
//! A method is trusted once it finds what was put in. These steps make recordings of which everything is known:
//! - [`ring`]: a population of head-direction cells, a ring attractor that integrates the turns of a head;
//! - [`lorenz`]: a spiking population that a low-dimensional dynamical system drives, in trials;
//! - [`graphs`]: weighted graphs with planted communities, among them the benchmark of Lancichinetti and Fortunato;
//! - [`topology`]: responses on curves of known topology: circles and eights;
//! - [`regions`]: regions that subjects share by their dissimilarities alone;
//! - [`volume`]: voxels of which one ball holds a code, for searchlights;
//! - [`worms`]: calcium-like traces of several animals with planted groups of neurons;
//! - [`bicluster`]: spike counts of groups of neurons that share latents, whose dynamics switch between states;
//! - [`retina`]: ganglion cells of known types under naturalistic movies, a chirp and bars.
//!
//! All are plain functions and structs first, and a step each ([`register`]). Random numbers come from the seed
//! alone: the same seed gives the same bytes for any number of threads.
//!
//! ```
//! use neuroloom_simulate::ring::{Ring, RingParams};
//!
//! // Without noise and landmarks the bump of activity turns as fast as the head does.
//! let params = RingParams { landmark: 0.0, ..RingParams::default() };
//! let ring = Ring::new(&params);
//! let mut activity = ring.bump(0.0);
//! let calm = vec![0.0; params.ring_units];
//! for _ in 0..1000 {
//!     ring.advance(&mut activity, 1.5, 0.0, &calm); // 1 ms at 1.5 rad/s
//! }
//! assert!((ring.phase_rad(&activity) - 1.5).abs() < 0.02);
//! ```

mod angle;
pub mod bicluster;
mod embedding;
pub mod graphs;
mod lists;
pub mod lorenz;
mod names;
mod poisson;
pub mod regions;
mod responses;
pub mod retina;
pub mod ring;
pub mod topology;
pub mod volume;
pub mod worms;

pub use angle::{difference_rad, wrapped_rad};
pub use poisson::Arrivals;

use neuroloom_core::Registry;

/// Adds the steps `simulate.*`.
pub fn register(registry: Registry) -> Registry {
    registry
        .with(lorenz::LorenzStep)
        .with(ring::RingAttractorStep)
        .with(graphs::LfrStep)
        .with(graphs::PlantedGraphStep)
        .with(worms::WormsStep)
        .with(volume::VolumeStep)
        .with(topology::TopologyStep)
        .with(regions::RegionsStep)
        .with(bicluster::BiclusterStep)
        .with(retina::RetinaStep)
        .with(retina::RetinaResponsesStep)
}
