//! What a factorisation needs of a tensor, however it is held.

mod compressed;
mod contraction;
mod padding;
mod rows;
mod sparse;
mod square;
mod two_pass;

pub use compressed::Compressed;
pub use rows::{DenseRows, PairRows, Rows, SymmetricRows};
pub use sparse::SparseOperand;
pub use square::SquareAffinity;
pub use two_pass::TwoPass;

use crate::error::{NtfError, Result};
use crate::factors::Factor;
use crate::mask::Hidden;

/// A tensor as the algorithms see it: never its entries, only products with factors.
pub trait Operand: Sync {
    /// Length of every mode.
    fn shape(&self) -> &[usize];

    /// What it is, for messages.
    fn name(&self) -> &'static str;

    /// `|X|^2`, the sum of the squares of all (observed) entries.
    fn squared_norm(&self) -> f64;

    /// Relative errors below this are worth a pass over the tensor: see [`residual`](Self::residual).
    fn safe_error(&self) -> f64;

    /// Buffers for products with factors of `rank` columns.
    fn products(&self, rank: usize) -> Box<dyn Products + '_>;

    /// `|X - model|^2` over all entries that are not hidden, from the entries themselves; none where the tensor has
    /// no cheap way to it.
    fn residual(&self, factors: &[Factor], hidden: Option<&Hidden>) -> Option<f64>;

    /// The sum of all entries, for losses relative to it.
    fn total(&self) -> f64 {
        self.squared_norm()
    }

    /// What the multiplicative update of mode `mode` for the Kullback-Leibler divergence needs.
    ///
    /// # Errors
    /// For tensors whose entries are not at hand.
    fn ratios(&self, factors: &[Factor], mode: usize) -> Result<Ratios> {
        let _ = (factors, mode);
        Err(NtfError::NotAvailable {
            what: "`loss: kl`",
            tensor: self.name(),
            instead: "use `form: dense` in `ntf.affinity`, or `loss: gaussian`",
        })
    }
}

/// Products of a tensor with factors, mode after mode.
pub trait Products {
    /// `M_n = X_(n) (Khatri-Rao product of all other factors)` `[length of mode, rank]` (MTTKRP).
    ///
    /// Modes are asked for in ascending order within a sweep; what earlier ones left behind is used again as long as
    /// the mode asked for is larger than the one before it.
    fn mttkrp(&mut self, factors: &[Factor], mode: usize) -> Factor;
}

/// Ratios of the entries to the model, multiplied by the other factors.
#[derive(Clone, Debug)]
pub struct Ratios {
    /// `(X / model)_(n) (Khatri-Rao product of all other factors)` `[length of mode, rank]`.
    pub numerators: Factor,
    /// `sum X ln(X / model) - X` over all entries; the sum of the model is missing.
    pub divergence: f64,
}
