//! Parameters of the homogenisation.

use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::impute::Impute;
use crate::labels::LabelRule;
use crate::normalise::Normalisation;
use crate::resample::AggregateTimestamp;
use crate::screen::Screen;
use crate::smooth::{SmoothMethod, Smoother};

/// Whose rules are followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// The published method without its numerical and labelling defects.
    #[default]
    Exact,
    /// The published behaviour, quirks included, to compare with published tables.
    Compat,
}

impl Profile {
    /// The word in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Compat => "compat",
        }
    }
}

/// Precision that signals (and times) are rounded to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Storage {
    /// Signals in 32 bits, times in 64.
    #[default]
    Float32,
    /// Signals and times in 16 bits, as published. It ruins the clock; compat only.
    Float16,
}

impl Storage {
    /// The word in the tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Float32 => "float32",
            Self::Float16 => "float16",
        }
    }
}

/// A layout for other programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Export {
    /// None.
    #[default]
    None,
    /// The 15 columns of the published data set, at the port `published`.
    Published,
}

/// A signal that can be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StoredSignal {
    /// `original_calcium_data`
    Original,
    /// `calcium_data`
    Calcium,
    /// `raw_calcium_data`
    Raw,
    /// `smooth_calcium_data`
    Smooth,
    /// `residual_calcium`
    Residual,
    /// `smooth_residual_calcium`
    SmoothResidual,
}

impl StoredSignal {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Original, Self::Calcium, Self::Raw, Self::Smooth, Self::Residual, Self::SmoothResidual];

    /// The column in the table.
    pub fn column(self) -> &'static str {
        match self {
            Self::Original => "original_calcium_data",
            Self::Calcium => "calcium_data",
            Self::Raw => "raw_calcium_data",
            Self::Smooth => "smooth_calcium_data",
            Self::Residual => "residual_calcium",
            Self::SmoothResidual => "smooth_residual_calcium",
        }
    }
}

/// Parameters of `celegans.homogenise`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HomogeniseParams {
    /// Whose rules are followed: ours, or the published ones with their defects.
    pub profile: Profile,
    /// The signal of the input table, where it has several.
    pub signal: Option<String>,
    /// How labels become names.
    pub labels: LabelRule,
    /// Interval of the common clock, seconds.
    pub resample_dt_s: f64,
    /// Where a mean is stamped when the common clock is the coarser one.
    pub aggregate_timestamp: AggregateTimestamp,
    /// How traces are smoothed.
    pub smooth: SmoothMethod,
    /// Window of the moving mean, samples. The mean is causal: half of it is used (15 makes 8 taps).
    pub window: usize,
    /// Standard deviation of the gaussian, samples.
    pub sigma: f64,
    /// Weight of the present sample in the exponential smoother, in (0, 1].
    pub alpha: f64,
    /// How signals are brought to standard deviations.
    pub normalise: Normalisation,
    /// Recordings with fewer samples are skipped.
    pub min_samples: usize,
    /// Recordings that last less are skipped, seconds. Samples alone say little: 600 are 5 min at 2 Hz.
    pub min_duration_s: Option<f64>,
    /// How samples that were not measured are filled.
    pub impute: Impute,
    /// Limits beyond which columns are dropped. Absent: the published limits of each source (Leifer2023).
    pub screen: Option<Screen>,
    /// Precision of the result.
    pub storage: Storage,
    /// The signals to keep; fewer need less memory.
    pub store: Vec<StoredSignal>,
    /// The signal at the port `signals`, for steps that take traces; null for none.
    pub trace_signal: Option<StoredSignal>,
    /// A layout for other programs.
    pub export: Export,
    /// Stop at the first recording with an error, instead of going on with the others.
    pub strict: bool,
}

impl Default for HomogeniseParams {
    fn default() -> Self {
        Self {
            profile: Profile::default(),
            signal: None,
            labels: LabelRule::default(),
            resample_dt_s: 0.333,
            aggregate_timestamp: AggregateTimestamp::default(),
            smooth: SmoothMethod::default(),
            window: 15,
            sigma: 5.0,
            alpha: 0.5,
            normalise: Normalisation::default(),
            min_samples: 600,
            min_duration_s: None,
            impute: Impute::default(),
            screen: None,
            storage: Storage::default(),
            store: StoredSignal::ALL.to_vec(),
            trace_signal: Some(StoredSignal::Calcium),
            export: Export::default(),
            strict: false,
        }
    }
}

impl HomogeniseParams {
    /// The smoother that is asked for.
    pub fn smoother(&self) -> Smoother {
        match self.smooth {
            SmoothMethod::Moving => Smoother::moving(self.window),
            SmoothMethod::Gaussian => Smoother::gaussian(self.sigma),
            SmoothMethod::Exponential => Smoother::Exponential { alpha: self.alpha },
            SmoothMethod::None => Smoother::None,
        }
    }

    /// The parameter of the smoother that is asked for, if it has one.
    pub fn smooth_parameter(&self) -> Option<f64> {
        match self.smooth {
            SmoothMethod::Moving => Some(self.window as f64),
            SmoothMethod::Gaussian => Some(self.sigma),
            SmoothMethod::Exponential => Some(self.alpha),
            SmoothMethod::None => None,
        }
    }

    /// Whether `signal` is kept.
    pub fn stores(&self, signal: StoredSignal) -> bool {
        self.store.contains(&signal)
    }
}

impl StepParams for HomogeniseParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_positive(self.resample_dt_s, "resample_dt_s");
        let window = self.window;
        issues.require((1..=100_000).contains(&window), "window", || {
            format!("must be 1 to 100000 samples, got {window}")
        });
        issues.require_positive(self.sigma, "sigma");
        let sigma = self.sigma;
        issues.require(sigma <= 10_000.0, "sigma", || format!("must be at most 10000 samples, got {sigma}"));
        let alpha = self.alpha;
        issues.require(alpha > 0.0 && alpha <= 1.0, "alpha", || {
            format!("must be above 0 and at most 1, got {alpha}")
        });
        let least = self.min_samples;
        issues.require(least >= 2, "min_samples", || format!("must be at least 2, got {least}"));
        if let Some(duration_s) = self.min_duration_s {
            issues.require_positive(duration_s, "min_duration_s");
        }
        if let Some(screen) = &self.screen {
            let share = |value: Option<f64>| value.is_none_or(|value| (0.0..=1.0).contains(&value));
            let message = || "must be a share from 0 to 1".to_owned();
            issues.require(share(screen.max_missing_run), "screen.max_missing_run", message);
            issues.require(share(screen.max_constant_windows), "screen.max_constant_windows", message);
        }
        let half = self.storage == Storage::Float16 && self.profile == Profile::Exact;
        issues
            .require(!half, "storage", || "float16 is offered with `profile: compat` only, got exact".into());
        let published = self.export == Export::Published;
        let kept = self.stores(StoredSignal::Original) && self.stores(StoredSignal::Calcium);
        issues.require(!published || kept, "store", || {
            "must keep original and calcium for `export: published`".to_owned()
        });
        let passed_on =
            self.trace_signal.is_none_or(|signal| signal != StoredSignal::Original && self.stores(signal));
        issues.require(passed_on, "trace_signal", || {
            "must be null or one of `store` other than original".to_owned()
        });
        issues.require(!self.store.is_empty(), "store", || "must name one signal or more, got none".into());
    }
}
