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
    /// RDMs of too few subjects to leave one out.
    #[error("identification needs at least 2 subjects, found {found}")]
    NoSubjectToLeaveOut {
        /// Subjects found.
        found: usize,
    },
    /// Too few regions to tell apart.
    #[error(
        "identification needs at least 2 regions that 2 subjects have, found {shared} (and {of_one} of one subject)"
    )]
    TooFewRegions {
        /// Regions of two subjects or more.
        shared: usize,
        /// Regions of one subject only.
        of_one: usize,
    },
    /// RDMs without a subject or a region each.
    #[error("every RDM needs a subject and a region, got {subjects} subjects and {regions} regions")]
    UnequalLabels {
        /// Labels of subjects.
        subjects: usize,
        /// Labels of regions.
        regions: usize,
    },
    /// No bootstrap sample from which anything could be identified.
    #[error("none of {n} bootstrap samples had regions to tell apart")]
    NoUsableSample {
        /// Samples drawn.
        n: usize,
    },
    /// Fewer conditions than the operation needs.
    #[error("at least {needed} conditions are needed, found {found}")]
    TooFewConditions {
        /// The least number.
        needed: usize,
        /// The number found.
        found: usize,
    },
    /// The radius of a searchlight is not a length.
    #[error("the radius of a searchlight must be a finite number above 0, got {radius}")]
    Radius {
        /// The radius.
        radius: f64,
    },
    /// A channel lies nowhere.
    #[error(
        "the position of channel {channel} is {position:?}: its coordinates must be finite and within 4 billion radii"
    )]
    Position {
        /// The channel.
        channel: usize,
        /// Its coordinates.
        position: [f64; 3],
    },
    /// A neighbourhood is not a set of channels.
    #[error("channel {channel} stands twice around centre {centre}, or does not exist")]
    Neighbour {
        /// The centre.
        centre: usize,
        /// The channel.
        channel: usize,
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
    /// An error in one time bin of several.
    #[error("time bin {bin}: {source}")]
    InBin {
        /// The bin, from 0.
        bin: usize,
        /// What is wrong in it.
        source: Box<RsaError>,
    },
    /// Conditions are absent in folds.
    #[error("{} conditions are absent in a fold: {}", cells.len(), listed(cells))]
    AbsentConditions {
        /// `(condition, fold)`, from 0.
        cells: Vec<(usize, usize)>,
    },
    /// A condition was met in fewer than two folds.
    #[error("condition {condition} has no channel in two folds, which cross-validation needs")]
    TooFewRepeats {
        /// Condition, from 0.
        condition: usize,
    },
    /// Two conditions have no channel in common.
    #[error("conditions {first} and {second} have no channel in common that could be compared")]
    NoCommonChannel {
        /// First condition, from 0.
        first: usize,
        /// Second condition, from 0.
        second: usize,
    },
    /// A pattern with a gap where channels are mixed.
    #[error(
        "the response of channel {channel} to condition {condition} in fold {fold} is missing, and a noise covariance needs whole patterns"
    )]
    PartialPattern {
        /// Fold, from 0.
        fold: usize,
        /// Condition, from 0.
        condition: usize,
        /// Channel, from 0.
        channel: usize,
    },
    /// A method without a definition for gaps.
    #[error("{method} is not defined for responses with gaps (`nan: pairwise`)")]
    NoGaps {
        /// The method.
        method: &'static str,
    },
    /// A pattern does not come back in other folds.
    #[error(
        "the pattern of condition {condition} does not come back between folds: its cross-validated variance is {variance:e}"
    )]
    UnreliablePattern {
        /// Condition, from 0.
        condition: usize,
        /// Its cross-validated variance.
        variance: f64,
    },
    /// A Poisson rate below 0.
    #[error(
        "the response of channel {channel} to condition {condition} in fold {fold} is {value}, and a Poisson rate is not negative"
    )]
    NegativeResponse {
        /// Fold, from 0.
        fold: usize,
        /// Condition, from 0.
        condition: usize,
        /// Channel, from 0.
        channel: usize,
        /// The response.
        value: f64,
    },
    /// A Poisson prior that is not above 0.
    #[error("the {name} of the prior must be a finite number above 0, got {value}")]
    BadPrior {
        /// "rate" or "weight".
        name: &'static str,
        /// Its value.
        value: f64,
    },
    /// Too few observations for a noise covariance.
    #[error(
        "a noise covariance of {n_observations} observations less {n_parameters} fitted means has no degree of freedom"
    )]
    NoDegreesOfFreedom {
        /// Observations.
        n_observations: usize,
        /// Means that were fitted to them.
        n_parameters: usize,
    },
    /// A sample covariance with fewer degrees of freedom than channels.
    #[error(
        "the sample covariance of {n_channels} channels from {dof} degrees of freedom is singular: its smallest eigenvalue is 0"
    )]
    SingularCovariance {
        /// Degrees of freedom.
        dof: usize,
        /// Channels.
        n_channels: usize,
    },
    /// A residual is NaN or infinite.
    #[error("residual {observation} of channel {channel} is {value}")]
    NonFiniteResidual {
        /// Observation, from 0.
        observation: usize,
        /// Channel, from 0.
        channel: usize,
        /// NaN or an infinity.
        value: f64,
    },
    /// Another number of noise covariances than folds.
    #[error("{expected} folds need a noise covariance each, found {found}")]
    FoldCovariances {
        /// Folds.
        expected: usize,
        /// Covariances.
        found: usize,
    },
    /// Noise per fold for a method without folds.
    #[error("{method} has one noise covariance for all folds")]
    NoisePerFold {
        /// The method.
        method: &'static str,
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
    /// A parameter of a transform or comparison is outside its range.
    #[error("{name} must be {expected}, got {value}")]
    BadParameter {
        /// Its name.
        name: &'static str,
        /// What it may be.
        expected: &'static str,
        /// Its value.
        value: f64,
    },
    /// More nearest neighbours than there are other conditions, or none.
    #[error("{n_conditions} conditions have 1 to {} nearest neighbours each, asked for {k}", n_conditions - 1)]
    Neighbours {
        /// Neighbours asked for.
        k: usize,
        /// Conditions.
        n_conditions: usize,
    },
    /// A graph of the conditions without edges.
    #[error("no edge is left at {edges}")]
    NoEdgeLeft {
        /// The rule by which edges were kept.
        edges: String,
    },
    /// Negative dissimilarities where there must be none.
    #[error("{count} dissimilarities are below 0, so {needed} is not defined")]
    NegativeDissimilarities {
        /// How many.
        count: usize,
        /// What needs them to be 0 or more.
        needed: &'static str,
    },
    /// The covariance of the pattern estimates does not fit the conditions.
    #[error("sigma is for {found} conditions, the RDMs have {expected}")]
    SigmaSize {
        /// Conditions of the RDMs.
        expected: usize,
        /// Conditions of the covariance.
        found: usize,
    },
    /// The covariance of the pattern estimates cannot be used.
    #[error("sigma, the covariance of the pattern estimates, cannot be used: {source}")]
    Sigma {
        /// What is wrong with it.
        source: MathError,
    },
    /// The second moment matrix of an RDM has a direction without extent.
    #[error("its second moment matrix is not positive definite, so {needed} is not defined: {source}")]
    SecondMoment {
        /// What needs it to be.
        needed: &'static str,
        /// What is wrong with it.
        source: MathError,
    },
    /// Two RDMs have too few pairs of conditions in common.
    #[error(
        "{first:?} and {second:?} share {found} pairs of conditions that have a value, at least 3 are needed"
    )]
    TooFewPairs {
        /// Name of the first RDM.
        first: String,
        /// Name of the second RDM.
        second: String,
        /// Pairs found.
        found: usize,
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
    /// An error in one model of several.
    #[error("model {name:?}: {source}")]
    InModel {
        /// The model.
        name: String,
        /// What is wrong with it.
        source: Box<RsaError>,
    },
    /// There is none of what there must be one of.
    #[error("there must be at least one {what}, found none")]
    Nothing {
        /// "RDM", "model", "fold".
        what: &'static str,
    },
    /// Two models have one name.
    #[error("two models are called {name:?}")]
    DuplicateModel {
        /// The name.
        name: String,
    },
    /// A model has fewer components than its kind needs.
    #[error("it needs at least {least} components, found {found}")]
    TooFewComponents {
        /// The least number.
        least: usize,
        /// The number found.
        found: usize,
    },
    /// A model has more parameters than there are pairs to fit them to, or a fixed one more than one component.
    #[error("it can have at most {pairs} components, found {found}")]
    TooManyParameters {
        /// The largest number: pairs of conditions, or 1.
        pairs: usize,
        /// The number found.
        found: usize,
    },
    /// The ridge is not a finite number of at least 0.
    #[error("the ridge must be a finite number of at least 0, got {ridge}")]
    BadRidge {
        /// Its value.
        ridge: f64,
    },
    /// Subjects and RDMs do not go together.
    #[error("expected a subject for each of {expected} RDMs, found {found}")]
    SubjectsLength {
        /// RDMs.
        expected: usize,
        /// Subjects.
        found: usize,
    },
    /// Fewer subjects than the inference needs.
    #[error("at least {needed} subjects are needed, found {found}")]
    TooFewSubjects {
        /// The least number.
        needed: usize,
        /// The number found.
        found: usize,
    },
    /// Models with parameters are to be tested on the data that they were fitted to.
    #[error(
        "models with parameters must be cross-validated: on the data that they were fitted to they are always too good"
    )]
    NotCrossValidated,
    /// The measure is not defined for RDMs with copies or parts of the conditions.
    #[error("{measure} is not defined for resampled conditions")]
    WholeRdmsOnly {
        /// The measure.
        measure: &'static str,
    },
    /// Models are ranked by a measure of which small values are good.
    #[error("{measure} is a distance: small values are good")]
    NotASimilarity {
        /// The measure.
        measure: &'static str,
    },
    /// No bootstrap sample can be evaluated.
    #[error("of {n_samples} bootstrap samples {defined} can be evaluated, at least 2 are needed")]
    NoDefinedSample {
        /// Samples.
        n_samples: usize,
        /// Those in which all similarities are defined.
        defined: usize,
    },
}

