//! The dynamics of every state in the forms that the filter multiplies with.

use ndarray::{Array2, ArrayView2};

use super::kernels::padded;
use crate::cholesky::Cholesky;
use crate::{Dynamics, Result};

/// All states.
#[derive(Clone, Debug)]
pub(super) struct System {
    pub n_latents: usize,
    /// D, padded.
    pub stride: usize,
    pub states: Vec<StateDynamics>,
}

/// Of Q = L L'. Matrices are `[D, stride]`, row by row, zero in the padding.
#[derive(Clone, Debug)]
pub(super) struct StateDynamics {
    /// L'.
    pub noise_root: Vec<f64>,
    /// (L^-1 A)'.
    pub whitened_transposed: Vec<f64>,
    /// A'.
    pub transition_transposed: Vec<f64>,
    /// Q^-1 A.
    pub precision_times: Vec<f64>,
    /// b, `[stride]`.
    pub offset: Vec<f64>,
}

impl System {
    pub(super) fn new(dynamics: &[Dynamics], n_latents: usize) -> Result<Self> {
        let stride = padded(n_latents);
        let of = |(state, dynamics)| StateDynamics::new(state, dynamics, n_latents, stride);
        let states = dynamics.iter().enumerate().map(of).collect::<Result<_>>()?;
        Ok(Self { n_latents, stride, states })
    }
}

impl StateDynamics {
    fn new(state: usize, dynamics: &Dynamics, n_latents: usize, stride: usize) -> Result<Self> {
        let noise = Cholesky::with_jitter(dynamics.noise.view(), || format!("the noise of state {state}"))?;
        let root = Array2::from_shape_fn((n_latents, n_latents), |(i, j)| {
            noise.row(j).get(i).copied().unwrap_or(0.0)
        });
        // Columns of A, solved one by one, are the rows of what is wanted.
        let solved = |solve: &dyn Fn(&mut [f64])| {
            let mut rows = dynamics.transition.t().to_owned();
            for mut row in rows.rows_mut() {
                let mut column = row.to_vec();
                solve(&mut column);
                row.iter_mut().zip(column).for_each(|(out, value)| *out = value);
            }
            rows
        };
        let transposed = dynamics.transition.t();
        let mut offset = dynamics.offset.to_vec();
        offset.resize(stride, 0.0);
        Ok(Self {
            noise_root: pad(root.view(), stride),
            whitened_transposed: pad(solved(&|column| noise.solve_lower(column)).view(), stride),
            transition_transposed: pad(transposed, stride),
            precision_times: pad(solved(&|column| noise.solve(column)).t(), stride),
            offset,
        })
    }
}

fn pad(matrix: ArrayView2<'_, f64>, stride: usize) -> Vec<f64> {
    let mut padded = vec![0.0; matrix.nrows() * stride];
    for (out, row) in padded.chunks_exact_mut(stride.max(1)).zip(matrix.rows()) {
        out.iter_mut().zip(row).for_each(|(out, &value)| *out = value);
    }
    padded
}
