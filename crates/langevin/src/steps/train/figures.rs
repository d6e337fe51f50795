//! What the report shows of a fit.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, Content, Lines, Panel, Series};

use crate::trainer::EpochRecord;

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
