//! Scores of rates beside those of the true rates.

use std::error::Error;

use neuroloom_core::{Inputs, RunContext, Step, Table};
use neuroloom_nlb::evaluate::{EvaluateParams, EvaluateStep, NullRates, OnLeak};
use neuroloom_table::Columns;

/// Scores and those of the true rates, in the order of the columns.
const METRICS: [(&str, Option<&str>); 6] = [
    ("reconstruction_bps", Some("truth_reconstruction_bps")),
    ("co_bps", Some("truth_co_bps")),
    ("fp_bps", Some("truth_fp_bps")),
    ("rate_r2", None),
    ("rate_r2_forward", None),
    ("velocity_r2", None),
];

/// A score and what the true rates score; none where there is nothing to score.
#[derive(Clone, Copy)]
struct Score {
    value: Option<f64>,
    truth: Option<f64>,
}

pub struct Scores(Vec<Score>);

impl Scores {
    pub const HEADER: &str = "seed method            seen units      units held out  bins to come    R² seen R² to come  R² of the latents";

    pub fn of(context: &RunContext, trials: &Table, rates: Table) -> Result<Self, Box<dyn Error>> {
        let behaviour = latents(trials)?;
        // Seen units are reconstructed: smoothing may score more there than the truth does.
        let params = EvaluateParams {
            behaviour,
            bps_null: NullRates::Train,
            leak: OnLeak::Warn,
            ..EvaluateParams::default()
        };
        let inputs = Inputs::new([("trials".to_owned(), trials.clone()), ("rates".to_owned(), rates)]);
        let output = EvaluateStep.run(context, &params, &inputs)?;
        let metrics = output.tables.get("metrics").ok_or("no metrics")?;
        let (name, value) = (metrics.text("metric")?, metrics.numbers("value")?);
        let (unit, channel, split) =
            (metrics.text("unit_id")?, metrics.text("channel")?, metrics.text("split")?);
        let find = |wanted: &str| {
            let of_all = |row: &usize| {
                name.get(*row) == Some(wanted)
                    && unit.get(*row).is_none()
                    && channel.get(*row).is_none()
                    && split.get(*row) == Some("valid")
            };
            (0..metrics.n_rows()).find(of_all).and_then(|row| value.get(row))
        };
        let score =
            |(name, truth): (&str, Option<&str>)| Score { value: find(name), truth: truth.and_then(find) };
        Ok(Self(METRICS.into_iter().map(score).collect()))
    }

    pub fn row(&self, label: &str) -> String {
        let cells = self.0.iter().map(|score| match (score.value, score.truth) {
            (Some(value), Some(truth)) => format!("{value:.4} ({:.1} %)", 100.0 * value / truth),
            (Some(value), None) => format!("{value:.4}"),
            (None, _) => "-".into(),
        });
        format!("{label:<22} {}", cells.map(|cell| format!("{cell:<16}")).collect::<String>())
    }
}

/// Mean and standard deviation over seeds.
pub fn mean_and_sd(name: &str, all: &[&Scores]) -> String {
    let of = |place: usize, pick: fn(Score) -> Option<f64>| {
        let values: Vec<f64> =
            all.iter().filter_map(|scores| scores.0.get(place).copied().and_then(pick)).collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        (n > 0.0).then(|| (mean, (squares / (n - 1.0).max(1.0)).sqrt()))
    };
    let cells = (0..METRICS.len()).map(|place| {
        let own = of(place, |score| score.value);
        let share = of(place, |score| Some(100.0 * score.value? / score.truth?));
        match (own, share) {
            (Some((mean, sd)), Some((share, _))) => format!("{mean:.4} ± {sd:.4} ({share:.1} %)"),
            (Some((mean, sd)), None) => format!("{mean:.4} ± {sd:.4}"),
            (None, _) => "-".into(),
        }
    });
    format!("mean {name:<10} {}", cells.map(|cell| format!("{cell:<26}")).collect::<String>())
}

/// The signal with the latents, where the trials have one.
fn latents(trials: &Table) -> Result<Option<String>, Box<dyn Error>> {
    let signal = trials.text("signal")?;
    let found = (0..trials.n_rows()).any(|row| signal.get(row) == Some("latent"));
    Ok(found.then(|| "latent".to_owned()))
}
