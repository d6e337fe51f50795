//! The figure: models as bars under the noise ceiling.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, Band, BarSeries, Bars, Content, MarkedBars, Panel};

use super::EvaluateParams;
use super::run::Outcome;
use crate::inference::Problem;

/// Models as bars with confidence intervals, the noise ceiling behind them, and marks of significance; a panel per
/// measure.
pub fn models_figure(params: &EvaluateParams, problem: &Problem, outcomes: &[Outcome]) -> Figure {
    let caption = format!(
        "Mean similarity; error bars are {:.0} % confidence intervals, the band is the noise ceiling. * above 0, + below the lower end of the ceiling, at a false discovery rate of {}.",
        100.0 * (1.0 - params.alpha),
        params.alpha
    );
    let panel = |outcome: &Outcome| Panel {
        title: outcome.measure.name().to_owned(),
        x: Axis::new("model"),
        y: Axis::new(format!("{} (1)", outcome.measure.name())),
        content: Content::MarkedBars(marked_bars(params.alpha, problem, outcome)),
    };
    let figure = Figure::new("models", "How well the models predict the RDMs", caption);
    outcomes.iter().map(panel).fold(figure, Figure::panel)
}

fn marked_bars(alpha: f64, problem: &Problem, outcome: &Outcome) -> MarkedBars {
    let models = &outcome.tests.models;
    let [low, high] = outcome.tests.ceiling.ends;
    let is_known = low.is_finite() && high.is_finite();
    let band = Band { name: "noise ceiling".to_owned(), low, high };
    MarkedBars {
        bars: Bars {
            groups: problem.model_names().map(str::to_owned).collect(),
            series: vec![BarSeries {
                name: String::new(),
                values: models.iter().map(|model| model.mean).collect(),
                errors: models.iter().map(|model| (model.interval.1 - model.interval.0) / 2.0).collect(),
            }],
        },
        bands: is_known.then_some(band).into_iter().collect(),
        marks: models
            .iter()
            .map(|model| {
                let above_zero = if model.q_zero <= alpha { "*" } else { "" };
                let below_ceiling = model.q_ceiling <= alpha && model.mean < low;
                format!("{above_zero}{}", if below_ceiling { "+" } else { "" })
            })
            .collect(),
    }
}
