//! The signals of a component.

use neuroloom_core::Unit;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A signal of the components.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// `C`: the denoised calcium trace.
    Denoised,
    /// `F_dff`: ΔF/F.
    Dff,
    /// `S`: deconvolved activity, in arbitrary units.
    Deconvolved,
    /// `YrA`: what the denoised trace leaves over.
    Residual,
    /// `C + YrA`: the trace before it was denoised. Read only when it is asked for.
    Raw,
}

impl Signal {
    /// Those that stand in the file as they are.
    pub const STORED: [Self; 4] = [Self::Denoised, Self::Dff, Self::Deconvolved, Self::Residual];

    /// Its name in the table of traces.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Denoised => "denoised",
            Self::Dff => "dff",
            Self::Deconvolved => "deconvolved",
            Self::Residual => "residual",
            Self::Raw => "raw",
        }
    }

    /// The matrices that add up to it.
    pub(super) const fn datasets(self) -> &'static [&'static str] {
        match self {
            Self::Denoised => &["estimates/C"],
            Self::Dff => &["estimates/F_dff"],
            Self::Deconvolved => &["estimates/S"],
            Self::Residual => &["estimates/YrA"],
            Self::Raw => &["estimates/C", "estimates/YrA"],
        }
    }

    /// Its unit.
    pub(super) const fn unit(self) -> Unit {
        match self {
            Self::Dff => Unit::ONE,
            _ => Unit::ARBITRARY,
        }
    }
}
