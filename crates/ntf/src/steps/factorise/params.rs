//! Parameters of `ntf.factorise`.

use std::collections::BTreeMap;

use neuroloom_core::{Error, ParamIssues, Result, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::options::{FitOptions, Loss, Method};
use crate::steps::input::{Form, Missing, TensorInput, find_mode};

/// Parameters of `ntf.factorise`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FactoriseParams {
    /// Number of components.
    pub rank: usize,
    /// Update rule.
    pub method: Method,
    /// What is made small.
    pub loss: Loss,
    /// Number of starts; the best is kept.
    pub starts: usize,
    /// Where the first factors come from.
    pub init: Init,
    /// A fit ends when the relative error drops by less than this in a sweep.
    pub tolerance: f64,
    /// Sweeps per start at most.
    pub max_iterations: usize,
    /// Passes over the columns of a factor per sweep (hals).
    pub inner: usize,
    /// Whether factors are extrapolated between sweeps: fewer sweeps on hard problems, more on easy ones.
    pub extrapolate: bool,
    /// Precision in which the tensor is held; factors and sums always have 64 bits.
    pub dtype: Dtype,
    /// Let starts run on a tensor whose long last mode is compressed, and finish on the tensor itself; used where it pays. The
    /// error that is reported is that on the tensor.
    pub compression: bool,
    /// Whether only half of the tensor is kept because it is symmetric in its first two modes; looked at where it is not given.
    pub symmetric: Option<bool>,
    /// Names (or numbers) of modes whose given factors stay as they are: new animals are projected on known components.
    pub fixed_modes: Vec<String>,
    /// Names (or numbers) of modes whose factors may take both signs (semi-NTF).
    pub signed_modes: Vec<String>,
    /// Weight of the sum of absolute values of a mode's factor, by name of the mode: sparse factors.
    pub l1: BTreeMap<String, f64>,
    /// Weight of half the sum of squares of a mode's factor, by name of the mode.
    pub ridge: BTreeMap<String, f64>,
    /// Weight of half the squared differences of neighbours along a mode, by name of the mode: smooth time courses.
    pub smooth: BTreeMap<String, f64>,
    /// What to do with NaN or null entries of `tensor`.
    pub missing: Missing,
    /// What entries are that `entries` does not name.
    pub absent: Absent,
    /// Whether a tensor of zeros gives an empty model instead of an error.
    pub allow_zero: bool,
    /// Components whose graphs are written to `edges`: `all`, a number (the strongest so many), or a list of components.
    pub components: Select,
    /// Pairs of at most this weight are no edges.
    pub edge_min: f64,
    /// Rules of a peer, for comparisons.
    pub compat: Compat,
}

impl Default for FactoriseParams {
    fn default() -> Self {
        Self {
            rank: 8,
            method: Method::default(),
            loss: Loss::default(),
            starts: 10,
            init: Init::default(),
            tolerance: 1e-5,
            max_iterations: 500,
            inner: 3,
            extrapolate: false,
            dtype: Dtype::default(),
            compression: true,
            symmetric: None,
            fixed_modes: Vec::new(),
            signed_modes: Vec::new(),
            l1: BTreeMap::new(),
            ridge: BTreeMap::new(),
            smooth: BTreeMap::new(),
            missing: Missing::default(),
            absent: Absent::default(),
            allow_zero: false,
            components: Select::default(),
            edge_min: 0.0,
            compat: Compat::default(),
        }
    }
}

/// Where the first factors come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// Uniform random numbers.
    #[default]
    Random,
    /// One-signed parts of singular vectors, the first start; further ones are random. Dense tensors only.
    Nndsvd,
    /// The factors at the input `init`, one start; modes that it lacks are random.
    Given,
}

/// Precision of a tensor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dtype {
    /// 32 bits: half the memory, twice the speed, errors exact to about 1e-7 of the tensor's norm.
    #[default]
    F32,
    /// 64 bits.
    F64,
}

impl Dtype {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
        }
    }

    /// Bytes of an entry.
    pub fn bytes(self) -> u64 {
        match self {
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

/// What entries are that a sparse tensor does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Absent {
    /// 0.
    #[default]
    Zero,
    /// Not observed: they do not count.
    Masked,
}

/// Rules of a peer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compat {
    /// Our own.
    #[default]
    None,
    /// tensortools 0.4: diagonal at least 1e-6, one sweep more than `max_iterations`, nothing is revived. With `dtype: f64`
    /// and the same start its trace is reproduced.
    Tensortools,
    /// tensorly 0.10: 5 passes over the columns per sweep.
    Tensorly,
}

/// Some of the components.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Select {
    /// `all`.
    Word(AllComponents),
    /// The strongest so many.
    Strongest(usize),
    /// These.
    List(Vec<usize>),
}

/// The word for all components.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AllComponents {
    /// All components.
    #[default]
    All,
}

impl Default for Select {
    fn default() -> Self {
        Self::Word(AllComponents::All)
    }
}

impl Select {
    /// The numbers of the components.
    ///
    /// # Errors
    /// When one of the list is not a component.
    pub fn of(&self, rank: usize) -> Result<Vec<usize>> {
        match self {
            Self::Word(AllComponents::All) => Ok((0..rank).collect()),
            Self::Strongest(n) => Ok((0..rank.min(*n)).collect()),
            Self::List(components) => match components.iter().find(|component| **component >= rank) {
                None => Ok(components.clone()),
                Some(component) => Err(Error::params("`components` names one that the model does not have")
                    .expected(format!("0 to {}", rank.saturating_sub(1)))
                    .found(component.to_string())),
            },
        }
    }
}

