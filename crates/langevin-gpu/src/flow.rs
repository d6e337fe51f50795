//! The Langevin flow: start, all times in one kernel, and their cotangents.

use neuroloom_core::{Error, Result};
use neuroloom_langevin::options::DivergenceOptions;
use neuroloom_langevin::{Model, Potential, Squared, transition};

use crate::device::{Gpu, Values};
use crate::kernel::{
    DRIVE_COTANGENT, FLOW_BACKWARD, FLOW_FORWARD, OSCILLATORS_FINISH, OSCILLATORS_GRADIENT,
    QUADRATIC_GRADIENT, START, START_BACKWARD,
};
use crate::product::Matrix;
use crate::recorder::{Recorder, words};
use crate::tape::lanes;

/// Arrays of the flow, `[times, trials, dim]` where nothing else is said; empty where the model has no latents.
#[derive(Debug)]
pub struct FlowRoom {
    /// Normal numbers `[times + 1, trials, dim]`: of the position's start, of the steps, of the velocity's start.
    pub noise: Values,
    /// Means and log variances of the start of position and velocity `[4, trials, dim]`.
    pub start: Values,
    /// What pushes the velocity; empty without a drive.
    pub drive: Values,
    /// Positions.
    pub z: Values,
    /// Velocities.
    pub v: Values,
    mean: Values,
    /// Cotangent of the positions.
    pub dz: Values,
    /// Cotangent of the velocities.
    pub dv: Values,
    d_mean: Values,
    d_start: Values,
    /// Cotangents of the summed kernel `[trials, 12]`.
    of_trials: Values,
}

/// A flow of a batch of `n_trials`.
#[derive(Clone, Copy, Debug)]
pub struct FlowPass<'a> {
    /// The model.
    pub model: &'a Model,
    /// What its divergence is.
    pub divergence: &'a DivergenceOptions,
    /// Trials of the batch.
    pub n_trials: usize,
    /// Whether log variances and drive are those of the prior, which are not clamped.
    pub from_prior: bool,
}

impl FlowRoom {
    /// For batches of up to `n_trials`; without `backward` it will not do for the backward pass.
    ///
    /// # Errors
    /// When the device has no room.
    pub fn new(gpu: &Gpu, model: &Model, n_trials: usize, backward: bool) -> Result<Self> {
        let n = if model.has_latents() { n_trials * model.options().hidden } else { 0 };
        let (rows, back) = (n * model.size().n_bins, usize::from(backward));
        Ok(Self {
            noise: gpu.values(rows + n)?,
            start: gpu.values(4 * n)?,
            drive: gpu.values(if model.drive().is_some() { rows } else { 0 })?,
            z: gpu.values(rows)?,
            v: gpu.values(rows)?,
            mean: gpu.values(rows)?,
            dz: gpu.values(back * rows)?,
            dv: gpu.values(back * rows)?,
            d_mean: gpu.values(back * rows)?,
            d_start: gpu.values(back * 4 * n)?,
            of_trials: gpu.values(back * 12 * n_trials)?,
        })
    }
}

/// How kernels tell a potential: its kind, the place of its parameters, and the smallest norm of taps.
pub(crate) fn of_potential(potential: &Potential) -> Result<(usize, usize, f64)> {
    match potential {
        Potential::None => Ok((0, 0, 1.0)),
        Potential::Oscillators(it) => Ok((1, it.kernel().range().start, it.epsilon())),
        Potential::Quadratic(it) => Ok((2, it.stiffness().range().start, 1.0)),
        Potential::Network(_) => {
            Err(Error::params("the potential of a network cannot be computed on a graphics processor")
                .at_object("potential")
                .expected("oscillators, quadratic or none")
                .found("network")
                .hint("set `device: cpu`, or choose another potential"))
        }
    }
}

impl FlowPass<'_> {
    fn clamp(&self) -> [f64; 2] {
        let none = [f64::from(f32::MIN), f64::from(f32::MAX)];
        self.model.options().logvar_clamp.filter(|_| !self.from_prior).unwrap_or(none)
    }

    /// Whose squares the divergence has: as kernels tell it, and their variance.
    fn squared(&self) -> (usize, f64) {
        let transition = transition(self.divergence, self.model.flow());
        let squared = match transition.squared {
            Squared::Velocities => 0,
            Squared::Means => 1,
            Squared::Drive => 2,
        };
        (squared, transition.variance)
    }

    fn n(&self) -> usize {
        self.n_trials * self.model.options().hidden
    }
}

