//! Why there is no affinity.

use neuroloom_core::Error;
use thiserror::Error as ThisError;

/// Why traces have no differential affinity.
#[derive(Clone, Debug, PartialEq, ThisError)]
pub enum AffinityError {
    /// The width of the derivative makes no kernel.
    #[error(
        "sigma must be a finite number of at least 0.125 frames, so that the derivative reaches a neighbour, got {sigma}"
    )]
    Sigma {
        /// The width found, frames.
        sigma: f64,
    },
    /// The power has no meaning.
    #[error("power must be 1 (geometric mean) or 2 (product), got {power}")]
    Power {
        /// The power found.
        power: u8,
    },
    /// A threshold that is no size.
    #[error("a threshold must be a finite number of at least 0, got {theta}")]
    Threshold {
        /// The threshold found.
        theta: f64,
    },
    /// A unit of time that is none.
    #[error("the interval between frames must be a finite number above 0, got {time_unit}")]
    TimeUnit {
        /// The interval found, seconds.
        time_unit: f64,
    },
    /// Nothing was measured.
    #[error("none of the neurons has a trace")]
    NoTraces,
    /// The traces of an animal are of several lengths.
    #[error("the traces of an animal have {expected} frames, that of neuron {neuron} has {found}")]
    Lengths {
        /// The neuron, by its place.
        neuron: usize,
        /// Frames of the first trace.
        expected: usize,
        /// Frames of this one.
        found: usize,
    },
    /// The kernel is longer than the traces.
    #[error("{n_frames} frames are too few for a derivative that reaches {half_width} frames to each side")]
    TooShort {
        /// Frames of the traces.
        n_frames: usize,
        /// Frames to each side of the kernel.
        half_width: usize,
    },
    /// A sample is infinite.
    #[error("frame {frame} of neuron {neuron} is infinite")]
    Infinite {
        /// The neuron, by its place.
        neuron: usize,
        /// The frame.
        frame: usize,
    },
}

impl From<AffinityError> for Error {
    fn from(error: AffinityError) -> Self {
        use AffinityError as A;
        let message = error.to_string();
        match error {
            A::Sigma { .. } => Self::params(message).at_object("sigma"),
            A::Power { .. } => Self::params(message).at_object("power"),
            A::Threshold { .. } => Self::params(message).at_object("theta"),
            A::TimeUnit { .. } | A::NoTraces | A::Lengths { .. } => Self::data(message),
            A::TooShort { half_width, .. } => Self::data(message)
                .expected(format!(
                    "more than {} frames (twice the reach, which is four sigma)",
                    2 * half_width
                ))
                .hint("choose a smaller `sigma`, or leave the short recordings out"),
            A::Infinite { .. } => Self::data(message)
                .expected("finite samples; NaN where a sample is invalid")
                .hint("replace infinite samples by NaN in the source"),
        }
    }
}
