//! Systems with three state variables.

use std::f64::consts::TAU;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::LorenzParams;

/// State variables of every system: x, y, z.
pub(super) const N_STATES: usize = 3;

/// What drives the population.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dynamics {
    /// The Lorenz system: chaotic, on an attractor of dimension 2.06.
    #[default]
    Lorenz,
    /// A linear rotation of x and y; z stays 0.
    Rotation,
    /// Nothing changes and conditions do not differ: all latents are 0.
    Constant,
}

/// Time derivative of the Lorenz system (Lorenz 1963, J Atmos Sci 20:130, equations 25 to 27): `x' = σ (y - x)`,
/// `y' = x (ρ - z) - y`, `z' = x y - β z` with σ = 10, ρ = 28, β = 8/3.
pub fn lorenz([x, y, z]: [f64; 3]) -> [f64; 3] {
    const SIGMA: f64 = 10.0;
    const RHO: f64 = 28.0;
    const BETA: f64 = 8.0 / 3.0;
    [SIGMA * (y - x), x * (RHO - z) - y, x * y - BETA * z]
}

/// One step `h` of the classical Runge–Kutta method of order 4 from `state`.
pub fn runge_kutta(derivative: impl Fn([f64; 3]) -> [f64; 3], state: [f64; 3], h: f64) -> [f64; 3] {
    let k1 = derivative(state);
    let k2 = derivative(moved(state, k1, h / 2.0));
    let k3 = derivative(moved(state, k2, h / 2.0));
    let k4 = derivative(moved(state, k3, h));
    let slope = std::array::from_fn(|i| (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]) / 6.0);
    moved(state, slope, h)
}

fn moved(state: [f64; 3], slope: [f64; 3], h: f64) -> [f64; 3] {
    std::array::from_fn(|i| state[i] + h * slope[i])
}

impl Dynamics {
    /// The states of a trial that begins `burn_in_s` after `start`, one every `dt_s`.
    pub(super) fn path(self, params: &LorenzParams, start: [f64; 3]) -> Vec<[f64; 3]> {
        let n = params.steps_per_trial();
        match self {
            Self::Lorenz => lorenz_path(params, start, n),
            Self::Rotation => rotation_path(params, start, n),
            Self::Constant => vec![[0.0; N_STATES]; n],
        }
    }
}

fn lorenz_path(params: &LorenzParams, start: [f64; 3], n: usize) -> Vec<[f64; 3]> {
    let h = params.dt_s * params.lorenz_time_per_s;
    let mut state = start;
    for _ in 0..params.burn_in_steps() {
        state = runge_kutta(lorenz, state, h);
    }
    let mut path = Vec::with_capacity(n);
    for _ in 0..n {
        path.push(state);
        state = runge_kutta(lorenz, state, h);
    }
    path
}

fn rotation_path(params: &LorenzParams, [x, y, _]: [f64; 3], n: usize) -> Vec<[f64; 3]> {
    let turned = |step: usize| {
        let (sin, cos) = (TAU * params.rotation_hz * params.dt_s * step as f64).sin_cos();
        [x * cos - y * sin, x * sin + y * cos, 0.0]
    };
    (0..n).map(turned).collect()
}