impl Recorder<'_> {
    /// Means and log variances of the start, and the drive, from encoder states `h` `[times, trials, dim]`.
    ///
    /// # Errors
    /// When the device fails.
    pub fn flow_inputs(&mut self, pass: FlowPass<'_>, h: &Values, room: &FlowRoom) -> Result<()> {
        let dim = pass.model.options().hidden;
        let of_dim = |values| Matrix::rows(values, dim);
        for (part, linear) in pass.model.start().into_iter().flatten().enumerate() {
            self.linear(linear, pass.n_trials, of_dim(h), of_dim(&room.start).at(part * pass.n()))?;
        }
        if let Some(drive) = pass.model.drive() {
            let rows = pass.n_trials * pass.model.size().n_bins;
            self.linear(drive, rows, of_dim(h), of_dim(&room.drive))?;
        }
        Ok(())
    }

    /// Positions and velocities. The divergence of the start and half the squares of the steps, trial by trial, stand in `report` from
    /// `report_at` on. Nothing where the model has no latents.
    ///
    /// # Errors
    /// When the device fails, or the potential is not one for it.
    pub fn flow(
        &mut self,
        pass: FlowPass<'_>,
        room: &FlowRoom,
        report: &Values,
        report_at: usize,
    ) -> Result<()> {
        let FlowPass { model, n_trials, .. } = pass;
        if !model.has_latents() {
            return Ok(());
        }
        let (dim, n_steps, flow) = (model.options().hidden, model.size().n_bins, model.flow());
        let [low, high] = pass.clamp();
        let groups = [n_trials as u32, 1, 1];
        let shape = words![dim, n_trials, n_steps, low, high, report_at];
        let bound = [&room.start, &room.noise, &room.z, &room.v, report];
        self.push(&START, &shape, &bound, groups)?;
        let (kind, place, epsilon) = of_potential(model.potential())?;
        let (squared, _) = pass.squared();
        let has_drive = model.drive().is_some();
        let shape = words![
            dim,
            n_trials,
            n_steps,
            flow.step,
            flow.keep,
            flow.pull,
            flow.variance.sqrt(),
            has_drive,
            kind,
            place,
            epsilon,
            squared,
            report_at + n_trials,
        ];
        let FlowRoom { noise, drive, z, v, mean, .. } = room;
        let drive = if has_drive { drive } else { noise };
        let bound = [&self.shared.parameters, noise, drive, z, v, mean, report];
        self.push(&FLOW_FORWARD, &shape, &bound, groups)
    }

    /// Adds to `dh` what the cotangents of positions and velocities mean for the encoder states `h`, and puts what they mean for
    /// the parameters into the gradient.
    ///
    /// # Errors
    /// When the device fails, or the potential is not one for it.
    pub fn flow_backward(
        &mut self,
        pass: FlowPass<'_>,
        room: &FlowRoom,
        [h, dh]: [&Values; 2],
    ) -> Result<()> {
        let FlowPass { model, n_trials, .. } = pass;
        if !model.has_latents() {
            return Ok(());
        }
        let (dim, n_steps, flow) = (model.options().hidden, model.size().n_bins, model.flow());
        let (kind, place, epsilon) = of_potential(model.potential())?;
        let (squared, variance) = pass.squared();
        let shape = words![
            dim, n_trials, n_steps, flow.step, flow.keep, flow.pull, kind, place, epsilon, squared, variance,
        ];
        let FlowRoom { v, mean, dz, dv, d_mean, .. } = room;
        let shared = self.shared;
        let bound = [&shared.step, &shared.parameters, v, mean, dz, dv, d_mean];
        self.push(&FLOW_BACKWARD, &shape, &bound, [n_trials as u32, 1, 1])?;
        self.potential_backward(pass, room)?;
        if let Some(drive) = model.drive() {
            let (n, len) = (pass.n(), pass.n() * n_steps);
            if squared == 2 {
                let bound = [&shared.step, &room.drive, d_mean];
                self.push(&DRIVE_COTANGENT, &words![n, len, variance], &bound, lanes(len))?;
            }
            let of_dim = |values| Matrix::rows(values, dim);
            self.linear_backward(drive, n_trials * n_steps, of_dim(h), of_dim(d_mean), of_dim(dh), true)?;
        }
        self.start_backward(pass, room, [h, dh])
    }

    fn potential_backward(&mut self, pass: FlowPass<'_>, room: &FlowRoom) -> Result<()> {
        let FlowPass { model, n_trials, .. } = pass;
        let (dim, n_steps, pull) = (model.options().hidden, model.size().n_bins, model.flow().pull);
        let (kind, place, epsilon) = of_potential(model.potential())?;
        let shared = self.shared;
        if kind == 1 {
            let bound = [&room.z, &room.d_mean, &room.of_trials];
            let groups = [n_trials as u32, 1, 1];
            self.push(&OSCILLATORS_GRADIENT, &words![dim, n_trials, n_steps, pull], &bound, groups)?;
            let bound = [&shared.parameters, &room.of_trials, &shared.gradient];
            self.push(&OSCILLATORS_FINISH, &words![n_trials, place, epsilon], &bound, [1; 3])?;
        } else if kind == 2 {
            let bound = [&room.z, &room.d_mean, &shared.gradient];
            let shape = words![dim, n_trials, n_steps, pull, place];
            self.push(&QUADRATIC_GRADIENT, &shape, &bound, [dim as u32, 1, 1])?;
        }
        Ok(())
    }

    fn start_backward(&mut self, pass: FlowPass<'_>, room: &FlowRoom, [h, dh]: [&Values; 2]) -> Result<()> {
        let (dim, n, [low, high]) = (pass.model.options().hidden, pass.n(), pass.clamp());
        let FlowRoom { noise, start, dz, dv, d_start, .. } = room;
        let bound = [&self.shared.step, start, noise, dz, dv, d_start];
        let shape = words![n, pass.model.size().n_bins, low, high];
        self.push(&START_BACKWARD, &shape, &bound, lanes(n))?;
        let of_dim = |values| Matrix::rows(values, dim);
        for (part, linear) in pass.model.start().into_iter().flatten().enumerate() {
            let dy = of_dim(d_start).at(part * n);
            self.linear_backward(linear, pass.n_trials, of_dim(h), dy, of_dim(dh), true)?;
        }
        Ok(())
    }
}
