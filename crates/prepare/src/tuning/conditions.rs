//! What neurons are asked to respond to.

use neuroloom_core::Unit;

use super::{Geometry, Visit};

/// One condition: a bin of a behavioural variable, or a stimulus.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Its label, unique among the conditions.
    pub label: String,
    /// Its value, where it has one.
    pub value: Option<f64>,
}

/// All conditions, and when they held in every recording.
#[derive(Clone, Debug)]
pub struct Conditions {
    /// The conditions; a [`Visit`] refers to them by index.
    pub conditions: Vec<Condition>,
    /// Unit of their values, if they have values.
    pub unit: Option<Unit>,
    /// The variable that they are bins of, or the column that names them.
    pub variable: String,
    /// For bins of a variable, which of them are neighbours.
    pub geometry: Option<Geometry>,
    /// When they held, by recording, by start.
    pub visits: std::collections::BTreeMap<String, Vec<Visit>>,
    /// Things the user should know.
    pub warnings: Vec<String>,
}
