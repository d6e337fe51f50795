use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of `simulate.regions`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RegionsParams {
    /// Subjects.
    pub n_subjects: usize,
    /// Regions, which every subject has.
    pub n_regions: usize,
    /// Conditions.
    pub n_conditions: usize,
    /// Channels of a region in a subject.
    pub n_channels: usize,
    /// Dimensions of a region's geometry, at most `n_channels`.
    pub n_dimensions: usize,
    /// Repeats with noise of their own.
    pub n_folds: usize,
    /// Standard deviation of the region's geometry in a channel; 0 for none, which leaves identification at chance.
    pub signal: f64,
    /// Standard deviation of the noise in a channel.
    pub noise: f64,
}

impl Default for RegionsParams {
    fn default() -> Self {
        Self {
            n_subjects: 8,
            n_regions: 5,
            n_conditions: 20,
            n_channels: 30,
            n_dimensions: 6,
            n_folds: 2,
            signal: 0.5,
            noise: 1.0,
        }
    }
}

impl StepParams for RegionsParams {
    fn check(&self, issues: &mut ParamIssues) {
        const MOST_ROWS: u64 = 1 << 30;
        let counts = [
            (self.n_subjects, 2, "n_subjects"),
            (self.n_regions, 2, "n_regions"),
            (self.n_conditions, 3, "n_conditions"),
            (self.n_channels, 1, "n_channels"),
            (self.n_dimensions, 1, "n_dimensions"),
            (self.n_folds, 1, "n_folds"),
        ];
        for (value, least, path) in counts {
            issues.require(value >= least, path, || format!("must be at least {least}, got {value}"));
        }
        issues.require(self.n_dimensions <= self.n_channels, "n_dimensions", || {
            format!("must be at most `n_channels` ({}), got {}", self.n_channels, self.n_dimensions)
        });
        for (value, path) in [(self.signal, "signal"), (self.noise, "noise")] {
            let holds = value.is_finite() && value >= 0.0;
            issues.require(holds, path, || format!("must be a finite number of at least 0, got {value}"));
        }
        let is_something = self.signal > 0.0 || self.noise > 0.0;
        issues.require(is_something, "noise", || "must be above 0 where there is no signal".into());
        let rows = self.n_rows();
        issues.require(rows <= MOST_ROWS, "", || {
            format!("ask for {rows} responses (subjects x regions x conditions x channels x folds); at most {MOST_ROWS} are made")
        });
    }
}

impl RegionsParams {
    /// Rows of the table.
    pub(super) fn n_rows(&self) -> u64 {
        let sizes = [self.n_subjects, self.n_regions, self.n_conditions, self.n_channels, self.n_folds];
        sizes.into_iter().fold(1, |rows, size| rows.saturating_mul(size as u64))
    }
}
