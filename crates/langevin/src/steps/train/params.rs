//! Parameters of `langevin.train`.

use neuroloom_core::{ParamIssues, Seed, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::engine::Device;
use crate::options::{
    CoordinatedOptions, DecoderInput, DecoderMask, DivergenceOptions, Drive, Integrator, KlForm, KlScale,
    ModelOptions, VelocityPrior,
};
use crate::potential::PotentialKind;
use crate::trainer::{KeepWeights, LrSchedule, OnNan, TrainOptions, ValidationKind, ValidationMetric};
use crate::trial_set::ReadOptions;

/// Parameters of `langevin.train`. Those that are absent have the value of the variant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TrainParams {
    /// Where absent values come from.
    pub variant: Variant,
    /// The recording; needed where there are several.
    pub recording_id: Option<String>,
    /// The signal with the spike counts.
    pub signal: String,
    /// The signal with the true rates in Hz, used where it is there: for checks alone.
    pub truth: String,
    /// Dimensions of position, velocity and encoder state, a multiple of 4.
    pub hidden: usize,
    /// Hidden values of the decoder's feed-forward part.
    pub feed_forward: usize,
    /// Heads of the decoder's attention; they divide what the decoder sees (3 hidden, 2 without the encoder, 1 without the latents).
    pub heads: usize,
    /// What pulls the position.
    pub potential: PotentialKind,
    /// `oscillators`: smallest norm that the taps of the kernel are divided by; 1e-3, as released 1e-12.
    pub kernel_epsilon: Option<f64>,
    /// `oscillators`: standard deviation of the kernel at the start; 0.1, as released 0.
    pub kernel_sd: Option<f64>,
    /// Step of the integration.
    pub step: f64,
    /// Damping of the velocity, more than 0 and less than 1.
    pub gamma: f64,
    /// How damping and noise enter a step; `euler_maruyama`, as released `released`: the noise is not scaled by the step, and most of a
    /// velocity is gone after a bin.
    pub integrator: Option<Integrator>,
    /// What pushes the velocity besides the potential; `encoder`, as released `none`: then the latents do not depend on the data
    /// after the first bin.
    pub drive: Option<Drive>,
    /// Bins by which the encoder lags behind the counts, 0 or 1.
    pub input_lag: usize,
    /// What the decoder sees; with `encoder` there are no latents, and all that belongs to them is idle.
    pub decoder_input: DecoderInput,
    /// Size of the sinusoids that tell the decoder which bin it sees; 0.5, as released 0: then bins differ by what is in them alone.
    pub decoder_positions: Option<f64>,
    /// Which bins a bin of the decoder may look at.
    pub decoder_mask: DecoderMask,
    /// Ends of the log variances of the start; ln 1e-4 and 5, as released none.
    pub logvar_clamp: Option<[f64; 2]>,
    /// Largest size of a log rate (counts per bin); 8, as released none.
    pub lograte_clamp: Option<f64>,
    /// Arithmetic of the divergence of velocities; `transition`, as released `released`.
    pub kl_form: Option<KlForm>,
    /// Prior of a velocity after the first bin; `flow`, as released `fixed`.
    pub velocity_prior: Option<VelocityPrior>,
    /// Variance of that prior where it is fixed.
    pub prior_var: f64,
    /// Weight of the divergence after the ramp; 0.001, as released 0.1. The larger it is the less of the data the latents carry.
    pub kl_weight: Option<f64>,
    /// Epochs in which the weights of divergence and parameters' size rise from 0.
    pub ramp: u32,
    /// What the divergence of a batch is divided by; `elbo`, as released `batch`.
    pub kl_scale: Option<KlScale>,
    /// Chance that the encoder sees a count while training, more than 0 and at most 1. It is the chance to KEEP a count;
    /// LFADS's rate of coordinated dropout is the chance to drop it.
    pub cd: f64,
    /// Chance that a count which the encoder sees passes a gradient; 0, as released 1 - cd. Above 0 the model can learn to copy counts.
    pub cd_pass: Option<f64>,
    /// Probability of dropout in encoder and decoder.
    pub dropout: f64,
    /// Trials of a batch.
    pub batch: usize,
    /// Epochs at most.
    pub epochs: u32,
    /// Learning rate at the start.
    pub lr: f64,
    /// How the learning rate falls: where the validation does not improve (`plateau`), or along a cosine down to `lr_min` at the last of
    /// `epochs`, which needs fewer of them (`cosine`).
    pub lr_schedule: LrSchedule,
    /// `plateau`: what the learning rate is multiplied by.
    pub lr_factor: f64,
    /// `plateau`: epochs without improvement that are none.
    pub lr_patience: u32,
    /// Smallest learning rate.
    pub lr_min: f64,
    /// Weight of the parameters' own size, which is added to the gradient.
    pub weight_decay: f64,
    /// Largest norm of a gradient; 200, as released none.
    pub grad_clip: Option<f64>,
    /// How the trials to validate are judged; `quiet`, as released `released`.
    pub validation: Option<ValidationKind>,
    /// What of the trials to validate chooses the best epoch and shows a plateau: the likelihood of all counts (`nll`), or bits per spike
    /// of the units held out in observed bins (`co_bps`).
    pub val_metric: ValidationMetric,
    /// Which parameters are the result; `best`, as released `last`.
    pub keep: Option<KeepWeights>,
    /// Epochs without improvement after which the fit ends; absent: never.
    pub stop_after: Option<u32>,
    /// Which of several fits with the same settings it is: fits of another number have other start values, batches, masks and noise.
    pub replicate: u32,
    /// What happens where loss or gradient are not finite any more.
    pub on_nan: OnNan,
    /// What happens where the fit beats the true rates on trials to validate, which only a leak can explain.
    pub leak_check: LeakCheck,
    /// Where the fit runs. On a graphics processor its results differ from those of the processor by rounding.
    pub device: Device,
}

