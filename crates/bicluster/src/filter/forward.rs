//! The forward pass.

use std::ops::Range;

use pulp::{Arch, NullaryFnOnce};

use super::kernels::{
    add_identity, add_transposed, dot, factor, factor_both, product, scale_rows, solve_transposed, transpose,
    transposed_product,
};
use super::system::StateDynamics;
use super::{FilterOptions, Filtered, FirstBin, Information};
use crate::{BiclusterError, Result};

/// Fills means and roots of all bins.
///
/// # Errors
/// When a bin's latents are not finite.
pub(super) fn run(
    filtered: &mut Filtered,
    information: &Information,
    segments: &[Range<usize>],
    states: &[usize],
    options: FilterOptions,
) -> Result<()> {
    Arch::new().dispatch(Pass { filtered, information, segments, states, options })
}

struct Pass<'a> {
    filtered: &'a mut Filtered,
    information: &'a Information,
    segments: &'a [Range<usize>],
    states: &'a [usize],
    options: FilterOptions,
}

impl NullaryFnOnce for Pass<'_> {
    type Output = Result<()>;

    #[inline(always)]
    fn call(self) -> Result<()> {
        let rows = self.filtered.n_latents;
        let n = self.filtered.stride;
        let size = rows * n;
        let mut bin_room = Room::new(n, rows);
        let mut keep = self.filtered.roots.chunks_exact_mut(size.max(1));
        let dynamics = &self.filtered.system.states;
        let mut log_normaliser = 0.0;
        for segment in self.segments {
            for bin in segment.clone() {
                if bin == segment.start {
                    bin_room.start(&dynamics[self.states[bin]], self.options.first_bin);
                }
                self.information.fill(bin, n, &mut bin_room.precision, &mut bin_room.linear);
                log_normaliser += bin_room.update();
                if !log_normaliser.is_finite() {
                    return Err(BiclusterError::LatentsOverflow { bin });
                }
                self.filtered.means[bin * n..][..n].copy_from_slice(&bin_room.mean);
                if let Some(root) = keep.next() {
                    root.copy_from_slice(&bin_room.root);
                }
                let sampler = &mut self.filtered.samplers[bin * size..][..size];
                sampler.copy_from_slice(&bin_room.root);
                if bin + 1 < segment.end {
                    let now = &dynamics[self.states[bin]];
                    let shifted = self.options.shift.then(|| &dynamics[self.states[bin + 1]]);
                    bin_room.advance(now, shifted, sampler);
                }
            }
        }
        self.filtered.log_normaliser = log_normaliser;
        Ok(())
    }
}

/// Matrices `[rows, n]` and vectors `[n]` of a bin.
struct Room {
    n: usize,
    rows: usize,
    /// U: U' U is the predicted covariance.
    predicted: Vec<f64>,
    /// Predicted, then filtered mean.
    mean: Vec<f64>,
    /// J and h of the bin.
    precision: Vec<f64>,
    linear: Vec<f64>,
    /// Y: Y' Y is the filtered covariance.
    root: Vec<f64>,
    /// M'.
    carried: Vec<f64>,
    work: Vec<f64>,
    /// A square and then its factor, with the reciprocals of the diagonal: of the next bin's covariance,
    square: Vec<f64>,
    reciprocals: Vec<f64>,
    /// and of this bin's given the next.
    conditional: Vec<f64>,
    reciprocals_conditional: Vec<f64>,
    innovation: Vec<f64>,
    vector: Vec<f64>,
}

impl Room {
    fn new(n: usize, rows: usize) -> Self {
        let (matrix, vector) = (|| vec![0.0; rows * n], || vec![0.0; n]);
        Self {
            n,
            rows,
            predicted: matrix(),
            mean: vector(),
            precision: matrix(),
            linear: vector(),
            root: matrix(),
            carried: matrix(),
            work: matrix(),
            square: matrix(),
            reciprocals: vector(),
            conditional: matrix(),
            reciprocals_conditional: vector(),
            innovation: vector(),
            vector: vector(),
        }
    }

