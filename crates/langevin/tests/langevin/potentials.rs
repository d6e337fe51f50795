//! Potentials and the flow that they drive.

use neuroloom_core::Seed;
use neuroloom_langevin::options::{Integrator, ModelOptions};
use neuroloom_langevin::{
    Flow, FlowState, OscillatorRule, Oscillators, Potential, PotentialKind, PotentialState,
};
use neuroloom_nn::{CounterStream, Layout, Sites};

use crate::support::options;

const DIM: usize = 12;
const RULE: OscillatorRule = OscillatorRule { epsilon: 1e-3, start_sd: 0.5 };

fn parameters(potential: &Potential, layout: &Layout) -> Vec<f64> {
    let mut parameters = vec![0.0; layout.len()];
    potential.initialise(CounterStream::new(Seed::root(1)), 0, &mut parameters);
    parameters
}

fn positions(rows: usize) -> Vec<f64> {
    let mut z = vec![0.0; rows * DIM];
    CounterStream::new(Seed::root(2)).normals([0, 0, 0], &mut z);
    z
}

#[test]
fn a_force_is_the_slope_of_its_energy() {
    for kind in [PotentialKind::Oscillators, PotentialKind::Quadratic, PotentialKind::Network] {
        let mut layout = Layout::default();
        let potential = Potential::new(&mut layout, kind, DIM, RULE);
        let (parameters, z) = (parameters(&potential, &layout), positions(1));
        let (mut state, mut force) = (PotentialState::default(), vec![0.0; DIM]);
        potential.prepare(&parameters, &mut state);
        potential.force(&parameters, &mut state, &z, &mut force);
        for i in 0..DIM {
            let energy = |by: f64| {
                let mut z = z.clone();
                z[i] += by;
                potential.energy(&parameters, &z)[0]
            };
            let slope = (energy(1e-5) - energy(-1e-5)) / 2e-5;
            assert!((slope - force[i]).abs() < 1e-8, "{kind:?} {i}: {slope} and {}", force[i]);
        }
    }
}

/// `U = sum_{o,c,i} Y[o,i] Z[c,i]` written out from the convolution.
fn convolved_energy(kernel: &[f64], z: &[f64]) -> f64 {
    let n = DIM / 4;
    let mut energy = 0.0;
    for o in 0..4 {
        for i in 0..n {
            let mut y = 0.0;
            for c in 0..4 {
                for k in 0..3 {
                    if let Some(place) = (i + k).checked_sub(1).filter(|&place| place < n) {
                        y += kernel[(o * 4 + c) * 3 + k] * z[c * n + place];
                    }
                }
            }
            energy += (0..4).map(|c| y * z[c * n + i]).sum::<f64>();
        }
    }
    energy
}

#[test]
fn the_energy_of_the_oscillators_is_that_of_the_convolution() {
    let mut layout = Layout::default();
    let oscillators = Oscillators::new(&mut layout, DIM, RULE);
    let potential = Potential::Oscillators(oscillators);
    let (parameters, z) = (parameters(&potential, &layout), positions(1));
    let kernel = oscillators.normalised_kernel(&parameters);
    let expected = convolved_energy(&kernel, &z);
    assert!((potential.energy(&parameters, &z)[0] - expected).abs() < 1e-12 * expected.abs());
    let norms = kernel.chunks_exact(3).map(|taps| taps.iter().map(|t| t * t).sum::<f64>());
    assert!(norms.into_iter().all(|norm| (norm - 1.0).abs() < 1e-12));
}

#[test]
fn the_matrix_of_the_oscillators_is_symmetric_and_gives_their_force() {
    let mut layout = Layout::default();
    let oscillators = Oscillators::new(&mut layout, DIM, RULE);
    let potential = Potential::Oscillators(oscillators);
    let (parameters, z) = (parameters(&potential, &layout), positions(1));
    let matrix = oscillators.matrix(&parameters);
    assert_eq!(matrix, matrix.t());
    let (mut state, mut force) = (PotentialState::default(), vec![0.0; DIM]);
    potential.prepare(&parameters, &mut state);
    potential.force(&parameters, &mut state, &z, &mut force);
    let product = ndarray::ArrayView1::from(&z).dot(&matrix);
    assert!(product.iter().zip(&force).all(|(a, b)| (a - b).abs() < 1e-12));
}

/// Variances of position and velocity after `n_steps` without a force, from 0.
fn variances(flow: &Flow, n_steps: usize) -> [f64; 2] {
    let (mut z, mut v, mut both) = (0.0, 0.0, 0.0);
    for _ in 1..n_steps {
        z += 2.0 * flow.step * both + flow.step * flow.step * v;
        both = flow.keep * (both + flow.step * v);
        v = flow.keep * flow.keep * v + flow.variance;
    }
    [z, v]
}

#[test]
fn free_latents_have_the_variances_of_the_linear_recursion() {
    for integrator in [Integrator::Released, Integrator::EulerMaruyama] {
        let options = ModelOptions { hidden: 4, integrator, ..options() };
        let flow = Flow::new(&options);
        let (n_trials, n_steps) = (25_000, 12);
        let trials: Vec<u32> = (0..n_trials as u32).collect();
        let mut state = FlowState::<f64>::new(4, n_trials, n_steps);
        let sites = Sites { trials: &trials, n_steps };
        let noise = CounterStream::new(Seed::root(9));
        flow.forward(&Potential::None, &[], sites, noise, None, &mut state);
        let n = n_trials * 4;
        let of_last =
            |values: &[f64]| values[(n_steps - 1) * n..].iter().map(|x| x * x).sum::<f64>() / n as f64;
        for (found, expected) in
            [of_last(&state.z), of_last(&state.v)].into_iter().zip(variances(&flow, n_steps))
        {
            let error = (found / expected - 1.0).abs();
            assert!(error < 4.5 * (2.0 / n as f64).sqrt(), "{integrator:?}: {found} and {expected}");
        }
    }
    // As released, the velocity settles at 2/(2 - gamma).
    let flow = Flow::new(&options());
    let [_, v] = variances(&flow, 1000);
    assert!((v - 2.0 / (2.0 - options().gamma)).abs() < 1e-12);
}
