//! Underdamped Langevin dynamics of position and velocity.

use neuroloom_nn::{CounterStream, Real, Sites};

use crate::draws::Draws;
use crate::options::{Integrator, ModelOptions};
use crate::potential::{Potential, PotentialState};

/// One step from `(z, v)`, with force `f`, drive `c` and normal `e`:
///
/// ```text
/// z' = z + step v        mean = keep v - pull f + c        v' = mean + sd e
/// ```
/// `keep = 1 - gamma`, `pull = (1 - gamma) step`, `sd = sqrt(2 gamma)` as released, and `1 - gamma step`, `step`,
/// `sqrt(2 gamma step)` of Euler and Maruyama. Rows are ordered by time.
#[derive(Clone, Copy, Debug)]
pub struct Flow {
    /// Dimensions of position and velocity.
    pub dim: usize,
    /// What a velocity adds to the position.
    pub step: f64,
    /// What is left of a velocity.
    pub keep: f64,
    /// What a force takes from it.
    pub pull: f64,
    /// Variance of its noise.
    pub variance: f64,
}

/// Positions, velocities and means of velocities `[times, trials, dim]`, and room.
#[derive(Clone, Debug, Default)]
pub struct FlowState<T> {
    /// Positions; in the backward pass their cotangents go elsewhere.
    pub z: Vec<T>,
    /// Velocities.
    pub v: Vec<T>,
    /// Means of the velocities given the step before; 0 at the first time.
    pub mean: Vec<T>,
    force: Vec<T>,
    noise: Vec<T>,
    pub(crate) potential: PotentialState<T>,
}

impl<T: Real> FlowState<T> {
    /// Room for `n_trials` of `n_steps`.
    pub fn new(dim: usize, n_trials: usize, n_steps: usize) -> Self {
        let zeros = || vec![T::ZERO; n_steps * n_trials * dim];
        Self {
            z: zeros(),
            v: zeros(),
            mean: zeros(),
            force: vec![T::ZERO; n_trials * dim],
            noise: vec![T::ZERO; n_trials * dim],
            potential: PotentialState::default(),
        }
    }
}

/// Cotangents of what a flow gave `[times, trials, dim]`; they become those of what it was given.
#[derive(Debug)]
pub struct FlowCotangents<'a, T> {
    /// Of the positions; afterwards the first time has that of the start.
    pub z: &'a mut [T],
    /// Of the velocities; afterwards the first time has that of the start.
    pub v: &'a mut [T],
    /// Of the means; afterwards that of the drive.
    pub mean: &'a mut [T],
}

impl Flow {
    /// The flow of a model.
    pub fn new(options: &ModelOptions) -> Self {
        let ModelOptions { hidden: dim, step, gamma, integrator, .. } = *options;
        let (keep, pull, variance) = match integrator {
            Integrator::Released => (1.0 - gamma, (1.0 - gamma) * step, 2.0 * gamma),
            Integrator::EulerMaruyama => (1.0 - gamma * step, step, 2.0 * gamma * step),
        };
        Self { dim, step, keep, pull, variance }
    }

    /// Runs all times from the start that stands in `state` at the first.
    ///
    /// # Panics
    /// When the sizes do not fit.
    pub fn forward<T: Real>(
        &self,
        potential: &Potential,
        parameters: &[T],
        sites: Sites<'_>,
        noise: CounterStream,
        drive: Option<&[T]>,
        state: &mut FlowState<T>,
    ) {
        let n = sites.trials.len() * self.dim;
        let [step, keep, pull, sd] = [self.step, self.keep, self.pull, self.variance.sqrt()].map(T::from_f64);
        potential.prepare(parameters, &mut state.potential);
        for time in 1..sites.n_steps {
            let (past_z, now_z) = state.z.split_at_mut(time * n);
            let (past_v, now_v) = state.v.split_at_mut(time * n);
            let (z, v) = (&past_z[(time - 1) * n..], &past_v[(time - 1) * n..]);
            potential.force(parameters, &mut state.potential, z, &mut state.force);
            self.draw(sites, noise, time, &mut state.noise);
            let mean = &mut state.mean[time * n..][..n];
            for (((mean, &v), &f), now_z) in mean.iter_mut().zip(v).zip(&state.force).zip(&mut *now_z) {
                *mean = keep * v - pull * f;
                *now_z = step * v;
            }
            now_z.iter_mut().zip(z).for_each(|(now, &z)| *now += z);
            if let Some(drive) = drive {
                mean.iter_mut().zip(&drive[time * n..]).for_each(|(mean, &c)| *mean += c);
            }
            for ((now, &mean), &e) in now_v.iter_mut().zip(&*mean).zip(&state.noise) {
                *now = mean + sd * e;
            }
        }
    }

    /// Turns cotangents of positions, velocities and means into those of the start and of the drive, and adds to
    /// `gradient`.
    ///
    /// # Panics
    /// When the sizes do not fit.
    pub fn backward<T: Real>(
        &self,
        potential: &Potential,
        parameters: &[T],
        n_trials: usize,
        state: &mut FlowState<T>,
        cotangents: &mut FlowCotangents<'_, T>,
        gradient: &mut [T],
    ) {
        let n = n_trials * self.dim;
        let n_steps = state.z.len() / n;
        let [step, keep, pull] = [self.step, self.keep, self.pull].map(T::from_f64);
        let mut d_force = vec![T::ZERO; n];
        for time in (1..n_steps).rev() {
            let (past_z, dz) = cotangents.z.split_at_mut(time * n);
            let (past_v, dv) = cotangents.v.split_at_mut(time * n);
            let (past_z, past_v) = (&mut past_z[(time - 1) * n..], &mut past_v[(time - 1) * n..]);
            let d_mean = &mut cotangents.mean[time * n..][..n];
            for ((d_mean, &dv), d_force) in d_mean.iter_mut().zip(&*dv).zip(&mut d_force) {
                *d_mean += dv;
                *d_force = -pull * *d_mean;
            }
            for (((past_z, past_v), &dz), &d_mean) in past_z.iter_mut().zip(past_v).zip(&*dz).zip(&*d_mean) {
                *past_v += keep * d_mean + step * dz;
                *past_z += dz;
            }
            let z = &state.z[(time - 1) * n..][..n];
            let (room, forces) = (&mut state.force, &mut state.potential);
            potential.backward(parameters, forces, z, &d_force, past_z, gradient, room);
        }
        potential.finish(parameters, &state.potential, gradient);
    }

    fn draw<T: Real>(&self, sites: Sites<'_>, noise: CounterStream, time: usize, out: &mut [T]) {
        for (&trial, row) in sites.trials.iter().zip(out.chunks_exact_mut(self.dim)) {
            noise.normals([time as u32, trial, Draws::STEP_NOISE], row);
        }
    }
}
