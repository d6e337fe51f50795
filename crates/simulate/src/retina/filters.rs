//! Filters in space and time.

use std::f64::consts::TAU;

use super::cell::Cell;
use super::cell_type::Mechanism;

/// Taps of a temporal filter; tap 0 is the frame itself.
pub const TAPS: usize = 24;
/// Standard deviation of the envelope of a direction-selective cell, pixels.
const ENVELOPE_SD_PX: f64 = 1.9;
/// Wavelength of its carrier, pixels.
const WAVELENGTH_PX: f64 = 6.5;
/// Weight of the second lobe of its temporal filters, and how much slower the second one is.
const MOTION_BIPHASIC: f64 = 0.95;
const MOTION_SLOWER: f64 = 1.75;
/// How much later the second lobe of a temporal filter is.
const SECOND_LOBE: f64 = 1.8;

/// Channels, rows and columns of a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// 1, or green and UV.
    pub channels: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl Grid {
    /// Values of a frame, `[channel][row][column]`.
    pub fn n_values(self) -> usize {
        self.channels * self.n_pixels()
    }

    /// Pixels.
    pub fn n_pixels(self) -> usize {
        self.height * self.width
    }

    /// `f(y, x)` of every pixel, row by row; the coordinates are distances from the middle of the screen.
    pub(super) fn map(self, f: impl Fn(f64, f64) -> f64) -> Vec<f64> {
        let middle = |n: usize| (n as f64 - 1.0) / 2.0;
        let (my, mx) = (middle(self.height), middle(self.width));
        let rows = (0..self.height).flat_map(|y| (0..self.width).map(move |x| (y, x)));
        rows.map(|(y, x)| f(y as f64 - my, x as f64 - mx)).collect()
    }
}

impl Cell {
    /// Its filters in space, `[filter][channel * pixel]`: one, or even and odd of a direction-selective cell. With `centred` the
    /// receptive field stands in the middle of the screen.
    pub fn spatial_filters(&self, grid: Grid, centred: bool) -> Vec<Vec<f64>> {
        let (cy, cx) = if centred { (0.0, 0.0) } else { (self.centre_y_px, self.centre_x_px) };
        let images = match self.mechanism() {
            Mechanism::Motion => self.motion_filters(grid, cy, cx).into(),
            _ => vec![self.centre_surround(grid, cy, cx)],
        };
        if grid.channels == 1 {
            return images;
        }
        let weights = self.colour_weights();
        let coloured = |image: Vec<f64>| -> Vec<f64> {
            weights.iter().flat_map(|weight| image.iter().map(move |value| weight * value)).collect()
        };
        images.into_iter().map(coloured).collect()
    }

    /// Its filters in time: one, or two that are orthogonal of a direction-selective cell.
    pub fn temporal_filters(&self) -> Vec<[f64; TAPS]> {
        match self.mechanism() {
            Mechanism::Motion => {
                let first = temporal(self.tau_frames, MOTION_BIPHASIC);
                let second = temporal(MOTION_SLOWER * self.tau_frames, MOTION_BIPHASIC);
                let shared: f64 = first.iter().zip(&second).map(|(a, b)| a * b).sum();
                let rest = std::array::from_fn(|t| second[t] - shared * first[t]);
                vec![first, unit(rest)]
            }
            _ => vec![temporal(self.tau_frames, self.biphasic)],
        }
    }

    /// Pairs of filters in space and time, in the order in which [`Cell::drive`] takes what they give.
    pub fn filter_pairs(&self) -> &'static [(usize, usize)] {
        match self.mechanism() {
            Mechanism::Motion => &[(0, 0), (1, 0), (0, 1), (1, 1)],
            _ => &[(0, 0)],
        }
    }

    fn centre_surround(&self, grid: Grid, cy: f64, cx: f64) -> Vec<f64> {
        let gaussian = |sd: f64| {
            let values = grid.map(|y, x| (-((y - cy).powi(2) + (x - cx).powi(2)) / (2.0 * sd * sd)).exp());
            let total: f64 = values.iter().sum();
            values.into_iter().map(move |value| value / total)
        };
        let (centre, surround) = (gaussian(self.centre_sd_px), gaussian(2.0 * self.centre_sd_px));
        unit_vector(centre.zip(surround).map(|(c, s)| c - self.surround * s).collect())
    }

    fn motion_filters(&self, grid: Grid, cy: f64, cx: f64) -> [Vec<f64>; 2] {
        let (sin, cos) = self.direction_rad.sin_cos();
        let envelope = |y: f64, x: f64| (-(y * y + x * x) / (2.0 * ENVELOPE_SD_PX * ENVELOPE_SD_PX)).exp();
        let phase = |y: f64, x: f64| TAU * (x * cos + y * sin) / WAVELENGTH_PX;
        let env = grid.map(|y, x| envelope(y - cy, x - cx));
        let even = grid.map(|y, x| envelope(y - cy, x - cx) * phase(y - cy, x - cx).cos());
        let odd = grid.map(|y, x| envelope(y - cy, x - cx) * phase(y - cy, x - cx).sin());
        // Blind to full fields.
        let offset = even.iter().sum::<f64>() / env.iter().sum::<f64>();
        let balanced = even.iter().zip(&env).map(|(even, env)| even - offset * env).collect();
        [unit_vector(balanced), unit_vector(odd)]
    }
}

/// `ln(1 + e^(3v)) / 3`.
pub fn softplus(v: f64) -> f64 {
    let x = 3.0 * v;
    (x.max(0.0) + (-x.abs()).exp().ln_1p()) / 3.0
}

/// Exponential low pass, `v_t = a v_(t-1) + (1 - a) x_t` with `a = exp(-1/tau)`, from 0.
pub(super) fn low_pass(signal: impl Iterator<Item = f64>, tau_frames: f64) -> impl Iterator<Item = f64> {
    let keep = (-1.0 / tau_frames).exp();
    signal.scan(0.0, move |state, x| {
        *state = keep * *state + (1.0 - keep) * x;
        Some(*state)
    })
}

/// A causal filter of what was 0 before the first frame.
pub(super) fn convolve(signal: &[f64], taps: &[f64; TAPS]) -> Vec<f64> {
    let at = |t: usize| {
        let past = signal.iter().take(t + 1).rev();
        taps.iter().zip(past).map(|(tap, x)| tap * x).sum()
    };
    (0..signal.len()).map(at).collect()
}

fn temporal(tau: f64, biphasic: f64) -> [f64; TAPS] {
    let lobe = |t: f64, s: f64| t / s * (1.0 - t / s).exp() / s;
    unit(std::array::from_fn(|t| lobe(t as f64, tau) - biphasic * lobe(t as f64, SECOND_LOBE * tau)))
}

fn unit(taps: [f64; TAPS]) -> [f64; TAPS] {
    let norm = taps.iter().map(|tap| tap * tap).sum::<f64>().sqrt();
    taps.map(|tap| tap / norm)
}

fn unit_vector(values: Vec<f64>) -> Vec<f64> {
    let norm = values.iter().map(|value| value * value).sum::<f64>().sqrt();
    values.into_iter().map(|value| value / norm).collect()
}
