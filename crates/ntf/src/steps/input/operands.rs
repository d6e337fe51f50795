//! Operands and masks from tensors.

use ndarray::Array2;
use neuroloom_core::{Error, Result, Seed};

use super::{Data, TensorInput};
use crate::affinity::pairs;
use crate::error::NtfError;
use crate::mask::{ColumnMask, Hidden, Mask};
use crate::operand::{
    Compressed, DenseRows, Operand, PairRows, Rows, SparseOperand, SquareAffinity, SymmetricRows, TwoPass,
};
use crate::tensor::Tensor;
use crate::{ImplicitAffinity, Layout, Real};

/// In which form a tensor is held.
#[derive(Clone, Copy, Debug)]
pub(in crate::steps) struct Form {
    /// Half of a tensor that is symmetric in its first two modes: yes, no, or where it is.
    pub(in crate::steps) symmetric: Option<bool>,
    /// Entries that a sparse tensor does not name are unknown, not 0.
    pub(in crate::steps) absent_is_masked: bool,
    /// Whether factors must not be negative.
    pub(in crate::steps) non_negative: bool,
    /// Make a compressed tensor for models of up to so many components, where it pays.
    pub(in crate::steps) compress: Option<usize>,
}

/// A tensor that can be factorised.
pub(in crate::steps) struct Built {
    pub(in crate::steps) operand: Box<dyn Operand>,
    pub(in crate::steps) mask: Mask,
    pub(in crate::steps) compressed: Option<Compressed>,
}

/// The tensor in the precision `T` and the form that is asked for.
pub(in crate::steps) fn build<T: Real>(input: &TensorInput, form: Form, seed: &Seed) -> Result<Built> {
    let built = match &input.data {
        Data::Affinity(affinity) => of_affinity::<T>(affinity, form, seed)?,
        Data::Dense { tensor, hidden } => {
            if form.non_negative
                && let Some((count, index)) = tensor.negative()
            {
                return Err(NtfError::Negative { count, index }.into());
            }
            let values = tensor.values().iter().map(|value| T::from_f64(*value)).collect();
            let tensor = Tensor::new(tensor.shape().to_vec(), values)?;
            let mask = if hidden.is_empty() {
                Mask::Full
            } else {
                Mask::Hidden(Hidden::new(tensor.shape().to_vec(), hidden.clone()))
            };
            of_dense(tensor, mask, form, seed)?
        }
        Data::Sparse(tensor) => {
            if form.non_negative
                && let Some((count, index)) = tensor.negative()
            {
                return Err(NtfError::Negative { count, index }.into());
            }
            let operand = SparseOperand::new(tensor, form.absent_is_masked);
            let mask =
                if form.absent_is_masked { Mask::Observed(operand.entries().clone()) } else { Mask::Full };
            Built { operand: Box::new(operand), mask, compressed: None }
        }
    };
    if !matches!(built.mask, Mask::Full) {
        built.mask.check(built.operand.shape()).map_err(|error| with_label(error, input))?;
    }
    Ok(built)
}

fn of_dense<T: Real>(tensor: Tensor<T>, mask: Mask, form: Form, seed: &Seed) -> Result<Built> {
    let is_full = matches!(mask, Mask::Full);
    let can_be = is_full && tensor.shape().len() > 2 && tensor.shape()[0] == tensor.shape()[1];
    match form.symmetric {
        Some(true) if !is_full => Err(Error::params("`symmetric: true` does not go with masked entries")
            .hint("leave `symmetric` out: the whole tensor is used")),
        Some(true) => two_pass(SymmetricRows::new(&tensor)?, mask, form, seed),
        None if can_be => match SymmetricRows::new(&tensor) {
            Ok(half) => two_pass(half, mask, form, seed),
            Err(_) => two_pass(DenseRows::new(tensor), mask, form, seed),
        },
        _ => two_pass(DenseRows::new(tensor), mask, form, seed),
    }
}

fn of_affinity<T: Real>(affinity: &ImplicitAffinity, form: Form, seed: &Seed) -> Result<Built> {
    let gaps = affinity.has_gaps();
    match affinity.layout {
        Layout::Pairs => {
            let mask =
                if gaps { Mask::Columns(ColumnMask::new(observed_pairs(affinity))) } else { Mask::Full };
            two_pass(PairRows::<T>::new(affinity), mask, form, seed)
        }
        Layout::Square if affinity.worms.len() == 1 && gaps => {
            Err(Error::data("a neuron of the only recording was not observed, so its factor cannot be known")
                .hint("name the neurons that were (`neurons` of `ntf.affinity`)"))
        }
        Layout::Square => {
            let n = affinity.n_neurons();
            let observed =
                || Array2::from_shape_fn((affinity.worms.len(), n), |(w, i)| affinity.worms[w].observed[i]);
            let mask = if gaps { Mask::Neurons(observed()) } else { Mask::Full };
            Ok(Built { operand: Box::new(SquareAffinity::<T>::new(affinity)), mask, compressed: None })
        }
    }
}

fn observed_pairs(affinity: &ImplicitAffinity) -> Array2<bool> {
    let places: Vec<(usize, usize)> = pairs(affinity.n_neurons()).collect();
    Array2::from_shape_fn((affinity.worms.len(), places.len()), |(worm, pair)| {
        let (i, j) = places[pair];
        affinity.worms[worm].observed[i] && affinity.worms[worm].observed[j]
    })
}

fn two_pass<X: Rows + 'static>(rows: X, mask: Mask, form: Form, seed: &Seed) -> Result<Built> {
    let operand = TwoPass::new(rows);
    // The range finder sees 0 where nothing is known, and would compress that.
    let rank =
        form.compress.filter(|rank| matches!(mask, Mask::Full) && Compressed::pays(operand.rows(), *rank));
    let compressed = rank.map(|rank| Compressed::new(&operand, rank, seed)).transpose().map_err(|error| {
        Error::data(format!("the tensor cannot be compressed: {error}")).hint("use `compression: false`")
    })?;
    Ok(Built { operand: Box::new(operand), mask, compressed })
}

/// The error with the label of the place that it speaks of.
fn with_label(error: NtfError, input: &TensorInput) -> Error {
    let place = match error {
        NtfError::UnobservedSlice { mode, place } => {
            input.modes.get(mode).and_then(|mode| Some(format!("{} {}", mode.name, mode.labels.get(place)?)))
        }
        _ => None,
    };
    let error = Error::from(error);
    match place {
        Some(place) => error.at_object(place),
        None => error,
    }
}