    /// The first bin of a segment.
    #[inline(always)]
    fn start(&mut self, dynamics: &StateDynamics, first_bin: FirstBin) {
        self.predicted.fill(0.0);
        self.mean.fill(0.0);
        add_identity(self.n, self.rows, &mut self.predicted);
        if first_bin == FirstBin::ThroughDynamics {
            self.root.copy_from_slice(&self.predicted);
            self.carry(dynamics);
            self.square_of_carried();
            factor(self.n, self.rows, &mut self.square, &mut self.reciprocals);
            self.predict(dynamics);
        }
    }

    /// Takes in J and h of the bin; gives back ln of the integral of its factor over the predicted density.
    #[inline(always)]
    fn update(&mut self) -> f64 {
        let (n, rows) = (self.n, self.rows);
        // u = h - J m, of the symmetric J.
        self.innovation.copy_from_slice(&self.linear);
        add_transposed(n, -1.0, &self.precision, &self.mean[..rows], &mut self.innovation);
        let at_mean = 0.5 * (dot(&self.mean, &self.linear) + dot(&self.mean, &self.innovation));
        // I + U J U' = C C', Y = C^-1 U.
        product(n, rows, &self.predicted, &self.precision, &mut self.work);
        transpose(n, rows, &self.predicted, &mut self.carried);
        product(n, rows, &self.work, &self.carried, &mut self.square);
        add_identity(n, rows, &mut self.square);
        let log_determinant = factor(n, rows, &mut self.square, &mut self.reciprocals);
        self.root.copy_from_slice(&self.predicted);
        solve_transposed(n, rows, &self.square, &self.reciprocals, &mut self.root);
        // mean + Y' Y u
        for (entry, row) in self.vector.iter_mut().zip(self.root.chunks_exact(n)) {
            *entry = dot(row, &self.innovation);
        }
        let gained = 0.5 * self.vector[..rows].iter().map(|entry| entry * entry).sum::<f64>();
        add_transposed(n, 1.0, &self.root, &self.vector[..rows], &mut self.mean);
        at_mean + gained - log_determinant
    }

    /// Goes on to the next bin, predicted by the state of this one, or another where `shifted`: the sampler Y of this
    /// bin becomes S = F^-1 Y, F F' = I + M' M.
    #[inline(always)]
    fn advance(&mut self, now: &StateDynamics, shifted: Option<&StateDynamics>, sampler: &mut [f64]) {
        let (n, rows) = (self.n, self.rows);
        self.carry(now);
        transpose(n, rows, &self.carried, &mut self.work);
        product(n, rows, &self.carried, &self.work, &mut self.conditional);
        add_identity(n, rows, &mut self.conditional);
        if let Some(other) = shifted {
            self.carry(other);
        }
        self.square_of_carried();
        let predicted = [&mut self.square[..], &mut self.reciprocals[..]];
        factor_both(n, rows, predicted, [&mut self.conditional, &mut self.reciprocals_conditional]);
        solve_transposed(n, rows, &self.conditional, &self.reciprocals_conditional, sampler);
        self.predict(shifted.unwrap_or(now));
    }

    /// M' = Y (L^-1 A)'.
    #[inline(always)]
    fn carry(&mut self, dynamics: &StateDynamics) {
        product(self.n, self.rows, &self.root, &dynamics.whitened_transposed, &mut self.carried);
    }

    /// I + M M'.
    #[inline(always)]
    fn square_of_carried(&mut self) {
        transposed_product(self.n, self.rows, &self.carried, &self.carried, &mut self.square);
        add_identity(self.n, self.rows, &mut self.square);
    }

    /// The mean and covariance L (I + M M') L' of the next bin, I + M M' factored.
    #[inline(always)]
    fn predict(&mut self, dynamics: &StateDynamics) {
        let (n, rows) = (self.n, self.rows);
        scale_rows(n, rows, &self.reciprocals, &mut self.square);
        product(n, rows, &self.square, &dynamics.noise_root, &mut self.predicted);
        self.vector.copy_from_slice(&dynamics.offset);
        add_transposed(n, 1.0, &dynamics.transition_transposed, &self.mean[..rows], &mut self.vector);
        self.mean.copy_from_slice(&self.vector);
    }
}
