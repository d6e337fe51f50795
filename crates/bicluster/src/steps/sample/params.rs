use neuroloom_core::{ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::prior_params::PriorParams;
use crate::hold_out::HoldOut;
use crate::settings::{Accept, LabelUpdate};
use crate::start::Start;

/// Parameters of `bicluster.sample`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SampleParams {
    /// Signal of the traces that holds the counts.
    pub signal: String,
    /// The Markov chain.
    pub variant: Variant,
    /// Law of a count given its expectation.
    pub family: FamilyChoice,
    /// Dispersion of the negative binomial proposals of `family: poisson`: larger is nearer, and slower to draw.
    pub poisson_r: f64,
    /// What of the proposed paths of `family: poisson` is accepted or refused as one.
    pub poisson_accept: Accept,
    /// Latent dimensions per cluster beside its population baseline, p.
    pub n_latents: usize,
    /// Candidates for p: short pilot chains of each are scored on held-out counts, and the best takes the place of
    /// `n_latents`. Needs `hold_out`.
    pub choose_latents: Option<ChooseLatents>,
    /// Whether clusters drive one another.
    pub interaction: InteractionChoice,
    /// Chains, each from a start and with random numbers of its own.
    pub chains: usize,
    /// Sweeps per chain, burn-in included.
    pub sweeps: u64,
    /// Sweeps that are not kept; by default the first quarter.
    pub burn_in: Option<u64>,
    /// Every so many sweeps are kept.
    pub thin: u64,
    /// Which of the kept draws have loadings, latents and dynamics.
    pub store: Store,
    /// With `store: thin`, every so many kept draws have them.
    pub store_every: u64,
    /// Stop when all chains agree, instead of after `sweeps`.
    pub until: Option<Until>,
    /// The counts that chains do not see, so that predictions can be scored.
    pub hold_out: HoldOut,
    /// Share of the entries that `hold_out: speckled` takes.
    pub hold_out_fraction: f64,
    /// What to do with neurons without a spike in the bins that chains see.
    pub silent: Silent,
    /// Clusters that a chain begins with.
    pub start: Start,
    /// With `start: pilot`, sweeps of every short chain that looks for where to begin, one per number of clusters.
    pub pilot_sweeps: u64,
    /// How single neurons change clusters.
    pub labels: LabelUpdate,
    /// Attempts at changing the cluster of a single neuron with the latents integrated out, per sweep, of
    /// negative-binomial counts: each costs about a tenth of a sweep, and lets clusters grow and shrink that follow the
    /// same latents.
    pub marginal_labels: usize,
    /// Attempts at births and deaths of clusters, per sweep; by default a tenth of the neurons, at least 3.
    pub birth_death: Option<usize>,
    /// Attempts at splits and merges of clusters, per sweep.
    pub split_merge: usize,
    /// Attempts at moving stretches of bins between states, per sweep.
    pub state_blocks: usize,
    /// Whether dispersions also move by tables and gamma draws, together with baselines.
    pub crt_joint: bool,
    /// Pólya-Gamma draws of shapes from this on match three cumulants, to about 4e-4 of their distribution function,
    /// which is quicker; absent, every draw is exact.
    pub pg_exact_below: Option<f64>,
    /// With `variant: released`, whether the published program's shift of the states by one bin is made again.
    pub ffbs_shift: bool,
    /// What is believed.
    pub priors: PriorParams,
}

/// The Markov chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// One whose invariant distribution is the posterior of the model.
    #[default]
    Consistent,
    /// The sweep of the published program, with its approximations: it has no exact invariant distribution.
    Released,
}

/// Law of a count given its expectation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FamilyChoice {
    /// Negative binomial, its dispersion drawn for every neuron.
    #[default]
    Nb,
    /// Poisson.
    Poisson,
}

/// Whether clusters drive one another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum InteractionChoice {
    /// They do: one A per state.
    #[default]
    Full,
    /// They do not: A per state and cluster.
    Block,
}

