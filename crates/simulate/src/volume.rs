//! `simulate.volume`: a volume of voxels of which one ball holds a compass.
//!
//! For searchlights: every voxel of the ball answers to the cosine of the angle between the condition and a direction
//! of its own, all others to nothing. A searchlight must light up in the ball and nowhere else.

mod figures;
mod params;
mod step;
mod tables;

use std::f64::consts::TAU;

use ndarray::Array3;
use neuroloom_core::Seed;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};
use rayon::prelude::*;

pub use params::VolumeParams;
pub use step::VolumeStep;

/// A simulated volume.
#[derive(Clone, Debug, PartialEq)]
pub struct Volume {
    /// Position of every voxel, millimetres, the last coordinate running fastest.
    pub positions_mm: Vec<[f64; 3]>,
    /// Preferred direction of every voxel in the ball, radians; none outside.
    pub preferred_rad: Vec<Option<f64>>,
    /// Responses `[n_voxels, n_folds, n_conditions]`, in units of the noise where that is 1.
    pub responses: Array3<f64>,
}

/// Directions of the conditions, radians: evenly around the circle from 0.
pub fn directions_rad(n_conditions: usize) -> impl Iterator<Item = f64> {
    (0..n_conditions).map(move |condition| TAU * condition as f64 / n_conditions as f64)
}

impl Volume {
    /// Draws a volume: the response of voxel v in the ball to the direction θ is `signal cos(θ - θ_v)` plus Gaussian
    /// noise of its own in every fold. Every voxel has its own random stream.
    pub fn simulate(params: &VolumeParams, seed: Seed) -> Self {
        let positions_mm = params.positions_mm();
        let preferred_rad: Vec<Option<f64>> = positions_mm
            .iter()
            .enumerate()
            .map(|(voxel, position)| {
                let direction = TAU * seed.child("preferred").child_index(voxel as u64).rng().random::<f64>();
                params.is_in_ball(position).then_some(direction)
            })
            .collect();
        let values = preferred_rad.par_iter().enumerate().flat_map_iter(|(voxel, preferred)| {
            let mut stream = seed.child("noise").child_index(voxel as u64).rng();
            let tuning: Vec<f64> = directions_rad(params.n_conditions)
                .map(|direction| {
                    preferred.map_or(0.0, |preferred| params.signal * (direction - preferred).cos())
                })
                .collect();
            let noise_sd = params.noise_sd;
            (0..params.folds * params.n_conditions).map(move |cell| {
                let noise: f64 = StandardNormal.sample(&mut stream);
                tuning[cell % tuning.len()] + noise_sd * noise
            })
        });
        let shape = (positions_mm.len(), params.folds, params.n_conditions);
        let responses = Array3::from_shape_vec(shape, values.collect()).unwrap_or_default();
        Self { positions_mm, preferred_rad, responses }
    }
}
