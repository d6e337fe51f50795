//! Work that was recorded once and is run many times.

use neuroloom_core::Result;
use wgpu::{BindGroup, ComputePipeline};

use crate::device::{Gpu, Values};
use crate::kernel::Kernel;

/// Kernels with their arrays, in the order in which they run.
#[derive(Debug, Default)]
pub struct Tape {
    dispatches: Vec<Dispatch>,
}

/// One run of a kernel.
#[derive(Debug)]
pub(crate) struct Dispatch {
    pub(crate) pipeline: ComputePipeline,
    pub(crate) bound: BindGroup,
    pub(crate) groups: [u32; 3],
}

impl Tape {
    /// Adds a run of a kernel: `shape` is what it has at binding 0, `bound` what follows.
    ///
    /// # Errors
    /// When the kernel does not take these arrays.
    pub(crate) fn push(
        &mut self,
        gpu: &Gpu,
        kernel: &Kernel,
        shape: &[u32],
        bound: &[&Values],
        groups: [u32; 3],
    ) -> Result<()> {
        self.dispatches.push(gpu.dispatch(kernel, shape, bound, groups)?);
        Ok(())
    }

    pub(crate) fn dispatches(&self) -> &[Dispatch] {
        &self.dispatches
    }
}

/// Workgroups for `n` rows with one each, in two dimensions: a dimension has room for 65 535 alone.
pub(crate) fn rows(n: usize) -> [u32; 3] {
    const WIDEST: usize = 1 << 15;
    let wide = n.clamp(1, WIDEST);
    [wide as u32, n.div_ceil(wide).max(1) as u32, 1]
}

/// Workgroups of 64 for `n` values with an invocation each.
pub(crate) fn lanes(n: usize) -> [u32; 3] {
    rows(n.div_ceil(64))
}
