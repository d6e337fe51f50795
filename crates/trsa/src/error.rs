use neuroloom_core::Error;
use neuroloom_math::MathError;
use thiserror::Error as ThisError;

/// `Result` with [`RsaError`].
pub type Result<T, E = RsaError> = std::result::Result<T, E>;

/// Why responses or RDMs cannot be analysed.
#[derive(Clone, Debug, PartialEq, ThisError)]
pub enum RsaError {
    /// An error in one RDM of several.
    #[error("RDM {name:?}: {source}")]
    InRdm {
        /// The RDM.
        name: String,
        /// What is wrong with it.
        source: Box<RsaError>,
    },
    /// Fewer conditions than the operation needs.
    #[error("at least {needed} conditions are needed, found {found}")]
    TooFewConditions {
        /// The least number.
        needed: usize,
        /// The number found.
        found: usize,
    },
    /// There is no channel at all.
    #[error("the responses have no channels")]
    NoChannels,
    /// A condition label stands twice.
    #[error("condition {label:?} stands twice")]
    DuplicateCondition {
        /// The label.
        label: String,
    },
    /// The number of dissimilarities does not fit the number of conditions.
    #[error("{n_conditions} conditions have {expected} pairs, found {found} dissimilarities")]
    WrongLength {
        /// Conditions.
        n_conditions: usize,
        /// `n (n - 1) / 2`.
        expected: usize,
        /// Dissimilarities found.
        found: usize,
    },
    /// A matrix of dissimilarities is not square.
    #[error("a matrix of dissimilarities must be square, found {rows} rows and {columns} columns")]
    NotSquare {
        /// Rows.
        rows: usize,
        /// Columns.
        columns: usize,
    },
    /// A matrix of dissimilarities is not symmetric.
    #[error("dissimilarities ({i}, {j}) and ({j}, {i}) differ")]
    NotSymmetric {
        /// First condition.
        i: usize,
        /// Second condition.
        j: usize,
    },
    /// A condition differs from itself.
    #[error("the dissimilarity of condition {i} with itself is not 0")]
    DiagonalNotZero {
        /// The condition.
        i: usize,
    },
    /// A dissimilarity is infinite.
    #[error("the dissimilarity of {first:?} and {second:?} is infinite")]
    Infinite {
        /// First condition.
        first: String,
        /// Second condition.
        second: String,
    },
    /// Dissimilarities are missing (NaN).
    #[error("{count} dissimilarities are missing (NaN), the first that of {first:?} and {second:?}")]
    MissingPairs {
        /// How many.
        count: usize,
        /// First condition of the first of them.
        first: String,
        /// Second condition of the first of them.
        second: String,
    },
    /// A response is NaN or infinite.
    #[error("the response of channel {channel} to condition {condition} in fold {fold} is {value}")]
    NonFiniteResponse {
        /// Fold, from 0.
        fold: usize,
        /// Condition, from 0.
        condition: usize,
        /// Channel, from 0.
        channel: usize,
        /// NaN or an infinity.
        value: f64,
    },
    /// A pattern is the same in all channels: its correlation is not defined.
    #[error("the pattern of condition {condition} is the same in all channels, so it has no correlation")]
    ConstantPattern {
        /// Condition, from 0.
        condition: usize,
    },
    /// Cross-validation with fewer than two folds.
    #[error("cross-validation needs at least 2 folds, found {found}")]
    TooFewFolds {
        /// Folds found.
        found: usize,
    },
    /// The precision does not fit the channels.
    #[error("the precision is for {found} channels, the responses have {expected}")]
    PrecisionSize {
        /// Channels of the responses.
        expected: usize,
        /// Channels of the precision.
        found: usize,
    },
    /// A variance or precision is not a finite number above zero.
    #[error("the noise of channel {channel} has a {quantity} of {value}; it must be finite and above 0")]
    NotPositive {
        /// Channel, from 0.
        channel: usize,
        /// "variance" or "precision".
        quantity: &'static str,
        /// Its value.
        value: f64,
    },
    /// All dissimilarities are the same.
    #[error("all dissimilarities are the same, so {needed} is not defined")]
    ConstantRdm {
        /// What needs them to differ.
        needed: &'static str,
    },
    /// All dissimilarities are zero.
    #[error("all dissimilarities are 0, so the cosine is not defined")]
    ZeroRdm,
    /// A quantile outside `[0, 1]`.
    #[error("{name} must lie in [0, 1], got {value}")]
    QuantileOutOfRange {
        /// `l` or `u`.
        name: &'static str,
        /// Its value.
        value: f64,
    },
    /// The lower threshold is above the upper one.
    #[error("l must not be above u, got l = {l} and u = {u}")]
    ThresholdsReversed {
        /// Lower quantile.
        l: f64,
        /// Upper quantile.
        u: f64,
    },
    /// Two RDMs are not about the same conditions.
    #[error("the conditions differ: {only_first} only in {first:?}, {only_second} only in {second:?}")]
    DifferentConditions {
        /// Name of the first RDM.
        first: String,
        /// Name of the second RDM.
        second: String,
        /// Conditions of the first that the second lacks.
        only_first: String,
        /// Conditions of the second that the first lacks.
        only_second: String,
    },
    /// The period of a circular variable is not a number above zero.
    #[error("the period must be a finite number above 0, got {period}")]
    BadPeriod {
        /// Its value.
        period: f64,
    },
    /// The value of a condition is NaN or infinite.
    #[error("the value of condition {condition} is {value}")]
    NonFiniteValue {
        /// Condition, from 0.
        condition: usize,
        /// Its value.
        value: f64,
    },
    /// More dimensions than a map of the conditions can have.
    #[error("a map of {n_conditions} conditions has 1 to {} dimensions, asked for {dimensions}", n_conditions - 1)]
    Dimensions {
        /// Dimensions asked for.
        dimensions: usize,
        /// Conditions.
        n_conditions: usize,
    },
    /// Linear algebra refused.
    #[error(transparent)]
    Math(#[from] MathError),
}

impl RsaError {
    /// Says which RDM it happened in.
    #[must_use]
    pub fn in_rdm(self, name: &str) -> Self {
        Self::InRdm { name: name.to_owned(), source: Box::new(self) }
    }

    fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::InRdm { source, .. } => return source.hint(),
            Self::NonFiniteResponse { .. } => {
                "leave the channel out (`nan: drop_channel`), or use fewer conditions or folds if the condition was never met"
            }
            Self::ConstantPattern { .. } => {
                "leave out the silent condition, or use the euclidean or crossnobis distance"
            }
            Self::TooFewFolds { .. } => "give responses with repeats, or use `method: euclidean`",
            Self::NotPositive { .. } => {
                "leave out channels that never vary (prepare.select), or use `noise: none`"
            }
            Self::ConstantRdm { .. } => "look whether the responses differ between the conditions at all",
            Self::MissingPairs { .. } => "compute the RDM from responses without gaps",
            Self::DifferentConditions { .. } => {
                "make both from the same responses, or select the conditions that they share"
            }
            _ => return None,
        })
    }
}

impl From<RsaError> for Error {
    fn from(error: RsaError) -> Self {
        let hint = error.hint();
        let core = match &error {
            RsaError::InRdm { name, source } => Error::data(source.to_string()).at_object(name),
            _ => Error::data(error.to_string()),
        };
        match hint {
            Some(hint) => core.hint(hint),
            None => core,
        }
    }
}