impl RsaError {
    /// Says which RDM it happened in.
    #[must_use]
    pub fn in_rdm(self, name: &str) -> Self {
        Self::InRdm { name: name.to_owned(), source: Box::new(self) }
    }

    /// Says of which model.
    #[must_use]
    pub fn in_model(self, name: &str) -> Self {
        Self::InModel { name: name.to_owned(), source: Box::new(self) }
    }

    fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::InRdm { source, .. } | Self::InBin { source, .. } | Self::InModel { source, .. } => {
                return source.hint();
            }
            Self::NoSubjectToLeaveOut { .. } | Self::TooFewRegions { .. } => {
                "say in the index which subject and region (or layer) every RDM is of: `subject` and `region` of ingest.rdms, `group_by: region` of rsa.rdm"
            }
            Self::NoUsableSample { .. } => "resample rows instead of subjects, or use `n_bootstrap: 0`",
            Self::NonFiniteResponse { .. } => {
                "leave the channel out (`nan: drop_channel`), or use fewer conditions or folds if the condition was never met"
            }
            Self::ConstantPattern { .. } => {
                "leave out the silent condition, or use the euclidean or crossnobis distance"
            }
            Self::TooFewFolds { .. } => "give responses with repeats, or use `method: euclidean`",
            Self::AbsentConditions { .. } => {
                "use `nan: pairwise`, fewer folds, or leave these conditions out"
            }
            Self::TooFewRepeats { .. } | Self::NoCommonChannel { .. } => {
                "leave one of the conditions or the neurons with gaps out (`nan: drop_channel`)"
            }
            Self::PartialPattern { .. } => {
                "leave neurons with gaps out (`nan: drop_channel`), or use `noise: none`"
            }
            Self::NoGaps { .. } => "use `nan: drop_channel`, or another method",
            Self::UnreliablePattern { .. } => {
                "leave the condition out, use fewer folds with more trials each, or `method: crossnobis`"
            }
            Self::NegativeResponse { .. } => "give rates or counts, without a baseline taken away",
            Self::NoDegreesOfFreedom { .. } => {
                "give responses with repeats, or residuals of more observations"
            }
            Self::SingularCovariance { .. } => "use `noise: shrinkage_diag`, `shrinkage_eye` or `diag`",
            Self::FoldCovariances { .. } => "give residuals of every fold",
            Self::NoisePerFold { .. } => "use `method: crossnobis`, or `per_fold: false`",
            Self::NotPositive { .. } => {
                "leave out channels that never vary (prepare.select), or use `noise: none`"
            }
            Self::ConstantRdm { .. } => "look whether the responses differ between the conditions at all",
            Self::MissingPairs { .. } => {
                "compute the RDM from responses without gaps; comparisons can leave pairs out (`nan: pairwise`)"
            }
            Self::NoEdgeLeft { .. } => "raise the upper threshold, p or k",
            Self::NegativeDissimilarities { .. } => "use `transform: positive` first, or another estimator",
            Self::SecondMoment { .. } => {
                "models of few dimensions have none; use another measure, such as bures or cosine_cov"
            }
            Self::DifferentConditions { .. } => {
                "make both from the same responses, or compare on the conditions that they share (`conditions: intersect`)"
            }
            Self::TooManyParameters { .. } => "use fewer components, or more conditions",
            Self::TooFewSubjects { .. } => {
                "with one subject draw conditions alone (`bootstrap_pattern`) or permute labels (`permutation`)"
            }
            Self::NotCrossValidated => "use `inference: crossval` or `inference: dual`",
            Self::WholeRdmsOnly { .. } => "draw subjects alone (`bootstrap_rdm`), or use another measure",
            Self::NotASimilarity { .. } => "use `bures`, the similarity of the same second moments",
            Self::NoDefinedSample { .. } => {
                "draw more samples, use fewer folds, or look whether RDMs are constant over most conditions"
            }
            _ => return None,
        })
    }
}

/// The first few cells in words.
fn listed(cells: &[(usize, usize)]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> = cells
        .iter()
        .take(SHOWN)
        .map(|(condition, fold)| format!("condition {condition} in fold {fold}"))
        .collect();
    match cells.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        rest => format!("{} and {rest} more", shown.join(", ")),
    }
}

impl From<RsaError> for Error {
    fn from(error: RsaError) -> Self {
        let hint = error.hint();
        let core = match &error {
            RsaError::InRdm { name, source } => Error::data(source.to_string()).at_object(name),
            RsaError::InModel { name, source } => {
                Error::data(source.to_string()).at_object(format!("model {name}"))
            }
            _ => Error::data(error.to_string()),
        };
        match hint {
            Some(hint) => core.hint(hint),
            None => core,
        }
    }
}
