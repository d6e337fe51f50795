use neuroloom_core::{Error, ErrorKind};
use thiserror::Error as ThisError;

/// `Result` with [`CommunityError`].
pub type Result<T, E = CommunityError> = std::result::Result<T, E>;

/// Why a graph cannot be modelled.
#[derive(Clone, Debug, PartialEq, ThisError)]
pub enum CommunityError {
    /// Fewer nodes than two.
    #[error("a graph of at least 2 nodes is needed, found {found}")]
    TooFewNodes {
        /// The number found.
        found: usize,
    },
    /// More nodes than the search is made for.
    #[error("a graph of at most {limit} nodes can be fitted, found {found}")]
    TooManyNodes {
        /// The number found.
        found: usize,
        /// The most there may be.
        limit: usize,
    },
    /// More edges than can be counted in 31 bits.
    #[error("a graph of at most {limit} edges can be fitted, found {found}")]
    TooManyEdges {
        /// The number found.
        found: usize,
        /// The most there may be.
        limit: usize,
    },
    /// There is no edge.
    #[error("the graph has no edges")]
    NoEdges,
    /// An edge names a node that is not there.
    #[error("edge {edge} joins nodes {pre} and {post}, but the graph has {n_nodes} nodes")]
    NoSuchNode {
        /// The edge, from 0.
        edge: usize,
        /// Its first node.
        pre: u32,
        /// Its second node.
        post: u32,
        /// Nodes there are.
        n_nodes: usize,
    },
    /// The weights are not one per edge.
    #[error("{expected} edges need as many weights, found {found}")]
    WeightCount {
        /// Edges.
        expected: usize,
        /// Weights.
        found: usize,
    },
    /// A weight is NaN or infinite.
    #[error("the weight of edge {edge} is {value}")]
    NonFiniteWeight {
        /// The edge, from 0.
        edge: usize,
        /// NaN or an infinity.
        value: f64,
    },
    /// A weight model was asked for and the graph has no weights.
    #[error("weight model {model:?} needs weights, and the graph has none")]
    NoWeights {
        /// The model.
        model: &'static str,
    },
    /// Weights at or below zero under a model of positive ones.
    #[error(
        "weight model {model:?} needs weights above 0, found {count} at or below, the first {value} at edge {edge}"
    )]
    NotPositive {
        /// The model.
        model: &'static str,
        /// How many weights.
        count: usize,
        /// The first edge with one, from 0.
        edge: usize,
        /// Its weight.
        value: f64,
    },
    /// Weights that are not counts under a model of counts.
    #[error(
        "weight model {model:?} needs whole weights from 0 to 2^53, found {count} others, the first {value} at edge {edge}"
    )]
    NotCounts {
        /// The model.
        model: &'static str,
        /// How many weights.
        count: usize,
        /// The first edge with one, from 0.
        edge: usize,
        /// Its weight.
        value: f64,
    },
    /// Weights whose sums leave the range of numbers.
    #[error(
        "weight model {model:?} cannot have a sum of weights or of their squares of {sum:e}, the limit is {limit:e}"
    )]
    TooLarge {
        /// The model.
        model: &'static str,
        /// The sum.
        sum: f64,
        /// What it must not exceed.
        limit: f64,
    },
    /// An option is outside its range.
    #[error("{name} must be {expected}, got {found}")]
    BadOption {
        /// The option.
        name: &'static str,
        /// What it must be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// The tables of the search would be larger than allowed.
    #[error("the tables of this fit need about {needed} bytes, and {limit} are allowed (memory_limit_bytes)")]
    OutOfMemoryLimit {
        /// Estimate in bytes.
        needed: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// `compat` needs the exact table of degree counts, and that is too large.
    #[error(
        "the table of degree counts needs {needed} bytes, and {limit} are allowed, so graph-tool cannot be reproduced"
    )]
    DegreeTable {
        /// Bytes of the table.
        needed: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// A level of a hierarchy does not fit the level below.
    #[error("level {level} assigns {found} nodes, expected {expected}")]
    LevelLength {
        /// The level, from 0.
        level: usize,
        /// Nodes of the graph, or groups of the level below.
        expected: usize,
        /// Entries of the level.
        found: usize,
    },
    /// A level of a hierarchy leaves out a group number.
    #[error("level {level} has groups up to {last} and no node in group {empty}")]
    EmptyGroup {
        /// The level, from 0.
        level: usize,
        /// The group without nodes.
        empty: u32,
        /// The largest group number.
        last: u32,
    },
    /// A hierarchy of no levels.
    #[error("a hierarchy has at least one level")]
    NoLevels,
    /// The user asked to stop.
    #[error("stopped on request")]
    Cancelled,
}

impl CommunityError {
    fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::TooFewNodes { .. } | Self::NoEdges => {
                "look whether a filter left anything of the edge table"
            }
            Self::TooManyNodes { .. } | Self::TooManyEdges { .. } => {
                "keep the strongest edges (`top_fraction`, `edge_min`) or fit parts of the graph"
            }
            Self::NonFiniteWeight { .. } => "leave the edge out, or repair the weight",
            Self::NoWeights { .. } => "use `weights: none`, or name the column of the weights",
            Self::NotPositive { .. } => "use `weights: normal`, or leave such edges out with `edge_min: 0`",
            Self::TooLarge { .. } => "give the weights in a larger unit",
            Self::NotCounts { .. } => "use `weights: exponential` or `normal` for measured weights",
            Self::OutOfMemoryLimit { .. } => "raise the limit, or fit a smaller graph",
            Self::DegreeTable { .. } => "use `compat: none` or `deg_corr: false`",
            _ => return None,
        })
    }
}

impl From<CommunityError> for Error {
    fn from(error: CommunityError) -> Self {
        let core = match &error {
            CommunityError::Cancelled => return Error::cancelled(),
            CommunityError::BadOption { .. } => Error::params(error.to_string()),
            CommunityError::OutOfMemoryLimit { .. } => Error::new(ErrorKind::Memory, error.to_string()),
            _ => Error::data(error.to_string()),
        };
        match error.hint() {
            Some(hint) => core.hint(hint),
            None => core,
        }
    }
}