impl StepParams for FactoriseParams {
    fn check(&self, issues: &mut ParamIssues) {
        let at_least_one = [
            (self.rank, "rank"),
            (self.starts, "starts"),
            (self.max_iterations, "max_iterations"),
            (self.inner, "inner"),
        ];
        for (value, name) in at_least_one {
            issues.require(value >= 1, name, || "must be at least 1, got 0".into());
        }
        issues.require(self.tolerance.is_finite() && self.tolerance >= 0.0, "tolerance", || {
            format!("must be a finite number of at least 0, got {}", self.tolerance)
        });
        issues.require(self.edge_min.is_finite(), "edge_min", || {
            format!("must be a finite number, got {}", self.edge_min)
        });
        for (weights, name) in [(&self.l1, "l1"), (&self.ridge, "ridge"), (&self.smooth, "smooth")] {
            for (mode, weight) in weights {
                issues.require(weight.is_finite() && *weight >= 0.0, name, || {
                    format!("weight of mode {mode:?}: must be a finite number of at least 0, got {weight}")
                });
            }
        }
        self.check_combinations(issues);
    }
}

impl FactoriseParams {
    fn check_combinations(&self, issues: &mut ParamIssues) {
        let kl = self.loss == Loss::Kl;
        issues.require(!kl || self.method == Method::Mu, "method", || {
            "`loss: kl` is fitted by multiplicative updates: write `method: mu`".into()
        });
        let signed = !self.signed_modes.is_empty();
        issues.require(!signed || (self.method != Method::Mu && !kl), "signed_modes", || {
            "multiplicative updates cannot change signs: use `method: hals` or `bcd`".into()
        });
        let smooth = self.smooth.values().any(|weight| *weight > 0.0);
        issues.require(!smooth || (self.method == Method::Hals && !kl), "smooth", || {
            "needs `method: hals`".into()
        });
        issues.require(!self.extrapolate || (self.method == Method::Hals && !kl), "extrapolate", || {
            "needs `method: hals` (bcd extrapolates on its own)".into()
        });
        let squares = self.ridge.values().any(|weight| *weight > 0.0);
        issues.require(!squares || !kl, "ridge", || "does not go with `loss: kl`".into());
        issues.require(
            self.init != Init::Given || self.starts == 1 || self.starts == Self::default().starts,
            "starts",
            || "`init: given` is one start".into(),
        );
    }

    /// In which form the tensor is held.
    pub(in crate::steps) fn form(&self) -> Form {
        let kl = self.loss == Loss::Kl;
        let compress =
            self.compression && self.compat == Compat::None && self.method == Method::Hals && self.plain();
        Form {
            symmetric: if kl { Some(false) } else { self.symmetric },
            absent_is_masked: self.absent == Absent::Masked,
            non_negative: self.signed_modes.is_empty(),
            compress: compress.then_some(self.rank),
        }
    }

    /// Whether all modes are free and without penalties.
    fn plain(&self) -> bool {
        let none = |weights: &BTreeMap<String, f64>| weights.values().all(|weight| *weight == 0.0);
        self.fixed_modes.is_empty()
            && none(&self.l1)
            && none(&self.ridge)
            && none(&self.smooth)
            && self.loss == Loss::Gaussian
    }

    /// The options of the fits.
    ///
    /// # Errors
    /// When a mode is named that the tensor does not have, or a penalty could be dodged.
    pub(in crate::steps) fn fit_options(&self, input: &TensorInput) -> Result<FitOptions> {
        let mut options = FitOptions {
            rank: self.rank,
            method: self.method,
            loss: self.loss,
            inner: self.inner,
            tolerance: self.tolerance,
            max_iterations: self.max_iterations,
            extrapolate: self.extrapolate,
            modes: vec![crate::ModeOptions::default(); input.modes.len()],
            ..FitOptions::default()
        };
        for name in &self.fixed_modes {
            options.modes[find_mode(&input.modes, name, "fixed_modes")?].fixed = true;
        }
        for name in &self.signed_modes {
            options.modes[find_mode(&input.modes, name, "signed_modes")?].signed = true;
        }
        for (name, weight) in &self.l1 {
            options.modes[find_mode(&input.modes, name, "l1")?].penalty.l1 = *weight;
        }
        for (name, weight) in &self.ridge {
            options.modes[find_mode(&input.modes, name, "ridge")?].penalty.ridge = *weight;
        }
        for (name, weight) in &self.smooth {
            options.modes[find_mode(&input.modes, name, "smooth")?].penalty.smooth = *weight;
        }
        check_scale(&options, input)?;
        match self.compat {
            Compat::None => {}
            Compat::Tensortools => {
                options.floor = 1e-6;
                options.revive = false;
                options.max_iterations += 1;
            }
            Compat::Tensorly => options.inner = 5,
        }
        Ok(options)
    }
}

/// A penalty on one mode is dodged by moving the scale of its factor to a mode without one.
fn check_scale(options: &FitOptions, input: &TensorInput) -> Result<()> {
    let free = || (0..input.modes.len()).filter(|mode| !options.mode(*mode).fixed);
    if free().all(|mode| options.mode(mode).penalty.is_none()) {
        return Ok(());
    }
    match free().find(|mode| {
        let penalty = options.mode(*mode).penalty;
        penalty.l1 == 0.0 && penalty.ridge == 0.0
    }) {
        None => Ok(()),
        Some(mode) => Err(Error::params(
            "a penalty on one mode can be dodged: the scale of its factor moves to a mode without one",
        )
        .expected("`l1` or `ridge` on every mode that is not fixed")
        .found(format!("none on mode {}", input.modes[mode].name))
        .hint(format!("add `ridge: {{ {}: 1 }}`", input.modes[mode].name))),
    }
}
