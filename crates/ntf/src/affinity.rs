//! Differential affinity: which neurons change together.
//!
//! Two neurons have an affinity at a time when both rise or both fall, and the larger the faster they do: with the
//! time derivatives g of their traces, `a_ij(t) = (|g_i| |g_j|)^(p/2)` where both have one sign, else 0. The idea is
//! that of Dyballa et al. 2024 (ICLR, arXiv 2402.14102); the definition, its constants and options are our own.
//!
//! [`DifferentialAffinity`] makes *signed roots* `h = sign(g) |g|^(p/2)` of traces; all affinities of a pair follow
//! from its two roots ([`Combine`]), so that a tensor of pairs need not be stored
//! ([`ImplicitAffinity`](crate::ImplicitAffinity)). [`DenseAffinity`] makes its entries one by one.
//!
//! ```
//! use neuroloom_ntf::affinity::{AffinityOptions, DifferentialAffinity};
//!
//! let rising = (0..50).map(|t| f64::from(t) / 49.0).collect::<Vec<_>>();
//! let falling = rising.iter().rev().copied().collect::<Vec<_>>();
//! let affinity = DifferentialAffinity::new(AffinityOptions::default())?;
//! let h = affinity.signed_roots(&[Some(rising), Some(falling)])?;
//! assert!(h.row(0).iter().all(|&h| h > 0.0) && h.row(1).iter().all(|&h| h < 0.0));
//! # Ok::<(), neuroloom_ntf::affinity::AffinityError>(())
//! ```

mod combine;
mod dense;
mod derivative;
mod error;
mod gaps;
mod normalize;
mod options;
mod scale;
mod threshold;

use ndarray::Array2;
use rayon::prelude::*;

pub use combine::Combine;
pub use dense::{DenseAffinity, n_pairs, pairs};
pub use derivative::GaussianDerivative;
pub use error::AffinityError;
pub use gaps::{mask_gappy, observed};
pub use normalize::Normalize;
pub use options::AffinityOptions;
pub use scale::{scale_to_unit_norm, sum_of_squares};
pub use threshold::Threshold;

/// From traces to the signed roots of their affinity.
#[derive(Clone, Debug)]
pub struct DifferentialAffinity {
    options: AffinityOptions,
    derivative: GaussianDerivative,
}

impl DifferentialAffinity {
    /// With checked options.
    ///
    /// # Errors
    /// A width of the derivative that is no number or reaches no neighbour, a power other than 1 or 2, a negative
    /// threshold, an interval that is not above 0.
    pub fn new(options: AffinityOptions) -> Result<Self, AffinityError> {
        options.check()?;
        let derivative = GaussianDerivative::new(options.sigma)?;
        Ok(Self { options, derivative })
    }

    /// The derivative that is taken.
    pub fn derivative(&self) -> &GaussianDerivative {
        &self.derivative
    }

    /// The signed roots `[n_neurons, n_frames]` of the traces of an animal, all of one length. NaN stands where the
    /// derivative would need an invalid (NaN) sample, and all along the row of a neuron without a trace.
    ///
    /// # Errors
    /// An infinite sample, traces of different lengths or of so few frames that the derivative does not fit.
    pub fn signed_roots(&self, traces: &[Option<Vec<f64>>]) -> Result<Array2<f64>, AffinityError> {
        let n_frames = common_length(traces)?;
        self.derivative.check_length(n_frames)?;
        check_infinite(traces)?;
        let mut roots = Array2::from_elem((traces.len(), n_frames), f64::NAN);
        let rows: Vec<Option<Vec<f64>>> =
            traces.par_iter().map(|trace| trace.as_ref().map(|trace| self.signed_root(trace))).collect();
        for (mut row, root) in roots.rows_mut().into_iter().zip(rows) {
            if let Some(root) = root {
                row.iter_mut().zip(root).for_each(|(place, h)| *place = h);
            }
        }
        Ok(roots)
    }

    fn signed_root(&self, trace: &[f64]) -> Vec<f64> {
        let normalized = self.options.normalize.apply(trace);
        let mut g = self.derivative.apply(&normalized);
        g.iter_mut().for_each(|g| *g /= self.options.time_unit);
        self.options.threshold.apply(&mut g);
        g.iter_mut().for_each(|g| *g = self.options.root(*g));
        g
    }
}

fn common_length(traces: &[Option<Vec<f64>>]) -> Result<usize, AffinityError> {
    let mut lengths = traces.iter().enumerate().filter_map(|(i, trace)| Some((i, trace.as_ref()?.len())));
    let Some((_, expected)) = lengths.next() else { return Err(AffinityError::NoTraces) };
    match lengths.find(|(_, found)| *found != expected) {
        Some((neuron, found)) => Err(AffinityError::Lengths { neuron, expected, found }),
        None => Ok(expected),
    }
}

fn check_infinite(traces: &[Option<Vec<f64>>]) -> Result<(), AffinityError> {
    let infinite = |(neuron, trace): (usize, &Option<Vec<f64>>)| {
        let frame = trace.as_ref()?.iter().position(|x| x.is_infinite())?;
        Some(AffinityError::Infinite { neuron, frame })
    };
    traces.iter().enumerate().find_map(infinite).map_or(Ok(()), Err)
}