/// Where absent values come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// The architecture without the slips of the released program.
    #[default]
    Consistent,
    /// The arithmetic of the released program, slips included, for comparison.
    Released,
}

/// What happens where a fit beats the true rates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeakCheck {
    /// An error.
    #[default]
    Error,
    /// A warning, to look at such a fit.
    Warn,
}

impl Default for TrainParams {
    fn default() -> Self {
        Self {
            variant: Variant::Consistent,
            recording_id: None,
            signal: "spike_count".into(),
            truth: "rate_truth".into(),
            hidden: 64,
            feed_forward: 512,
            heads: 2,
            potential: PotentialKind::Oscillators,
            kernel_epsilon: None,
            kernel_sd: None,
            step: 0.01,
            gamma: 0.55,
            integrator: None,
            drive: None,
            input_lag: 1,
            decoder_input: DecoderInput::All,
            decoder_positions: None,
            decoder_mask: DecoderMask::Full,
            logvar_clamp: None,
            lograte_clamp: None,
            kl_form: None,
            velocity_prior: None,
            prior_var: 0.1,
            kl_weight: None,
            ramp: 500,
            kl_scale: None,
            cd: 0.5,
            cd_pass: None,
            dropout: 0.05,
            batch: 64,
            epochs: 1000,
            lr: 1e-3,
            lr_schedule: LrSchedule::Plateau,
            lr_factor: 0.95,
            lr_patience: 10,
            lr_min: 1e-5,
            weight_decay: 2e-5,
            grad_clip: None,
            validation: None,
            val_metric: ValidationMetric::Nll,
            keep: None,
            stop_after: None,
            replicate: 0,
            on_nan: OnNan::Error,
            leak_check: LeakCheck::Error,
            device: Device::Cpu,
        }
    }
}