/// Which draws have loadings, latents and dynamics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Store {
    /// All that are kept.
    All,
    /// Every `store_every`-th.
    #[default]
    Thin,
    /// None: no latents, rates or dynamics can be summarised.
    None,
}

/// What to do with silent neurons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Silent {
    /// Leave them out, and list them.
    #[default]
    Drop,
    /// Stop and name the first.
    Error,
}

/// When all chains agree: on the log likelihood, the number of clusters and the number of states.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Until {
    /// Rank-normalised split R-hat is below this.
    pub rhat: f64,
    /// Bulk and tail effective sample sizes are above this.
    pub ess: f64,
    /// Sweeps between two looks.
    pub every: u64,
}

impl Default for Until {
    fn default() -> Self {
        Self { rhat: 1.01, ess: 400.0, every: 500 }
    }
}

/// Candidates for the number of latent dimensions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChooseLatents {
    /// The candidates.
    pub candidates: Vec<usize>,
    /// Sweeps of a pilot chain.
    pub sweeps: u64,
    /// Of which so many do not count.
    pub burn_in: u64,
}

impl Default for ChooseLatents {
    fn default() -> Self {
        Self { candidates: vec![1, 2, 3], sweeps: 500, burn_in: 250 }
    }
}

impl Default for SampleParams {
    fn default() -> Self {
        Self {
            signal: "spike_count".into(),
            variant: Variant::default(),
            family: FamilyChoice::default(),
            poisson_r: 100.0,
            poisson_accept: Accept::default(),
            n_latents: 2,
            choose_latents: None,
            interaction: InteractionChoice::default(),
            chains: 4,
            sweeps: 10_000,
            burn_in: None,
            thin: 1,
            store: Store::default(),
            store_every: 10,
            until: None,
            hold_out: HoldOut::default(),
            hold_out_fraction: 0.1,
            silent: Silent::default(),
            start: Start::default(),
            pilot_sweeps: 100,
            labels: LabelUpdate::default(),
            marginal_labels: 0,
            birth_death: None,
            split_merge: 3,
            state_blocks: 10,
            crt_joint: true,
            pg_exact_below: None,
            ffbs_shift: false,
            priors: PriorParams::default(),
        }
    }
}

impl SampleParams {
    /// Sweeps that are not kept.
    pub fn n_burn_in(&self) -> u64 {
        self.burn_in.unwrap_or(self.sweeps / 4)
    }

    /// Whether `sweep` is kept.
    pub fn keeps(&self, sweep: u64) -> bool {
        sweep >= self.n_burn_in() && (sweep - self.n_burn_in()).is_multiple_of(self.thin)
    }

    /// Whether a sweep that is kept has its loadings, latents and dynamics kept too.
    pub fn keeps_latents(&self, sweep: u64) -> bool {
        let number = sweep.saturating_sub(self.n_burn_in()) / self.thin;
        match self.store {
            Store::All => true,
            Store::Thin => number.is_multiple_of(self.store_every),
            Store::None => false,
        }
    }
}

impl StepParams for SampleParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_name(Some(&self.signal), "signal");
        for (path, value) in [("n_latents", self.n_latents), ("chains", self.chains)] {
            at_least_one(issues, path, value as u64);
        }
        for (path, value) in [("sweeps", self.sweeps), ("thin", self.thin), ("store_every", self.store_every)]
        {
            at_least_one(issues, path, value);
        }
        let (burn_in, sweeps) = (self.n_burn_in(), self.sweeps);
        issues.require(burn_in < sweeps || sweeps == 0, "burn_in", || {
            format!("must be below `sweeps`, got {burn_in} of {sweeps}")
        });
        issues.require_positive(self.poisson_r, "poisson_r");
        if let Some(shape) = self.pg_exact_below {
            issues.require_positive(shape, "pg_exact_below");
        }
        let fraction = self.hold_out_fraction;
        issues.require((0.0..=0.5).contains(&fraction), "hold_out_fraction", || {
            format!("must be between 0 and 0.5, got {fraction}")
        });
        let released = self.variant == Variant::Released;
        issues.require(!self.ffbs_shift || released, "ffbs_shift", || {
            "is a defect of the published program: it needs `variant: released`".into()
        });
        issues.require(!released || self.interaction == InteractionChoice::Full, "interaction", || {
            "must be `full` with `variant: released`".into()
        });
        let exact = self.labels == LabelUpdate::Metropolis || self.family == FamilyChoice::Nb;
        issues.require(exact, "labels", || "must be `metropolis` with `family: poisson`".into());
        self.check_until(issues);
        self.check_choice(issues);
        self.priors.check(issues);
    }
}

