//! Parameters of `ntf.affinity`.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Layout;
use crate::affinity::{Combine, Normalize, Threshold};

/// Width of the derivative where none is given, frames.
pub(super) const DEFAULT_SIGMA: f64 = 2.0;
const GIB: f64 = (1_u64 << 30) as f64;

/// Parameters of `ntf.affinity`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AffinityParams {
    /// The signal to take: of traces a value of the column `signal`, by default the only one there is; of homogenised
    /// activity the name of a column, by default raw_calcium_data.
    pub signal: Option<String>,
    /// The neurons, in this order; by default all that enough recordings have (`min_worms`), sorted by name.
    pub neurons: Option<Vec<String>>,
    /// Recordings that must have a neuron at least, where `neurons` does not name them; by default 2, or 1 where
    /// there is a single recording.
    pub min_worms: Option<usize>,
    /// What to do with recordings of different lengths.
    pub length: Length,
    /// What is done to every trace first, per neuron and recording.
    pub normalize: Normalize,
    /// Width of the Gaussian whose derivative is taken: its standard deviation, frames; by default 2. It reaches
    /// four times as far to each side.
    pub sigma: Option<f64>,
    /// The same width in seconds, instead of `sigma`.
    pub sigma_s: Option<f64>,
    /// What the derivative is a change per.
    pub per: Per,
    /// Changes up to this size count as none, in the unit of the derivative; by default 0.
    pub theta: Option<f64>,
    /// Instead of `theta`: changes up to so many robust standard deviations (1.4826 times the median absolute
    /// deviation) of the neuron's own derivative count as none.
    pub theta_mad: Option<f64>,
    /// p of the affinity (|g_i| |g_j|)^(p/2): 1 is the geometric mean of both changes, 2 their product.
    pub power: u8,
    /// How the changes of two neurons make their affinity. `min` has no implicit form.
    pub combine: Combine,
    /// How affinities make a tensor.
    pub layout: LayoutName,
    /// What every recording is divided by; by default `frobenius` where there are several, else `none`.
    pub scale: Option<Scale>,
    /// Whether the tensor is stored.
    pub form: Form,
    /// Most memory that a stored tensor may take, GiB.
    pub memory_limit_gib: f64,
}

impl Default for AffinityParams {
    fn default() -> Self {
        Self {
            signal: None,
            neurons: None,
            min_worms: None,
            length: Length::default(),
            normalize: Normalize::default(),
            sigma: None,
            sigma_s: None,
            per: Per::default(),
            theta: None,
            theta_mad: None,
            power: 1,
            combine: Combine::default(),
            layout: LayoutName::default(),
            scale: None,
            form: Form::default(),
            memory_limit_gib: 2.0,
        }
    }
}

/// What to do with recordings of different lengths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// Cut all to the frames that all have.
    #[default]
    Common,
    /// Stop and name two of them.
    Error,
}

/// What a derivative is a change per.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Frame.
    #[default]
    Frame,
    /// Second.
    Second,
}

impl Per {
    /// What a change per frame is divided by.
    pub(super) fn time_unit(self, dt_s: f64) -> f64 {
        match self {
            Self::Frame => 1.0,
            Self::Second => dt_s,
        }
    }
}

/// How affinities make a tensor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LayoutName {
    /// Time x animal x pair: components have a graph of neurons each.
    #[default]
    Pairs,
    /// Neuron x neuron x time (x animal): components have loadings of neurons; their matrix is of rank 1, no graph.
    Square,
}

impl From<LayoutName> for Layout {
    fn from(name: LayoutName) -> Self {
        match name {
            LayoutName::Pairs => Self::Pairs,
            LayoutName::Square => Self::Square,
        }
    }
}

/// What every recording is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Nothing.
    None,
    /// The Frobenius norm of its part of the tensor, so that all recordings count alike.
    Frobenius,
}

/// Whether the tensor is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Implicit wherever that is exact: always but with `combine: min`.
    #[default]
    Auto,
    /// As signed roots. A neuron with an invalid sample is masked in that recording as a whole.
    Implicit,
    /// Entry by entry in 32 bits. Only entries that need an invalid sample are masked.
    Dense,
}

impl AffinityParams {
    /// Whether the tensor is stored.
    pub(super) fn is_dense(&self) -> bool {
        match self.form {
            Form::Auto => self.combine == Combine::Min,
            Form::Implicit => false,
            Form::Dense => true,
        }
    }

    pub(super) fn threshold(&self) -> Threshold {
        self.theta_mad.map_or(Threshold::Fixed(self.theta.unwrap_or(0.0)), Threshold::Deviations)
    }

    pub(super) fn scale_of(&self, n_recordings: usize) -> Scale {
        self.scale.unwrap_or(if n_recordings > 1 { Scale::Frobenius } else { Scale::None })
    }

    /// Most bytes that a stored tensor may take.
    pub(super) fn memory_limit_bytes(&self) -> u64 {
        (self.memory_limit_gib * GIB) as u64
    }

    fn check_neurons(&self, issues: &mut ParamIssues) {
        issues.require_name(self.signal.as_deref(), "signal");
        issues.require(self.min_worms != Some(0), "min_worms", || "must be at least 1, got 0".into());
        let Some(neurons) = &self.neurons else { return };
        issues.require(self.min_worms.is_none(), "min_worms", || {
            "has no use where `neurons` names them".into()
        });
        issues.require(neurons.len() >= 2, "neurons", || {
            format!("must name at least two neurons, got {}", neurons.len())
        });
        for (place, name) in neurons.iter().enumerate() {
            let path = format!("neurons.{place}");
            let is_first = !neurons.iter().take(place).any(|before| before == name);
            issues.require(is_first, &path, || format!("names {name} a second time"));
            issues.require(!name.is_empty(), &path, || "must not be empty".into());
        }
    }

    fn check_derivative(&self, issues: &mut ParamIssues) {
        for (width, path) in [(self.sigma, "sigma"), (self.sigma_s, "sigma_s")] {
            width.into_iter().for_each(|width| issues.require_positive(width, path));
        }
        let both = self.sigma.is_some() && self.sigma_s.is_some();
        issues.require(!both, "sigma_s", || "cannot stand beside `sigma`: give the width once".into());
        for (theta, path) in [(self.theta, "theta"), (self.theta_mad, "theta_mad")] {
            let holds = theta.is_none_or(|theta| theta.is_finite() && theta >= 0.0);
            issues.require(holds, path, || {
                format!("must be a finite number of at least 0, got {}", theta.unwrap_or_default())
            });
        }
        let both = self.theta.is_some() && self.theta_mad.is_some();
        issues.require(!both, "theta_mad", || "cannot stand beside `theta`: give one threshold".into());
    }
}

impl StepParams for AffinityParams {
    fn check(&self, issues: &mut ParamIssues) {
        self.check_neurons(issues);
        self.check_derivative(issues);
        issues.require(matches!(self.power, 1 | 2), "power", || {
            format!("must be 1 (geometric mean) or 2 (product), got {}", self.power)
        });
        let has_form = self.form != Form::Implicit || self.combine != Combine::Min;
        issues.require(has_form, "form", || {
            "must be `dense` or `auto` with `combine: min`, got implicit".into()
        });
        issues.require_positive(self.memory_limit_gib, "memory_limit_gib");
    }
}
