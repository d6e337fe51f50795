//! One cell: its parameters and its rate.

use std::f64::consts::FRAC_PI_2;

use neuroloom_core::Seed;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::cell_type::{CellType, Mechanism};
use super::filters::{low_pass, softplus};

/// Time constant of the contrast that suppresses, frames.
pub const CONTRAST_TAU_FRAMES: f64 = 6.0;
/// Share of the energy against the preferred direction that is taken away.
pub const OPPONENCY: f64 = 0.9;
/// What keeps the root of a motion energy smooth at 0.
pub const ENERGY_FLOOR: f64 = 1e-4;
/// Drive of a cell that is suppressed by contrast, where there is none.
pub const RESTING_DRIVE: f64 = 1.2;

/// A ganglion cell. Lengths are in pixels, times in frames; contrasts, drives and rates have no unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// Its type.
    pub cell_type: CellType,
    /// Standard deviation of the centre; that of the surround is twice as large.
    pub centre_sd_px: f64,
    /// Weight of the surround against a centre of 1.
    pub surround: f64,
    /// Time constant of the temporal filter.
    pub tau_frames: f64,
    /// Weight of its second lobe.
    pub biphasic: f64,
    /// Threshold of the drive, in its standard deviations.
    pub threshold: f64,
    /// Weight of the OFF part of an ON-OFF cell.
    pub off_weight: f64,
    /// Preferred direction, of cells selective for one.
    pub direction_rad: f64,
    /// Scale of the rate.
    pub amplitude: f64,
    /// Place of the receptive field, from the middle of the screen.
    pub centre_y_px: f64,
    /// Place of the receptive field, from the middle of the screen.
    pub centre_x_px: f64,
    /// Weight of UV against one of green of 1; nothing on a screen without colour.
    pub uv_weight: f64,
    /// Standard deviation of the drive over the training movie, before it is divided by it.
    pub drive_sd: f64,
    /// Standard deviation of the calcium signal over the training movie.
    pub calcium_sd: f64,
    /// Standard deviation of the recording of the training movie; recordings are divided by it.
    pub recording_sd: f64,
}

impl Cell {
    /// Draws a cell of a type. The standard deviations are 1 until a movie is seen.
    pub(super) fn draw(cell_type: CellType, seed: Seed) -> Self {
        let mut draws = Draws(seed.rng());
        let small = cell_type.is_small();
        let sustained = cell_type.is_sustained();
        Self {
            cell_type,
            centre_sd_px: if small { 1.0 } else { 2.2 } * draws.jitter(0.1),
            surround: if small { 0.85 } else { 0.35 } * draws.jitter(0.08).clamp(0.7, 1.15),
            tau_frames: if sustained { 3.2 } else { 2.0 } * draws.jitter(0.1),
            biphasic: if sustained { 0.15 } else { 0.95 } * draws.jitter(0.1).clamp(0.5, 1.05),
            threshold: if cell_type.has_low_threshold() { 0.1 } else { 0.5 } + 0.12 * draws.normal(),
            off_weight: (0.85 * draws.jitter(0.15)).clamp(0.4, 1.3),
            direction_rad: if cell_type == CellType::DirectionY { FRAC_PI_2 } else { 0.0 }
                + 0.12 * draws.normal(),
            amplitude: draws.jitter(0.3),
            centre_y_px: draws.0.random_range(-3.0..3.0),
            centre_x_px: draws.0.random_range(-3.0..3.0),
            uv_weight: if cell_type.is_opponent() { -1.0 } else { 1.0 } * draws.jitter(0.1),
            drive_sd: 1.0,
            calcium_sd: 1.0,
            recording_sd: 1.0,
        }
    }

    /// Weights of green and UV, with the sum of their squares 1.
    pub(super) fn colour_weights(&self) -> [f64; 2] {
        let sign = if self.cell_type == CellType::UvAgainstGreen { -1.0 } else { 1.0 };
        let norm = 1.0_f64.hypot(self.uv_weight);
        [sign / norm, sign * self.uv_weight / norm]
    }

    /// How it responds.
    pub fn mechanism(&self) -> Mechanism {
        self.cell_type.mechanism()
    }

    /// The drive before it is divided by its standard deviation. `filtered` are its filtered inputs: one of most cells;
    /// even and odd by the first temporal filter, even and odd by the second of cells selective for direction.
    pub(super) fn drive(&self, filtered: &[Vec<f64>]) -> Vec<f64> {
        match filtered {
            [even_1, odd_1, even_2, odd_2] => {
                let frames = even_1.iter().zip(odd_1).zip(even_2.iter().zip(odd_2));
                frames.map(|((e1, o1), (e2, o2))| opponent_energy([*e1, *o1, *e2, *o2])).collect()
            }
            _ => filtered.first().cloned().unwrap_or_default(),
        }
    }

    /// The rate at every frame, of the drive before it is divided by its standard deviation.
    pub(super) fn rate(&self, drive: &[f64]) -> Vec<f64> {
        let g = drive.iter().map(|drive| drive / self.drive_sd);
        let (a, th) = (self.amplitude, self.threshold);
        match self.mechanism() {
            Mechanism::Linear(sign) => g.map(|g| a * softplus(f64::from(sign) * g - th)).collect(),
            Mechanism::OnOff => {
                g.map(|g| a * (softplus(g - th) + self.off_weight * softplus(-g - th))).collect()
            }
            Mechanism::Motion => g.map(|g| a * softplus(g - th)).collect(),
            Mechanism::Suppressed => {
                let contrast = low_pass(g.map(|g| g * g), CONTRAST_TAU_FRAMES);
                contrast.map(|c| a * softplus(RESTING_DRIVE - c.sqrt())).collect()
            }
        }
    }
}

/// `E+ - 0.9 E-` of even and odd drives by the first temporal filter and even and odd drives by the second.
pub fn opponent_energy([e1, o1, e2, o2]: [f64; 4]) -> f64 {
    let preferred = ((e1 - o2).powi(2) + (o1 + e2).powi(2) + ENERGY_FLOOR).sqrt();
    let null = ((e1 + o2).powi(2) + (o1 - e2).powi(2) + ENERGY_FLOOR).sqrt();
    preferred - OPPONENCY * null
}

/// The random numbers of one cell, in a fixed order.
struct Draws(ChaCha8Rng);

impl Draws {
    fn normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }

    /// `exp(s N(0, 1))`.
    fn jitter(&mut self, s: f64) -> f64 {
        (s * self.normal()).exp()
    }
}
