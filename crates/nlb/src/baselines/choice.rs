//! Choosing a setting on the validation trials.

use ndarray::ArrayView3;
use neuroloom_core::figure::{Axis, Content, Lines, Panel, Series};
use neuroloom_core::{Error, Figure, Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use crate::metrics::bits_per_spike;
use crate::trials::{Part, Recording};

/// What settings are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Criterion {
    /// Bits per spike of held-out units.
    CoBps,
    /// Bits per spike of held-in units, every bin predicted by its neighbours.
    LeaveOneOut,
    /// Bits per spike of held-in units.
    Reconstruction,
}

impl Criterion {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::CoBps => "co_bps",
            Self::LeaveOneOut => "leave_one_out_bps",
            Self::Reconstruction => "reconstruction_bps",
        }
    }

    /// `co_bps` where the counts of held-out units are known in validation, else `otherwise`.
    pub(super) fn of(recording: &Recording, valid: &Part, otherwise: Self) -> Self {
        let held_out = recording.n_held_in()..recording.units.len();
        if valid.has_counts(0..recording.n_observed, held_out) { Self::CoBps } else { otherwise }
    }
}

/// A setting and how well it did.
#[derive(Clone, Debug)]
pub(super) struct Tried {
    pub(super) setting: f64,
    pub(super) criterion: &'static str,
    pub(super) value: Option<f64>,
}

/// What was chosen for a recording.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) recording_id: String,
    /// What was chosen: `sigma_bins`.
    pub(super) parameter: &'static str,
    pub(super) tried: Vec<Tried>,
    pub(super) chosen: f64,
}

impl Choice {
    /// The one setting that there is, or the best of several on the validation trials; of equal ones the first. They are
    /// compared by `criterion` of these trials.
    pub(super) fn best(
        recording: &Recording,
        parameter: &'static str,
        settings: &[f64],
        criterion: impl Fn(&Part) -> Criterion,
        score: impl Fn(f64, Criterion, &Part) -> Result<Option<f64>>,
    ) -> Result<Self> {
        let recording_id = recording.id.clone();
        if let [only] = settings {
            return Ok(Self { recording_id, parameter, tried: Vec::new(), chosen: *only });
        }
        let valid = recording.part("valid").ok_or_else(|| {
            Error::data("there are no validation trials to choose a width on")
                .at_object(format!("recording {recording_id}"))
                .expected("trials of the split valid")
                .hint("give a single width: `sigma_bins: [2]`")
        })?;
        let criterion = criterion(valid);
        let tried = settings.iter().map(|&setting| {
            Ok(Tried { setting, criterion: criterion.name(), value: score(setting, criterion, valid)? })
        });
        let tried = tried.collect::<Result<Vec<Tried>>>()?;
        let best = tried
            .iter()
            .filter(|tried| tried.value.is_some())
            .reduce(|a, b| if b.value > a.value { b } else { a });
        let chosen = best.or(tried.first()).map_or(1.0, |best| best.setting);
        Ok(Self { recording_id, parameter, tried, chosen })
    }
}

/// Bits per spike of `rates` on the same bins and units of counts.
pub(super) fn bits(
    rates: ArrayView3<'_, f64>,
    counts: ArrayView3<'_, f64>,
    least: f64,
) -> Result<Option<f64>> {
    let rates = rates.mapv(|rate| rate.max(least));
    Ok(bits_per_spike(rates.view(), counts)?.value)
}

/// All settings that were tried, the chosen ones marked.
pub(super) fn table(choices: &[Choice]) -> Result<Table> {
    let rows = || choices.iter().flat_map(|choice| choice.tried.iter().map(move |tried| (choice, tried)));
    TableBuilder::new(kinds::NLB_CHOICE)
        .text("recording_id", rows().map(|(choice, _)| choice.recording_id.as_str()))
        .text("parameter", rows().map(|(choice, _)| choice.parameter))
        .numbers("setting", rows().map(|(_, tried)| tried.setting))
        .text("criterion", rows().map(|(_, tried)| tried.criterion))
        .optional_numbers("value", rows().map(|(_, tried)| tried.value))
        .optional_bools("chosen", rows().map(|(choice, tried)| Some(tried.setting == choice.chosen)))
        .finish()
}

/// How well each setting did; none where nothing was chosen.
pub(super) fn figure(choices: &[Choice]) -> Option<Figure> {
    let drawn = || choices.iter().filter(|choice| !choice.tried.is_empty());
    let several =
        drawn().any(|choice| Some(&choice.recording_id) != drawn().next().map(|first| &first.recording_id));
    drawn().next()?;
    let series = drawn().map(|choice| {
        let mut points: Vec<(f64, f64)> =
            choice.tried.iter().map(|tried| (tried.setting, tried.value.unwrap_or(f64::NAN))).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        let criterion = choice.tried.first().map_or("", |tried| tried.criterion);
        let name =
            if several { format!("{} {criterion}", choice.recording_id) } else { criterion.to_owned() };
        Series {
            name,
            x: points.iter().map(|point| point.0).collect(),
            y: points.iter().map(|point| point.1).collect(),
        }
    });
    let caption =
        "Score on the validation trials of every width that was tried; rates are made with the best.";
    Some(Figure::new("choice", "Choice of the width", caption).panel(Panel {
        title: String::new(),
        x: Axis::new("width of the kernel (bins)"),
        y: Axis::new("score (bit/spike)"),
        content: Content::Lines(Lines { series: series.collect() }),
    }))
}
