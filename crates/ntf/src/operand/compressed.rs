//! A tensor whose long last mode is replaced by a few orthonormal combinations of its places, for sweeps that cost
//! next to nothing; found by a randomised range finder with power steps
//! (Halko, Martinsson and Tropp 2011, SIAM Rev 53:217; Erichson et al. 2020, IEEE J Sel Top Signal Process).

use ndarray::Array2;
use neuroloom_core::Seed;
use neuroloom_math::symmetric_eigen;
use rand_distr::{Distribution, StandardNormal};

use super::padding::{pad, unpad};
use super::rows::{DenseRows, Rows, SymmetricRows};
use super::{Operand, Products, TwoPass};
use crate::factors::Factor;
use crate::kernels::padded;
use crate::mask::Hidden;
use crate::tensor::Tensor;

/// Combinations beyond twice the rank.
const SPARE: usize = 10;
/// Products with `X' X` before the combinations are taken: what noise does to them dies with each.
const POWER_STEPS: usize = 2;
/// Directions with less than this share of the largest are no directions.
const SMALLEST_SHARE: f64 = 1e-11;

/// A tensor `X` of which only `X_m W` is kept, `W` `[length of the last mode, n_combinations]` orthonormal. Factors keep
/// their full length; the image of the last one is `W' U`.
pub struct Compressed {
    shape: Vec<usize>,
    core: Box<dyn Operand>,
    basis: Factor,
    squared_norm: f64,
}

impl Compressed {
    /// Combinations that serve models of up to `rank` components.
    pub fn n_combinations(rank: usize) -> usize {
        2 * rank + SPARE
    }

    /// Whether compression of a tensor with these rows would pay for `rank`: its columns are one mode, at least four
    /// times as long as the number of combinations.
    pub fn pays<X: Rows>(rows: &X, rank: usize) -> bool {
        let shape = rows.shape();
        rows.row_modes() + 1 == shape.len() && shape[shape.len() - 1] >= 4 * Self::n_combinations(rank)
    }

    /// Reads the tensor six times.
    ///
    /// # Errors
    /// When the combinations cannot be made orthonormal.
    pub fn new<X: Rows>(
        operand: &TwoPass<X>,
        rank: usize,
        seed: &Seed,
    ) -> Result<Self, neuroloom_math::MathError> {
        let (shape, n) = (operand.shape().to_vec(), Self::n_combinations(rank));
        let n_rows = operand.n_rows();
        let mut rng = seed.child("compression").rng();
        let sketch = Array2::from_shape_simple_fn((n_rows, n), || StandardNormal.sample(&mut rng));
        let mut basis = orthonormal(operand.times_columns(&sketch))?;
        for _ in 0..POWER_STEPS {
            basis = orthonormal(operand.times_columns(&operand.times_rows(&basis)))?;
        }
        let image = operand.times_rows(&basis);
        let mut core_shape = shape.clone();
        core_shape.pop();
        core_shape.push(basis.ncols());
        // In 64 bits: it is small, and sweeps on it go on where those on the tensor would stop in rounding.
        let (values, _) = image.into_raw_vec_and_offset();
        let core: Box<dyn Operand> = if operand.rows().is_symmetric() {
            Box::new(TwoPass::new(SymmetricRows::from_half(core_shape, values)))
        } else {
            Box::new(TwoPass::new(DenseRows::with_last_as_columns(Tensor::unchecked(core_shape, values))))
        };
        Ok(Self { shape, core, basis, squared_norm: operand.squared_norm() })
    }
}

/// An orthonormal basis of the columns of `y`, those of small singular values left out.
fn orthonormal(y: Factor) -> Result<Factor, neuroloom_math::MathError> {
    // Twice, because the Gram matrix squares the condition number.
    let once = orthonormal_once(&y)?;
    orthonormal_once(&once)
}

fn orthonormal_once(y: &Factor) -> Result<Factor, neuroloom_math::MathError> {
    let mut gram = y.t().dot(y);
    crate::factors::mirror(&mut gram);
    let eigen = symmetric_eigen(gram.view())?;
    let largest = eigen.values.last().copied().unwrap_or(0.0);
    let kept: Vec<usize> = (0..eigen.values.len())
        .rev()
        .filter(|i| eigen.values[*i] > largest * SMALLEST_SHARE && eigen.values[*i] > 0.0)
        .collect();
    let turned = y.dot(&eigen.vectors);
    Ok(Array2::from_shape_fn((y.nrows(), kept.len()), |(row, column)| {
        turned[[row, kept[column]]] / eigen.values[kept[column]].sqrt()
    }))
}

impl<X: Rows> TwoPass<X> {
    /// `X U` `[n_rows, n]` for `u` `[n_columns, n]`.
    fn times_rows(&self, u: &Factor) -> Factor {
        let (n, width) = (u.ncols(), padded(u.ncols()));
        let mut p = vec![0.0; self.n_rows() * width];
        self.right_product(&pad(u), width, &mut p);
        unpad(&p, width, n)
    }

    /// `X' U` `[n_columns, n]` for `u` `[n_rows, n]`.
    fn times_columns(&self, u: &Factor) -> Factor {
        let (n, width) = (u.ncols(), padded(u.ncols()));
        unpad(&self.left_product(&pad(u), width), width, n)
    }
}

impl Operand for Compressed {
    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn name(&self) -> &'static str {
        "a compressed tensor"
    }

    fn squared_norm(&self) -> f64 {
        self.squared_norm
    }

    fn safe_error(&self) -> f64 {
        0.0
    }

    fn products(&self, rank: usize) -> Box<dyn Products + '_> {
        Box::new(CompressedProducts { basis: &self.basis, core: self.core.products(rank), image: None })
    }

    fn residual(&self, _: &[Factor], _: Option<&Hidden>) -> Option<f64> {
        None
    }
}

struct CompressedProducts<'a> {
    basis: &'a Factor,
    core: Box<dyn Products + 'a>,
    /// The factors with the image of the last one in its place, and the last mode that was asked for.
    image: Option<(Factor, usize)>,
}

impl Products for CompressedProducts<'_> {
    fn mttkrp(&mut self, factors: &[Factor], mode: usize) -> Factor {
        let last = factors.len() - 1;
        let image = match self.image.take() {
            Some((image, asked)) if asked < mode => image,
            _ => self.basis.t().dot(&factors[last]),
        };
        let mut inner = factors[..last].to_vec();
        inner.push(image);
        let product = self.core.mttkrp(&inner, mode);
        self.image = inner.pop().map(|image| (image, mode));
        if mode == last { self.basis.dot(&product) } else { product }
    }
}
