//! Records the work of layers.

use neuroloom_core::Result;

use crate::device::{Gpu, Values};
use crate::kernel::Kernel;
use crate::tape::Tape;

/// Records kernels on a tape, with the arrays that most of them share.
#[derive(Debug)]
pub struct Recorder<'a> {
    /// The device.
    pub gpu: &'a Gpu,
    /// Arrays of all layers.
    pub shared: &'a Shared,
    tape: Tape,
}

/// Arrays of all layers.
#[derive(Debug)]
pub struct Shared {
    /// Parameters in the order of the model's layout.
    pub parameters: Values,
    /// Their gradient.
    pub gradient: Values,
    /// Numbers of the trials of the batch.
    pub trials: Values,
    /// What changes from step to step.
    pub step: Values,
    /// Parts of sums.
    pub parts: Values,
}

/// Parts of a sum at most: values of all of them together.
const PARTS: usize = 1 << 20;

impl Shared {
    /// For a model of `n_parameters` and batches of up to `n_trials`.
    ///
    /// # Errors
    /// When the device has no room.
    pub fn new(gpu: &Gpu, n_parameters: usize, n_trials: usize) -> Result<Self> {
        Ok(Self {
            parameters: gpu.values(n_parameters)?,
            gradient: gpu.values(n_parameters)?,
            trials: gpu.values(n_trials)?,
            step: gpu.uniform(crate::step::WORDS)?,
            parts: gpu.values(PARTS)?,
        })
    }
}

impl<'a> Recorder<'a> {
    /// With nothing recorded.
    pub fn new(gpu: &'a Gpu, shared: &'a Shared) -> Self {
        Self { gpu, shared, tape: Tape::default() }
    }

    /// What was recorded.
    pub fn finish(self) -> Tape {
        self.tape
    }

    pub(crate) fn push(
        &mut self,
        kernel: &Kernel,
        shape: &[u32],
        bound: &[&Values],
        groups: [u32; 3],
    ) -> Result<()> {
        self.tape.push(self.gpu, kernel, shape, bound, groups)
    }

    /// Parts of a sum over `rows` whose results have `len` values: enough for many workgroups, and of at least `smallest` rows.
    /// It gives their number and the rows of each.
    pub(crate) fn parts(rows: usize, len: usize, smallest: usize) -> (usize, usize) {
        let most = (PARTS / len.max(1)).clamp(1, 64);
        let rows_of_part = rows.div_ceil(most).max(smallest);
        (rows.div_ceil(rows_of_part).max(1), rows_of_part)
    }
}

/// Shape words of a kernel from numbers of both kinds.
macro_rules! words {
    ($($value:expr),* $(,)?) => { [$(crate::recorder::Word::word($value)),*] };
}
pub(crate) use words;

/// What stands in the shape of a kernel.
pub(crate) trait Word {
    fn word(self) -> u32;
}

impl Word for usize {
    fn word(self) -> u32 {
        self as u32
    }
}

impl Word for bool {
    fn word(self) -> u32 {
        u32::from(self)
    }
}

impl Word for f64 {
    fn word(self) -> u32 {
        (self as f32).to_bits()
    }
}