impl TrainParams {
    pub(super) fn read_options(&self) -> ReadOptions<'_> {
        ReadOptions { recording_id: self.recording_id.as_deref(), signal: &self.signal, truth: &self.truth }
    }

    /// The value of the variant where none was given.
    fn or<T: Copy>(&self, given: Option<T>, consistent: T, released: T) -> T {
        given.unwrap_or(if self.variant == Variant::Released { released } else { consistent })
    }

    /// What the model is.
    pub fn model_options(&self) -> ModelOptions {
        ModelOptions {
            hidden: self.hidden,
            feed_forward: self.feed_forward,
            heads: self.heads,
            potential: self.potential,
            kernel_epsilon: self.or(self.kernel_epsilon, 1e-3, 1e-12),
            kernel_sd: self.or(self.kernel_sd, 0.1, 0.0),
            step: self.step,
            gamma: self.gamma,
            integrator: self.or(self.integrator, Integrator::EulerMaruyama, Integrator::Released),
            drive: self.or(self.drive, Drive::Encoder, Drive::None),
            input_lag: self.input_lag,
            decoder_input: self.decoder_input,
            decoder_positions: self.or(self.decoder_positions, 0.5, 0.0),
            decoder_mask: self.decoder_mask,
            logvar_clamp: self.or(self.logvar_clamp.map(Some), Some([1e-4_f64.ln(), 5.0]), None),
            lograte_clamp: self.or(self.lograte_clamp.map(Some), Some(8.0), None),
        }
    }

    /// The random numbers of a fit.
    pub(super) fn seed(&self, root: Seed) -> Seed {
        if self.replicate == 0 {
            root
        } else {
            root.child("replicate").child_index(u64::from(self.replicate))
        }
    }

    /// How it is fitted to `n_train` trials.
    pub fn train_options(&self, n_train: usize, warnings: &mut Vec<String>) -> TrainOptions {
        if self.batch > n_train {
            warnings.push(format!(
                "there are {n_train} trials to train: a batch has as many, not {}",
                self.batch
            ));
        }
        TrainOptions {
            divergence: DivergenceOptions {
                form: self.or(self.kl_form, KlForm::Transition, KlForm::Released),
                prior: self.or(self.velocity_prior, VelocityPrior::Flow, VelocityPrior::Fixed),
                prior_var: self.prior_var,
                weight: self.or(self.kl_weight, 0.001, 0.1),
                ramp: self.ramp,
                scale: self.or(self.kl_scale, KlScale::Elbo, KlScale::Batch),
            },
            coordinated: CoordinatedOptions {
                keep: self.cd,
                pass: self.or(self.cd_pass, 0.0, 1.0 - self.cd),
            },
            dropout: self.dropout,
            batch: self.batch.min(n_train),
            epochs: self.epochs,
            lr: self.lr,
            lr_schedule: self.lr_schedule,
            lr_factor: self.lr_factor,
            lr_patience: self.lr_patience,
            lr_min: self.lr_min,
            weight_decay: self.weight_decay,
            decay_ramp: self.ramp,
            grad_clip: self.or(self.grad_clip.map(Some), Some(200.0), None),
            validation: self.or(self.validation, ValidationKind::Quiet, ValidationKind::Released),
            val_metric: self.val_metric,
            keep: self.or(self.keep, KeepWeights::Best, KeepWeights::Last),
            stop_after: self.stop_after,
            on_nan: self.on_nan,
        }
    }

    /// Weights with gradient, moments, best and chunks' gradients, and the activations of a batch, for `units` and a table of
    /// `rows` of trials of 100 bins.
    pub(super) fn planned_bytes(&self, units: u64, rows: u64) -> u64 {
        const BINS: u64 = 100;
        let [dim, ff, batch] = [self.hidden, self.feed_forward, self.batch].map(|n| n as u64);
        let width = 3 * dim;
        let parameters =
            [4 * width * width, 2 * width * ff, 3 * dim * (units + dim), 5 * dim * dim, width * units];
        let parameters = parameters.into_iter().fold(0, u64::saturating_add);
        let per_bin = 20 * width + 2 * ff + self.heads as u64 * BINS + 8 * units;
        let activations = batch.saturating_mul(BINS).saturating_mul(per_bin);
        let table = rows.saturating_mul(BINS);
        (parameters.saturating_mul(16)).saturating_add(activations).saturating_add(table).saturating_mul(4)
    }

    fn check_sizes(&self, issues: &mut ParamIssues) {
        /// Far beyond any published model, and small enough that sizes can be multiplied.
        const MAX: usize = 1 << 14;
        let sizes = [
            (self.hidden, "hidden"),
            (self.feed_forward, "feed_forward"),
            (self.heads, "heads"),
            (self.batch, "batch"),
        ];
        for (size, path) in sizes {
            issues
                .require((1..=MAX).contains(&size), path, || format!("must be from 1 to {MAX}, got {size}"));
        }
        issues.require(self.hidden.is_multiple_of(4), "hidden", || {
            format!("must be a multiple of 4, got {}", self.hidden)
        });
        let width = self.model_options().decoder_width();
        issues.require(self.heads == 0 || width.is_multiple_of(self.heads), "heads", || {
            format!("must divide the {width} values that the decoder sees, got {}", self.heads)
        });
        issues.require(self.epochs >= 1, "epochs", || "must be at least 1, got 0".into());
        issues
            .require(self.input_lag <= 1, "input_lag", || format!("must be 0 or 1, got {}", self.input_lag));
    }

    fn check_numbers(&self, issues: &mut ParamIssues) {
        let positive = [
            (Some(self.step), "step"),
            (Some(self.prior_var), "prior_var"),
            (Some(self.lr), "lr"),
            (Some(self.lr_factor), "lr_factor"),
            (self.kernel_epsilon, "kernel_epsilon"),
            (self.lograte_clamp, "lograte_clamp"),
            (self.grad_clip, "grad_clip"),
        ];
        for (value, path) in positive {
            value.into_iter().for_each(|value| issues.require_positive(value, path));
        }
        let not_negative = [
            (self.kl_weight, "kl_weight"),
            (Some(self.lr_min), "lr_min"),
            (Some(self.weight_decay), "weight_decay"),
            (self.kernel_sd, "kernel_sd"),
        ];
        for (value, path) in not_negative {
            let holds = value.is_none_or(|value| value.is_finite() && value >= 0.0);
            issues.require(holds, path, || {
                format!("must be a finite number of at least 0, got {}", value.unwrap_or(f64::NAN))
            });
        }
        issues.require(self.gamma > 0.0 && self.gamma < 1.0, "gamma", || {
            format!(
                "must be more than 0 and less than 1 (at 1 the velocity is white noise, above it changes sign), got {}",
                self.gamma
            )
        });
        issues.require(self.cd > 0.0 && self.cd <= 1.0, "cd", || {
            format!("must be more than 0 and at most 1, got {}", self.cd)
        });
        let pass = self.cd_pass.unwrap_or(0.0);
        issues.require((0.0..=1.0).contains(&pass), "cd_pass", || format!("must be from 0 to 1, got {pass}"));
        issues.require((0.0..1.0).contains(&self.dropout), "dropout", || {
            format!("must be at least 0 and less than 1, got {}", self.dropout)
        });
        if let Some([low, high]) = self.logvar_clamp {
            issues.require(low < high, "logvar_clamp", || format!("must ascend, got {low} and {high}"));
        }
    }
}

impl StepParams for TrainParams {
    fn check(&self, issues: &mut ParamIssues) {
        self.check_sizes(issues);
        self.check_numbers(issues);
    }
}
