//! The signals of a unit.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A signal of the units, all in arbitrary units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// `C`: the denoised calcium trace.
    Denoised,
    /// `S`: deconvolved activity.
    Deconvolved,
    /// `YrA`: what the footprint sees in the movie without background; the trace before it is denoised.
    Raw,
}

impl Signal {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Denoised, Self::Deconvolved, Self::Raw];

    /// Its name in the table of traces.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Denoised => "denoised",
            Self::Deconvolved => "deconvolved",
            Self::Raw => "raw",
        }
    }

    /// The variable of Minian.
    pub const fn variable(self) -> &'static str {
        match self {
            Self::Denoised => "C",
            Self::Deconvolved => "S",
            Self::Raw => "YrA",
        }
    }
}
