//! What the report shows of scored rates.

use ndarray::{ArrayView2, Axis as Along};
use neuroloom_core::Figure;
use neuroloom_core::figure::{
    Axis, BarSeries, Bars, ColourScale, Content, Heatmap, Lines, Panel, Scatter, Series,
};

use super::scores::Scored;

/// Most units that have a bar each.
const MAX_BARS: usize = 60;
/// Units and conditions whose responses are drawn.
const RESPONSES: (usize, usize) = (6, 3);
/// Trials whose behaviour is drawn.
const TRIALS: usize = 5;

/// All figures of a split.
pub(super) fn all(scored: &Scored<'_>, suffix: &str) -> Vec<Figure> {
    let figures = [bits(scored), responses(scored), decoding(scored), rates(scored)];
    let figures = figures.into_iter().flatten();
    figures.map(|figure| Figure { name: format!("{}{suffix}", figure.name), ..figure }).collect()
}

/// Bits per spike of every unit.
fn bits(scored: &Scored<'_>) -> Option<Figure> {
    let caption = "Bits per spike of every unit above its mean rate: of held-out units, which were predicted, and of held-in \
                   ones, which were seen.";
    let mut figure = Figure::new("bits_per_spike", "Bits per spike of the units", caption);
    for (metric, title) in [("co_bps", "held out"), ("reconstruction_bps", "held in")] {
        let of = scored.scores.iter().filter(|score| score.metric == metric);
        let units: Vec<(&str, f64)> = of
            .filter_map(|score| Some((score.unit_id.as_deref()?, score.value.unwrap_or(f64::NAN))))
            .collect();
        if !units.is_empty() {
            figure = figure.panel(unit_panel(title, &units));
        }
    }
    (!figure.panels.is_empty()).then_some(figure)
}

fn unit_panel(title: &str, units: &[(&str, f64)]) -> Panel {
    let values: Vec<f64> = units.iter().map(|unit| unit.1).collect();
    let content = if units.len() <= MAX_BARS {
        let series = vec![BarSeries { name: String::new(), values, errors: Vec::new() }];
        Content::Bars(Bars { groups: units.iter().map(|unit| unit.0.to_owned()).collect(), series })
    } else {
        Content::Scatter(points((0..values.len()).map(|place| place as f64).collect(), values, false))
    };
    Panel { title: title.into(), x: Axis::new("unit"), y: Axis::new("bits per spike (bit)"), content }
}

fn points(x: Vec<f64>, y: Vec<f64>, equal_axes: bool) -> Scatter {
    Scatter {
        x,
        y,
        colour: Vec::new(),
        colour_label: String::new(),
        scale: ColourScale::Sequential,
        labels: Vec::new(),
        closed_path: false,
        equal_axes,
    }
}

/// Measured and predicted responses of the units whose response varies most.
fn responses(scored: &Scored<'_>) -> Option<Figure> {
    let own = scored.responses.as_ref()?;
    let recording = scored.recording;
    let spread = |unit: usize| {
        let values = own.measured.index_axis(Along(2), unit);
        let finite = || values.iter().filter(|value| value.is_finite());
        let mean = finite().sum::<f64>() / finite().count().max(1) as f64;
        finite().map(|value| (value - mean).powi(2)).sum::<f64>()
    };
    let mut units: Vec<usize> = (0..recording.units.len()).collect();
    units.sort_by(|&a, &b| spread(b).total_cmp(&spread(a)));
    let caption = "Mean responses of the units that vary most: measured, smoothed spikes and, of the same conditions, the mean \
                   of the predicted rates.";
    let mut figure = Figure::new("responses", "Responses to conditions", caption);
    let x: Vec<f64> =
        (0..recording.n_observed).map(|bin| recording.t0_s + (bin as f64 + 0.5) * recording.dt_s).collect();
    for &unit in units.iter().take(RESPONSES.0) {
        let mut series = Vec::new();
        for (place, condition) in own.conditions.iter().enumerate().take(RESPONSES.1) {
            for (what, values) in [("measured", &own.measured), ("predicted", &own.predicted)] {
                let values = values.index_axis(Along(0), place);
                let y = values.column(unit).iter().map(|count| count / recording.dt_s).collect();
                series.push(Series { name: format!("{condition}, {what}"), x: x.clone(), y });
            }
        }
        figure = figure.panel(Panel {
            title: format!("unit {}", recording.units.get(unit).map_or("", |unit| &unit.id)),
            x: Axis::new("time (s)"),
            y: Axis::new("rate (Hz)"),
            content: Content::Lines(Lines { series }),
        });
    }
    Some(figure)
}

/// Measured and decoded behaviour of the first trials, end to end.
fn decoding(scored: &Scored<'_>) -> Option<Figure> {
    let own = scored.decoding.as_ref()?;
    let caption = "The behaviour of the first trials, end to end, measured and decoded from the rates.";
    let title = format!("Decoding of {}", own.signal);
    let mut figure = Figure::new("decoding", title, caption);
    let n = own.measured.dim().0.min(TRIALS);
    for (place, channel) in own.channels.iter().enumerate() {
        let trace = |values: &ndarray::Array3<f64>| {
            (0..n)
                .flat_map(|trial| values.index_axis(Along(0), trial).column(place).to_vec())
                .collect::<Vec<f64>>()
        };
        let (measured, decoded) = (trace(&own.measured), trace(&own.decoded));
        let x: Vec<f64> = (0..measured.len()).map(|bin| (bin as f64 + 0.5) * scored.recording.dt_s).collect();
        let series = vec![
            Series { name: "measured".into(), x: x.clone(), y: measured },
            Series { name: "decoded".into(), x, y: decoded },
        ];
        figure = figure.panel(Panel {
            title: format!("channel {channel}"),
            x: Axis::new("time of the trials (s)"),
            y: Axis::new(own.signal.clone()),
            content: Content::Lines(Lines { series }),
        });
    }
    Some(figure)
}

/// True and predicted rates of the first trial.
fn rates(scored: &Scored<'_>) -> Option<Figure> {
    let truth = scored.truth.as_ref().filter(|truth| truth.dim().0 > 0)?;
    let image = |title: &str, values: ArrayView2<'_, f64>| Panel {
        title: title.into(),
        x: Axis::new(format!("bin of {} s", scored.recording.dt_s)),
        y: Axis::new("unit"),
        content: Content::Heatmap(Heatmap {
            n_rows: values.ncols(),
            n_columns: values.nrows(),
            values: values.t().iter().map(|count| count / scored.recording.dt_s).collect(),
            row_labels: Vec::new(),
            column_labels: Vec::new(),
            colour_label: "rate (Hz)".into(),
            scale: ColourScale::Sequential,
        }),
    };
    let caption = "True and predicted rates of the first trial; units that are held out come last.";
    let figure = Figure::new("rates", "True and predicted rates", caption)
        .panel(image("true", truth.index_axis(Along(0), 0)))
        .panel(image("predicted", scored.rates.index_axis(Along(0), 0)));
    Some(figure)
}
