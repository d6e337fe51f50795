//! Why a tensor cannot be factorised.

use neuroloom_core::Error;
use thiserror::Error as ThisError;

/// `Result` with [`NtfError`].
pub type Result<T, E = NtfError> = std::result::Result<T, E>;

/// Why a tensor cannot be factorised.
#[derive(Clone, Debug, PartialEq, ThisError)]
pub enum NtfError {
    /// Too few or too many modes.
    #[error("a tensor needs 2 to 4 modes, found {found}")]
    WrongModes {
        /// Modes found.
        found: usize,
    },
    /// A mode has no places.
    #[error("mode {mode} has length 0")]
    EmptyMode {
        /// The mode.
        mode: usize,
    },
    /// The number of values does not fit the shape.
    #[error("a tensor of shape {shape:?} has {expected} values, found {found}")]
    WrongLength {
        /// The shape.
        shape: Vec<usize>,
        /// Its product.
        expected: usize,
        /// Values found.
        found: usize,
    },
    /// A value is NaN or infinite.
    #[error(
        "the entry {index:?} is {value}; only finite numbers can be factorised. Mask what was not observed (`missing: mask`)"
    )]
    NotFinite {
        /// Where.
        index: Vec<usize>,
        /// NaN or an infinity.
        value: f64,
    },
    /// Values below 0 with factors that must not be.
    #[error(
        "{count} entries are negative, the first at {index:?}; a non-negative model cannot have them. Shift the data, or let a mode take both signs (`signed_modes`)"
    )]
    Negative {
        /// How many.
        count: usize,
        /// The first.
        index: Vec<usize>,
    },
    /// All entries are 0.
    #[error(
        "all entries of the tensor are 0: there is nothing to factorise (`allow_zero: true` returns an empty model)"
    )]
    ZeroTensor,
    /// A place has no observed entry.
    #[error(
        "place {place} of mode {mode} has no observed entry, so its factor cannot be known; leave it out"
    )]
    UnobservedSlice {
        /// The mode.
        mode: usize,
        /// The place along it.
        place: usize,
    },
    /// The rank is 0 or larger than any tensor of the shape can have.
    #[error("`rank` must be between 1 and {most} for a tensor of shape {shape:?}, got {rank}")]
    WrongRank {
        /// The rank asked for.
        rank: usize,
        /// The largest that makes sense: the product of all lengths but the largest.
        most: usize,
        /// The shape.
        shape: Vec<usize>,
    },
    /// An index is beyond the end of its mode.
    #[error("index {index} of mode {mode} is out of range: the mode has length {length}")]
    OutOfRange {
        /// The mode.
        mode: usize,
        /// The index.
        index: usize,
        /// Length of the mode.
        length: usize,
    },
    /// An entry stands twice.
    #[error("the entry {index:?} stands twice")]
    DuplicateEntry {
        /// Where.
        index: Vec<usize>,
    },
    /// The tensor is said to be symmetric and is not.
    #[error("the tensor is not symmetric in its first two modes: entries {index:?} and {mirrored:?} differ")]
    NotSymmetric {
        /// The first offending entry.
        index: Vec<usize>,
        /// Its mirror image.
        mirrored: Vec<usize>,
    },
    /// A given factor has another shape than the tensor and the rank ask for.
    #[error("the given factor of mode {mode} has shape {found:?}, expected {expected:?}")]
    FactorShape {
        /// The mode.
        mode: usize,
        /// `[length of the mode, rank]`.
        expected: [usize; 2],
        /// Shape found.
        found: [usize; 2],
    },
    /// A given factor has an entry that is not allowed.
    #[error(
        "the given factor of mode {mode} has the entry {value} at place {place}, component {component}; expected {expected}"
    )]
    FactorEntry {
        /// The mode.
        mode: usize,
        /// Place along it.
        place: usize,
        /// The component.
        component: usize,
        /// The entry.
        value: f64,
        /// What was expected.
        expected: &'static str,
    },
    /// A given factor has a column of zeros: it would stay zero.
    #[error("column {component} of the given factor of mode {mode} is all zero, and would stay so")]
    ZeroColumn {
        /// The mode.
        mode: usize,
        /// The component.
        component: usize,
    },
    /// A mode is fixed and no factor is given for it.
    #[error("mode {mode} is fixed (`fixed_modes`), but no factor is given for it; connect `init`")]
    NoFixedFactor {
        /// The mode.
        mode: usize,
    },
    /// All modes are fixed.
    #[error("all modes are fixed: there is nothing to fit")]
    NothingFree,
    /// What was asked for is not there for this kind of tensor.
    #[error("{what} is not available for {tensor}; {instead}")]
    NotAvailable {
        /// What was asked for.
        what: &'static str,
        /// The kind of tensor.
        tensor: &'static str,
        /// What to do.
        instead: &'static str,
    },
}

impl From<NtfError> for Error {
    fn from(error: NtfError) -> Self {
        let message = error.to_string();
        match error {
            NtfError::WrongRank { .. }
            | NtfError::NothingFree
            | NtfError::NoFixedFactor { .. }
            | NtfError::NotAvailable { .. } => Self::params(message),
            _ => Self::data(message),
        }
    }
}