impl SampleParams {
    fn check_until(&self, issues: &mut ParamIssues) {
        let Some(until) = &self.until else { return };
        issues.require(until.rhat.is_finite() && until.rhat > 1.0, "until.rhat", || {
            format!("must be a finite number above 1, got {}", until.rhat)
        });
        issues.require_positive(until.ess, "until.ess");
        at_least_one(issues, "until.every", until.every);
    }

    fn check_choice(&self, issues: &mut ParamIssues) {
        let Some(choice) = &self.choose_latents else { return };
        issues.require_any(Some(&choice.candidates), "choose_latents.candidates", "number");
        for (place, &candidate) in choice.candidates.iter().enumerate() {
            at_least_one(issues, &format!("choose_latents.candidates.{place}"), candidate as u64);
        }
        let (burn_in, sweeps) = (choice.burn_in, choice.sweeps);
        issues.require(burn_in < sweeps, "choose_latents.burn_in", || {
            format!("must be below `choose_latents.sweeps`, got {burn_in} of {sweeps}")
        });
        let scored = self.hold_out != HoldOut::None
            && (self.hold_out != HoldOut::Speckled || self.hold_out_fraction > 0.0);
        issues.require(scored, "choose_latents", || "needs held-out counts: set `hold_out`".into());
    }
}

pub(super) fn at_least_one(issues: &mut ParamIssues, path: &str, value: u64) {
    issues.require(value >= 1, path, || format!("must be at least 1, got {value}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_sweeps_follow_burn_in_and_thinning() {
        let params = SampleParams { sweeps: 40, thin: 3, store_every: 2, ..SampleParams::default() };
        let kept: Vec<u64> = (0..40).filter(|&sweep| params.keeps(sweep)).collect();
        assert_eq!(kept, [10, 13, 16, 19, 22, 25, 28, 31, 34, 37]);
        let latents: Vec<u64> = kept.into_iter().filter(|&sweep| params.keeps_latents(sweep)).collect();
        assert_eq!(latents, [10, 16, 22, 28, 34]);
    }

    #[test]
    fn every_wrong_parameter_is_named() {
        let wrong = |params: SampleParams| {
            let mut issues = ParamIssues::default();
            params.check(&mut issues);
            issues.into_vec().into_iter().map(|issue| issue.path).collect::<Vec<_>>()
        };
        let of = SampleParams::default;
        assert!(wrong(of()).is_empty());
        assert_eq!(
            wrong(SampleParams { n_latents: 0, chains: 0, thin: 0, ..of() }),
            ["n_latents", "chains", "thin"]
        );
        assert_eq!(wrong(SampleParams { sweeps: 10, burn_in: Some(10), ..of() }), ["burn_in"]);
        assert_eq!(wrong(SampleParams { hold_out_fraction: 0.6, ..of() }), ["hold_out_fraction"]);
        assert_eq!(wrong(SampleParams { hold_out_fraction: f64::NAN, ..of() }), ["hold_out_fraction"]);
        assert_eq!(wrong(SampleParams { ffbs_shift: true, ..of() }), ["ffbs_shift"]);
        let choice = ChooseLatents { candidates: vec![1, 0], sweeps: 5, burn_in: 5 };
        let found = wrong(SampleParams { choose_latents: Some(choice), hold_out: HoldOut::None, ..of() });
        assert_eq!(found, ["choose_latents.candidates.1", "choose_latents.burn_in", "choose_latents"]);
    }
}
