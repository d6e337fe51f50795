//! The ring of cells.

use std::f64::consts::{PI, TAU};

use super::RingParams;
use crate::wrapped_rad;

/// A ring attractor of `N` threshold-linear cells with preferred directions `θ_i = 2π i/N`,
///
/// `τ du_i/dt = -u_i + I + 1/N Σ_j w(θ_i - θ_j) r_j + λ A cos(θ_i - φ) + noise`, `r = max(u, 0)`,
///
/// by Euler–Maruyama. `u` and `r` are in Hz. The connections are those of Ben-Yishai, Bar-Or and Sompolinsky 1995 (PNAS
/// 92:3844), `J_0 + J_1 cos θ`, and those that turn the bump with the angular velocity `ω` of the head by Zhang 1996
/// (J Neurosci 16:2112): a bump `U` that obeys `U = w * r` moves at the speed `ω` if `-τ ω w'` is added to `w`. `φ` is the
/// true heading, which landmarks show (Skaggs, Knierim, Kudrimoti and McNaughton 1995, NIPS 7).
///
/// The strengths follow from what an experimenter sees. On a ring of many cells the bump `A (cos(θ - φ) - cos c)` of
/// half-width `c` and peak `A (1 - cos c)` is stationary for
/// `J_1 = (1 - λ)/g`, `g = (c - sin c cos c)/(2π)`, and `I = -A (cos c + J_0 m)`, `m = (sin c - c cos c)/π`;
/// turning connections of strength `1/g` move it at `ω` for every `λ`.
#[derive(Clone, Debug)]
pub struct Ring {
    cos: Vec<f64>,
    sin: Vec<f64>,
    cos_half_width: f64,
    /// `A`, Hz.
    amplitude_hz: f64,
    /// `I`, Hz.
    tonic_hz: f64,
    /// `J_0`, below 0.
    inhibition: f64,
    /// `J_1`.
    excitation: f64,
    /// `τ/g`, s.
    turning_s: f64,
    /// `λ A`, Hz.
    landmark_hz: f64,
    /// `dt/τ`.
    share: f64,
    /// Standard deviation of the noise of a step, Hz.
    noise_hz: f64,
}

impl Ring {
    /// The ring of `params`, which have been checked.
    pub fn new(params: &RingParams) -> Self {
        let preferred = (0..params.ring_units).map(|i| TAU * i as f64 / params.ring_units as f64);
        let (sin, cos) = preferred.map(f64::sin_cos).unzip();
        let (sin_c, cos_c) = params.half_width_rad.sin_cos();
        let amplitude_hz = params.peak_rate_hz / (1.0 - cos_c);
        let gain = (params.half_width_rad - sin_c * cos_c) / TAU;
        let mean = mean_share(params.half_width_rad);
        // Twice the inhibition that the bump needs not to grow without bound.
        let inhibition = -1.0 - 2.0 * cos_c.max(0.0) / mean;
        let share = params.dt_s / params.tau_s;
        Self {
            cos,
            sin,
            cos_half_width: cos_c,
            amplitude_hz,
            tonic_hz: -amplitude_hz * (cos_c + inhibition * mean),
            inhibition,
            excitation: (1.0 - params.landmark) / gain,
            turning_s: params.tau_s / gain,
            landmark_hz: params.landmark * amplitude_hz,
            share,
            noise_hz: params.noise_hz * (2.0 * share).sqrt(),
        }
    }

    /// Preferred direction of cell `i`, rad in [0, 2π).
    pub fn preferred_rad(&self, i: usize) -> f64 {
        TAU * i as f64 / self.cos.len() as f64
    }

    /// The connection from a cell to one whose preferred direction is `angle_rad` further, while the head turns at
    /// `turn_rad_per_s`; it acts on the mean of the rates.
    pub fn weight(&self, angle_rad: f64, turn_rad_per_s: f64) -> f64 {
        let turning = self.turning_s * turn_rad_per_s;
        self.inhibition + self.excitation * angle_rad.cos() + turning * angle_rad.sin()
    }

    /// What drives a cell of preferred direction `preferred_rad` from outside the ring, Hz.
    pub fn input_hz(&self, preferred_rad: f64, heading_rad: f64) -> f64 {
        self.tonic_hz + self.landmark_hz * (preferred_rad - heading_rad).cos()
    }

    /// The activity `[ring_units]` of a bump at `heading_rad` that stays as it is, Hz.
    pub fn bump(&self, heading_rad: f64) -> Vec<f64> {
        let (sin_h, cos_h) = heading_rad.sin_cos();
        let towards = self.cos.iter().zip(&self.sin).map(|(cos, sin)| cos * cos_h + sin * sin_h);
        towards.map(|cos| self.amplitude_hz * (cos - self.cos_half_width)).collect()
    }

    /// One step of `activity` `[ring_units]` (`u`, Hz) while the head points to `heading_rad` and turns at `turn_rad_per_s`, with
    /// standard normal draws `noise` `[ring_units]`. Connections of one cosine need three sums instead of `N²` products.
    pub fn advance(&self, activity: &mut [f64], turn_rad_per_s: f64, heading_rad: f64, noise: &[f64]) {
        let [mean, cos_part, sin_part] = self.moments(activity);
        let (sin_h, cos_h) = heading_rad.sin_cos();
        let turning = self.turning_s * turn_rad_per_s;
        let constant = self.tonic_hz + self.inhibition * mean;
        let along_cos = self.excitation * cos_part - turning * sin_part + self.landmark_hz * cos_h;
        let along_sin = self.excitation * sin_part + turning * cos_part + self.landmark_hz * sin_h;
        let cells = activity.iter_mut().zip(noise).zip(self.cos.iter().zip(&self.sin));
        for ((u, draw), (cos, sin)) in cells {
            let drive = constant + along_cos * cos + along_sin * sin;
            *u += self.share * (drive - *u) + self.noise_hz * draw;
        }
    }

    /// Where the bump stands, rad in [0, 2π): the direction of the population vector of the rates.
    pub fn phase_rad(&self, activity: &[f64]) -> f64 {
        let [_, cos_part, sin_part] = self.moments(activity);
        wrapped_rad(sin_part.atan2(cos_part))
    }

    /// Means of `r`, `r cos θ` and `r sin θ` over the ring, Hz.
    fn moments(&self, activity: &[f64]) -> [f64; 3] {
        let mut sums = [0.0; 3];
        for (u, (cos, sin)) in activity.iter().zip(self.cos.iter().zip(&self.sin)) {
            let rate = u.max(0.0);
            sums[0] += rate;
            sums[1] += rate * cos;
            sums[2] += rate * sin;
        }
        sums.map(|sum| sum / self.cos.len() as f64)
    }
}

/// Mean of `max(cos θ - cos c, 0)` over the circle: `(sin c - c cos c)/π`.
pub(super) fn mean_share(half_width_rad: f64) -> f64 {
    let (sin_c, cos_c) = half_width_rad.sin_cos();
    (sin_c - half_width_rad * cos_c) / PI
}
