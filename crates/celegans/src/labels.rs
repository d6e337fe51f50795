//! Which neuron a column is: the label in the source, the name in the result, and how sure that is.

pub mod class_side;
pub mod compat;
pub mod exact;
mod order;

pub use order::{PlacedColumn, place};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Profile;

/// What became of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelStatus {
    /// One of the 300 names, given once.
    Exact,
    /// One of the 300 names once the zero padding is removed.
    Padded,
    /// A pattern with `?` that fits one free name only, or a class whose side was free.
    Resolved,
    /// A pattern with `?` that fits no free name or several, or that is given twice.
    Ambiguous,
    /// Given to two columns or more: accepted for none.
    Duplicate,
    /// Not one of the names.
    Unknown,
    /// Nothing was given.
    None,
    /// Another name than the given one, chosen by the published nearest-name rule.
    Guessed,
}

impl LabelStatus {
    /// The word in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Padded => "padded",
            Self::Resolved => "resolved",
            Self::Ambiguous => "ambiguous",
            Self::Duplicate => "duplicate",
            Self::Unknown => "unknown",
            Self::None => "none",
            Self::Guessed => "guessed",
        }
    }
}

/// The identity that a rule gives to a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The name, where the rule accepts one. The published rules may write one that is not in the list.
    pub name: Option<String>,
    /// How it was found.
    pub status: LabelStatus,
}

/// The rule that turns labels into names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LabelRule {
    /// `exact` in the profile exact; in compat the published rule of the source: `nearest` for Dag2023 and
    /// Flavell2023, `class_side` for Leifer2023, `as_given` for the others.
    #[default]
    Auto,
    /// Never invents an identity: a name of the list, its zero-padded form, or a `?` pattern with one free match.
    Exact,
    /// Published: every label becomes the free name with most equal characters at equal places.
    Nearest,
    /// Published for Leifer2023: a class becomes its left, else its right neuron; repeated labels are dropped.
    ClassSide,
    /// Published for the other sources: labels are names as they stand.
    AsGiven,
}

impl LabelRule {
    /// The rule that `Auto` stands for.
    #[must_use]
    pub fn settled(self, profile: Profile, source: &str) -> Self {
        match (self, profile) {
            (Self::Auto, Profile::Exact) => Self::Exact,
            (Self::Auto, Profile::Compat) => match source {
                "Dag2023" | "Flavell2023" => Self::Nearest,
                "Leifer2023" => Self::ClassSide,
                _ => Self::AsGiven,
            },
            (rule, _) => rule,
        }
    }

    /// The identities of the columns with labels `given`, in the order of the source.
    pub fn identities(self, given: &[Option<&str>]) -> Vec<Identity> {
        match self {
            Self::Auto | Self::Exact => exact::identities(given),
            Self::Nearest => compat::nearest(given),
            Self::ClassSide => class_side::identities(given),
            Self::AsGiven => compat::as_given(given),
        }
    }
}

impl Identity {
    fn named(name: &str, status: LabelStatus) -> Self {
        Self { name: Some(name.to_owned()), status }
    }

    fn nameless(status: LabelStatus) -> Self {
        Self { name: None, status }
    }
}
