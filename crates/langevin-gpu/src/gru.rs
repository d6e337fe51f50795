//! The gated recurrent unit: all times in one kernel, a workgroup for each trial.

use neuroloom_core::Result;
use neuroloom_nn::Gru;

use crate::device::{Gpu, Values};
use crate::kernel::{GRU_BACKWARD, GRU_FORWARD, TRANSPOSE};
use crate::product::{Form, Matrix};
use crate::recorder::{Recorder, words};
use crate::tape::lanes;

/// Dimensions of a state at most: a workgroup holds it in its own memory.
pub const MAX_HIDDEN: usize = 1024;

/// Sizes of a recurrent unit and what it runs over.
#[derive(Clone, Copy, Debug)]
pub struct GruSize {
    /// Dimensions of the input.
    pub n_in: usize,
    /// Dimensions of the state.
    pub n: usize,
    /// Trials of the batch.
    pub n_trials: usize,
    /// Times of a trial.
    pub n_steps: usize,
}

/// What the backward pass needs of the forward pass: `[times, trials, ...]`.
#[derive(Debug)]
pub struct GruRoom {
    from_input: Values,
    gates: Values,
    turned: Values,
}

impl GruRoom {
    /// For batches of up to `size`.
    ///
    /// # Errors
    /// When the device has no room.
    pub fn new(gpu: &Gpu, size: GruSize) -> Result<Self> {
        let rows = size.n_trials * size.n_steps;
        Ok(Self {
            from_input: gpu.values(rows * 3 * size.n)?,
            gates: gpu.values(rows * 4 * size.n)?,
            turned: gpu.values(3 * size.n * size.n)?,
        })
    }
}

impl Recorder<'_> {
    /// States `h` `[times, trials, n]` of inputs `u` `[times, trials, n_in]`.
    ///
    /// # Errors
    /// When the device fails.
    pub fn gru(&mut self, gru: &Gru, size: GruSize, u: &Values, room: &GruRoom, h: &Values) -> Result<()> {
        let GruSize { n_in, n, n_trials, n_steps } = size;
        let [weight_in, weight_hidden, bias_in, bias_hidden] = gru.segments().map(|s| s.range().start);
        let shared = self.shared;
        let parameters = &shared.parameters;
        self.push(
            &TRANSPOSE,
            &words![3 * n, n, weight_hidden],
            &[parameters, &room.turned],
            lanes(3 * n * n),
        )?;
        let weight = Matrix::rows(parameters, n_in).at(weight_in).turned();
        let form = Form { bias: Some(bias_in), ..Form::default() };
        let target = Matrix::rows(&room.from_input, 3 * n);
        self.product(target, [n_trials * n_steps, n_in, 3 * n], Matrix::rows(u, n_in), weight, form)?;
        let bound =
            [&shared.step, &shared.trials, parameters, &room.turned, &room.from_input, &room.gates, h];
        let shape = words![n, n_trials, n_steps, bias_hidden];
        self.push(&GRU_FORWARD, &shape, &bound, [n_trials as u32, 1, 1])
    }

    /// Puts what the cotangent `dh` of the states means for the parameters into the gradient.
    ///
    /// # Errors
    /// When the device fails.
    pub fn gru_backward(
        &mut self,
        gru: &Gru,
        size: GruSize,
        u: &Values,
        room: &GruRoom,
        [h, dh]: [&Values; 2],
    ) -> Result<()> {
        let GruSize { n_in, n, n_trials, n_steps } = size;
        let [weight_in, weight_hidden, bias_in, bias_hidden] = gru.segments().map(|s| s.range().start);
        let shared = self.shared;
        let bound = [&shared.step, &shared.trials, &shared.parameters, h, dh, &room.gates];
        let shape = words![n, n_trials, n_steps, weight_hidden];
        self.push(&GRU_BACKWARD, &shape, &bound, [n_trials as u32, 1, 1])?;
        let rows = n_trials * n_steps;
        let gates = Matrix::rows(&room.gates, 4 * n);
        let (of_fresh, inputs) = (gates.at(3 * n), Matrix::rows(u, n_in));
        // The state before the first time is 0.
        let later = [rows - n_trials, 3 * n, n];
        self.weight_gradient(weight_hidden, later, gates.at(n_trials * 4 * n), Matrix::rows(h, n))?;
        self.weight_gradient(weight_in, [rows, 2 * n, n_in], gates, inputs)?;
        self.weight_gradient(weight_in + 2 * n * n_in, [rows, n, n_in], of_fresh, inputs)?;
        self.column_sums(bias_hidden, [rows, 3 * n], gates, None)?;
        self.column_sums(bias_in, [rows, 2 * n], gates, None)?;
        self.column_sums(bias_in + 2 * n, [rows, n], of_fresh, None)
    }
}
