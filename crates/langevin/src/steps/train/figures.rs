//! What the report shows of a fit.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, BarSeries, Bars, Content, Lines, Panel, Series};

use super::tables::eigenvalues;
use crate::model::Model;
use crate::potential::Potential;
use crate::trainer::EpochRecord;

/// Points along a line through the potential.
const N_POINTS: usize = 61;
/// How far the line goes on each side.
const EXTENT: f64 = 2.0;

/// Likelihood, divergence and learning rate, epoch by epoch.
pub(super) fn loss_curves(history: &[EpochRecord]) -> Figure {
    let caption = "Left: negative log likelihood per unit and bin, without the factorial; that of the trials to train is with dropout. \
        Middle: divergence of the latents from their prior per trial, without its constant. Right: learning rate.";
    let series = |name: &str, value: fn(&EpochRecord) -> f64| Series {
        name: name.into(),
        x: history.iter().map(|record| f64::from(record.epoch)).collect(),
        y: history.iter().map(value).collect(),
    };
    let panel = |title: &str, y: &str, series: Vec<Series>| Panel {
        title: title.into(),
        x: Axis::new("epoch"),
        y: Axis::new(y),
        content: Content::Lines(Lines { series }),
    };
    let losses = vec![series("train", |r| r.train_nll), series("validate", |r| r.val_nll)];
    Figure::new("loss", "Loss, epoch by epoch", caption)
        .panel(panel("likelihood", "negative log likelihood (nat)", losses))
        .panel(panel("divergence", "divergence (nat per trial)", vec![series("", |r| r.kl)]))
        .panel(panel("learning rate", "learning rate", vec![series("", |r| r.lr)]))
}

/// The potential: its eigenvalues where it is a quadratic form, and its course along the first axes.
pub(super) fn potential(model: &Model, parameters: &[f32]) -> Figure {
    let caption = "Energy along the first dimensions of the position, the others being 0. Eigenvalues of the matrix of the force: where they \
        are negative the potential pushes outward, where positive it pulls back.";
    let mut figure = Figure::new("potential", "The potential", caption).panel(landscape(model, parameters));
    if let Potential::Oscillators(oscillators) = model.potential()
        && let Ok(values) = eigenvalues(oscillators.matrix(parameters))
    {
        let groups = values.iter().map(|_| String::new()).collect();
        let series = vec![BarSeries { name: String::new(), values, errors: Vec::new() }];
        figure = figure.panel(Panel {
            title: "matrix of the force".into(),
            x: Axis::new("dimension"),
            y: Axis::new("eigenvalue"),
            content: Content::Bars(Bars { groups, series }),
        });
    }
    figure
}

fn landscape(model: &Model, parameters: &[f32]) -> Panel {
    let dim = model.options().hidden;
    let place = |i: usize| EXTENT * (2.0 * i as f64 / (N_POINTS - 1) as f64 - 1.0);
    let along = |axis: usize| {
        let mut rows = vec![0.0_f32; N_POINTS * dim];
        for (i, row) in rows.chunks_exact_mut(dim).enumerate() {
            if let Some(value) = row.get_mut(axis) {
                *value = place(i) as f32;
            }
        }
        let y = model.potential().energy(parameters, &rows);
        Series { name: format!("z{axis}"), x: (0..y.len()).map(place).collect(), y }
    };
    Panel {
        title: "energy".into(),
        x: Axis::new("position"),
        y: Axis::new("energy"),
        content: Content::Lines(Lines { series: (0..dim.min(4)).map(along).collect() }),
    }
}
