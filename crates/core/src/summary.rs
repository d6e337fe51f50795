//! What the report says of a step.

use serde::{Deserialize, Serialize};

use crate::{Figure, Unit};

/// Metrics, figures and warnings of one finished step, small enough to keep beside its tables.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Numbers and words worth a line.
    pub metrics: Vec<Metric>,
    /// Pictures.
    pub figures: Vec<Figure>,
    /// Things the user should know that are no errors.
    pub warnings: Vec<String>,
}

/// One named value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// What it is ("ADN units").
    pub name: String,
    /// Its value.
    pub value: MetricValue,
    /// Its unit.
    pub unit: Unit,
}

/// The value of a metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MetricValue {
    /// A count.
    Count(u64),
    /// A number.
    Number(f64),
    /// Words.
    Text(String),
}

impl Summary {
    /// Adds a count.
    #[must_use]
    pub fn count(self, name: impl Into<String>, value: usize) -> Self {
        self.metric(name, MetricValue::Count(value as u64), Unit::ONE)
    }

    /// Adds a number with its unit.
    #[must_use]
    pub fn number(self, name: impl Into<String>, value: f64, unit: Unit) -> Self {
        self.metric(name, MetricValue::Number(value), unit)
    }

    /// Adds words.
    #[must_use]
    pub fn text(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.metric(name, MetricValue::Text(value.into()), Unit::ONE)
    }

    /// Adds a figure.
    #[must_use]
    pub fn figure(mut self, figure: Figure) -> Self {
        self.figures.push(figure);
        self
    }

    /// Adds a warning.
    #[must_use]
    pub fn warn(mut self, warning: impl Into<String>) -> Self {
        self.warnings.push(warning.into());
        self
    }

    fn metric(mut self, name: impl Into<String>, value: MetricValue, unit: Unit) -> Self {
        self.metrics.push(Metric { name: name.into(), value, unit });
        self
    }
}
