//! Starts from singular vectors (Boutsidis and Gallopoulos 2008, Pattern Recognition 41:1350), mode by mode.

use ndarray::{Array2, ArrayView2};
use neuroloom_core::Seed;
use neuroloom_math::symmetric_eigen;
use rand::RngExt;

use crate::error::{NtfError, Result};
use crate::factors::{Factor, model_squared_norm};
use crate::real::Real;
use crate::start::Start;
use crate::tensor::Tensor;

/// Modes longer than this are not decomposed.
pub const MAX_LENGTH: usize = 4000;
/// Zeros become random numbers up to this share of the mean entry, so that no entry is stuck.
const FILL: f64 = 0.01;

/// A start whose columns are, per mode, the larger one-signed parts of the leading left singular vectors of the tensor
/// unfolded along it; further columns, where a mode is shorter than the rank, are random. Scaled to the norm of the tensor.
///
/// # Errors
/// When a mode is longer than [`MAX_LENGTH`], or a decomposition fails.
pub fn nndsvd<T: Real>(tensor: &Tensor<T>, rank: usize, squared_norm: f64, seed: &Seed) -> Result<Start> {
    let shape = tensor.shape();
    let mut factors = Vec::with_capacity(shape.len());
    for mode in 0..shape.len() {
        factors.push(one_signed(&unfolded_gram(tensor, mode)?, rank, &seed.child_index(mode as u64))?);
    }
    let model = model_squared_norm(&factors);
    if model > 0.0 {
        let scale = (squared_norm / model).sqrt().powf(1.0 / shape.len() as f64);
        factors.iter_mut().for_each(|factor| *factor *= scale);
    }
    Start::given(shape, rank, factors, |_| false)
}

/// `X_(n) X_(n)'`.
fn unfolded_gram<T: Real>(tensor: &Tensor<T>, mode: usize) -> Result<Factor> {
    let shape = tensor.shape();
    let length = shape[mode];
    if length > MAX_LENGTH {
        return Err(NtfError::NotAvailable {
            what: "`init: nndsvd`",
            tensor: "a tensor with a mode of more than 4000 places",
            instead: "use `init: random`",
        });
    }
    let after: usize = shape[mode + 1..].iter().product();
    let mut gram = Array2::zeros((length, length));
    for block in tensor.values().chunks_exact(length * after) {
        // Wide unfoldings in panels of columns, so that no second copy of a large block is made.
        const PANEL: usize = 4096;
        let block =
            ArrayView2::from_shape((length, after), block).map_err(|_| NtfError::EmptyMode { mode })?;
        for first in (0..after).step_by(PANEL) {
            let panel = block.slice(ndarray::s![.., first..after.min(first + PANEL)]).mapv(Real::to_f64);
            ndarray::linalg::general_mat_mul(1.0, &panel, &panel.t(), 1.0, &mut gram);
        }
    }
    crate::factors::mirror(&mut gram);
    Ok(gram)
}

fn one_signed(gram: &Factor, rank: usize, seed: &Seed) -> Result<Factor> {
    let vectors = symmetric_eigen(gram.view())
        .map_err(|_| NtfError::NotAvailable {
            what: "`init: nndsvd`",
            tensor: "a tensor whose unfoldings have no singular value decomposition",
            instead: "use `init: random`",
        })?
        .vectors;
    let (length, mut rng) = (gram.nrows(), seed.rng());
    let mut factor = Array2::zeros((length, rank));
    for (number, mut column) in factor.columns_mut().into_iter().enumerate() {
        let Some(vector) = length.checked_sub(1 + number).map(|at| vectors.column(at)) else {
            column.mapv_inplace(|_: f64| rng.random::<f64>() / (length as f64).sqrt());
            continue;
        };
        let part = |sign: f64| vector.mapv(|value| (sign * value).max(0.0));
        let (plus, minus) = (part(1.0), part(-1.0));
        column.assign(if plus.dot(&plus) >= minus.dot(&minus) { &plus } else { &minus });
        let mean = column.sum() / length as f64;
        column.mapv_inplace(|value| if value > 0.0 { value } else { FILL * mean * rng.random::<f64>() });
    }
    Ok(factor)
}
