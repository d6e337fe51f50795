//! The types of the simulated retina.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A functional type of ganglion cell: `t` is transient, `s` sustained; the digits behind `DS` are the preferred
/// direction in degrees; `SbC` is suppressed by contrast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum CellType {
    /// ON, transient, small receptive field.
    #[serde(rename = "ON-t-small")]
    OnTransientSmall,
    /// ON, transient, large receptive field.
    #[serde(rename = "ON-t-large")]
    OnTransientLarge,
    /// ON, sustained, small receptive field.
    #[serde(rename = "ON-s-small")]
    OnSustainedSmall,
    /// ON, sustained, large receptive field.
    #[serde(rename = "ON-s-large")]
    OnSustainedLarge,
    /// OFF, transient, small receptive field.
    #[serde(rename = "OFF-t-small")]
    OffTransientSmall,
    /// OFF, transient, large receptive field.
    #[serde(rename = "OFF-t-large")]
    OffTransientLarge,
    /// OFF, sustained, small receptive field.
    #[serde(rename = "OFF-s-small")]
    OffSustainedSmall,
    /// OFF, sustained, large receptive field.
    #[serde(rename = "OFF-s-large")]
    OffSustainedLarge,
    /// ON-OFF, of a small receptive field.
    #[serde(rename = "ONOFF-local")]
    OnOffLocal,
    /// ON-OFF, selective for motion along x.
    #[serde(rename = "ONOFF-DS-0")]
    DirectionX,
    /// ON-OFF, selective for motion along y.
    #[serde(rename = "ONOFF-DS-90")]
    DirectionY,
    /// Suppressed by contrast.
    #[serde(rename = "SbC")]
    SuppressedByContrast,
    /// Green ON and UV OFF, sustained, large receptive field.
    #[serde(rename = "green-UV")]
    GreenAgainstUv,
    /// UV ON and green OFF, sustained, large receptive field.
    #[serde(rename = "UV-green")]
    UvAgainstGreen,
}

/// How a cell of a type makes a rate out of what it sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mechanism {
    /// One filter, one threshold; the sign is that of the contrast it likes.
    Linear(i8),
    /// Two thresholds, one for each sign of contrast.
    OnOff,
    /// Motion energy in a direction, rad.
    Motion,
    /// Falls with the contrast of the last frames.
    Suppressed,
}

use CellType::{
    DirectionX, DirectionY, GreenAgainstUv, OffSustainedLarge, OffSustainedSmall, OffTransientLarge,
    OffTransientSmall, OnOffLocal, OnSustainedLarge, OnSustainedSmall, OnTransientLarge, OnTransientSmall,
    SuppressedByContrast, UvAgainstGreen,
};

impl CellType {
    /// Those that need no colour, with the number of cells that a whole retina has.
    pub const COUNTS: [(Self, usize); 12] = [
        (OnTransientSmall, 48),
        (OnTransientLarge, 28),
        (OnSustainedSmall, 40),
        (OnSustainedLarge, 24),
        (OffTransientSmall, 48),
        (OffTransientLarge, 28),
        (OffSustainedSmall, 40),
        (OffSustainedLarge, 24),
        (OnOffLocal, 36),
        (DirectionX, 28),
        (DirectionY, 28),
        (SuppressedByContrast, 28),
    ];

    /// Those that compare colours, with the number of cells that a whole retina has.
    pub const OPPONENT: [(Self, usize); 2] = [(GreenAgainstUv, 28), (UvAgainstGreen, 28)];

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::COUNTS.into_iter().chain(Self::OPPONENT).map(|(cell_type, _)| cell_type)
    }

    /// Whether it compares colours.
    pub fn is_opponent(self) -> bool {
        matches!(self, GreenAgainstUv | UvAgainstGreen)
    }

    /// Its name in tables and parameters.
    pub fn name(self) -> &'static str {
        match self {
            OnTransientSmall => "ON-t-small",
            OnTransientLarge => "ON-t-large",
            OnSustainedSmall => "ON-s-small",
            OnSustainedLarge => "ON-s-large",
            OffTransientSmall => "OFF-t-small",
            OffTransientLarge => "OFF-t-large",
            OffSustainedSmall => "OFF-s-small",
            OffSustainedLarge => "OFF-s-large",
            OnOffLocal => "ONOFF-local",
            DirectionX => "ONOFF-DS-0",
            DirectionY => "ONOFF-DS-90",
            SuppressedByContrast => "SbC",
            GreenAgainstUv => "green-UV",
            UvAgainstGreen => "UV-green",
        }
    }

    /// The type called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|cell_type| cell_type.name() == name)
    }

    /// How it responds.
    pub fn mechanism(self) -> Mechanism {
        match self {
            OnTransientSmall | OnTransientLarge | OnSustainedSmall | OnSustainedLarge | GreenAgainstUv
            | UvAgainstGreen => Mechanism::Linear(1),
            OffTransientSmall | OffTransientLarge | OffSustainedSmall | OffSustainedLarge => {
                Mechanism::Linear(-1)
            }
            OnOffLocal => Mechanism::OnOff,
            DirectionX | DirectionY => Mechanism::Motion,
            SuppressedByContrast => Mechanism::Suppressed,
        }
    }

    /// Whether its receptive field is small.
    pub(super) fn is_small(self) -> bool {
        matches!(
            self,
            OnTransientSmall | OnSustainedSmall | OffTransientSmall | OffSustainedSmall | OnOffLocal
        )
    }

    /// Whether its temporal filter is slow and has one lobe.
    pub(super) fn is_sustained(self) -> bool {
        self.is_opponent()
            || matches!(self, OnSustainedSmall | OnSustainedLarge | OffSustainedSmall | OffSustainedLarge)
    }

    /// Whether its threshold is that of sustained cells.
    pub(super) fn has_low_threshold(self) -> bool {
        self.is_sustained() || self == SuppressedByContrast
    }
}
