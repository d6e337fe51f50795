//! The annotations that are known.

use neuroloom_celegans::connectome::{SECTIONS, SYNAPSES};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Strain of the signal propagation atlas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Strain {
    /// Wild type.
    #[default]
    Wt,
    /// `unc-31` mutants, which lack dense-core-vesicle release.
    Unc31,
}

impl Strain {
    /// The group of the atlas with its matrices.
    pub fn group(self) -> &'static str {
        match self {
            Self::Wt => "wt",
            Self::Unc31 => "unc31",
        }
    }
}

/// A published annotation with a layout of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// White et al. 1986, all animals together.
    White1986Whole,
    /// White et al. 1986, animal N2U (adult).
    White1986N2u,
    /// White et al. 1986, animal JSH (L4).
    White1986Jsh,
    /// White et al. 1986, animal JSE (adult tail).
    White1986Jse,
    /// Witvliet et al. 2021, data set 7 (adult).
    Witvliet2020Adult7,
    /// Witvliet et al. 2021, data set 8 (adult).
    Witvliet2020Adult8,
    /// Cook et al. 2019, hermaphrodite, SI 5 as corrected in July 2020.
    Cook2019,
    /// Varshney, Chen, Paniagua, Hall & Chklovskii 2011.
    Chklovskii,
    /// The neuron tables of OpenWorm.
    Openworm,
    /// Randi et al. 2023: signal propagation.
    Funconn,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Chklovskii,
        Self::Cook2019,
        Self::Funconn,
        Self::Openworm,
        Self::White1986Jse,
        Self::White1986Jsh,
        Self::White1986N2u,
        Self::White1986Whole,
        Self::Witvliet2020Adult7,
        Self::Witvliet2020Adult8,
    ];

    /// Its name in parameters and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::White1986Whole => "white1986_whole",
            Self::White1986N2u => "white1986_n2u",
            Self::White1986Jsh => "white1986_jsh",
            Self::White1986Jse => "white1986_jse",
            Self::Witvliet2020Adult7 => "witvliet2020_7",
            Self::Witvliet2020Adult8 => "witvliet2020_8",
            Self::Cook2019 => "cook2019",
            Self::Chklovskii => "chklovskii",
            Self::Openworm => "openworm",
            Self::Funconn => "funconn",
        }
    }

    /// The source called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }

    /// Unit of its weights.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Cook2019 => SECTIONS,
            Self::Funconn => "dF/F",
            _ => SYNAPSES,
        }
    }
}
