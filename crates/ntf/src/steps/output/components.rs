//! When and in whom components are strong.

use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use crate::factors::Model;
use crate::steps::input::ModeLabels;

/// Animals that are named per component at most.
const TOP: usize = 5;

/// One component in words.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::steps) struct Component {
    pub(in crate::steps) lambda: f64,
    pub(in crate::steps) share: f64,
    /// Time of the peak, and the first and last time at half of it, seconds.
    pub(in crate::steps) interval_s: Option<(f64, f64, f64)>,
    pub(in crate::steps) top_animals: Option<Vec<String>>,
}

/// The components of a model.
pub(in crate::steps) fn components(model: &Model, modes: &[ModeLabels]) -> Vec<Component> {
    let total: f64 = model.lambda.iter().map(|lambda| lambda * lambda).sum();
    let time = modes.iter().position(|mode| mode.times_s.is_some());
    let animal = modes.iter().position(|mode| mode.name == "animal");
    (0..model.rank())
        .map(|component| {
            let column = |mode: usize| model.factors[mode].column(component).to_vec();
            let times = |mode: usize| modes[mode].times_s.as_deref().unwrap_or_default();
            Component {
                lambda: model.lambda[component],
                share: if total > 0.0 { model.lambda[component].powi(2) / total } else { 0.0 },
                interval_s: time.and_then(|mode| interval(&column(mode), times(mode))),
                top_animals: animal.map(|mode| strongest(&column(mode), &modes[mode].labels)),
            }
        })
        .collect()
}

/// The time of the largest value, and the first and last time with at least half of it; none for zeros.
fn interval(values: &[f64], times_s: &[f64]) -> Option<(f64, f64, f64)> {
    let peak = (0..values.len()).max_by(|a, b| values[*a].total_cmp(&values[*b]).then(b.cmp(a)))?;
    let high = |place: &usize| values[*place] >= values[peak] / 2.0;
    let first = (0..values.len()).find(high)?;
    let last = (0..values.len()).rev().find(high)?;
    (values[peak] > 0.0).then(|| (times_s[peak], times_s[first], times_s[last]))
}

fn strongest(values: &[f64], labels: &[String]) -> Vec<String> {
    let mut order: Vec<usize> = (0..values.len()).filter(|place| values[*place] > 0.0).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]).then(a.cmp(b)));
    order.into_iter().take(TOP).map(|place| labels[place].clone()).collect()
}

/// The components as a table.
pub(in crate::steps) fn components_table(components: &[Component]) -> Result<Table> {
    let time = |pick: fn((f64, f64, f64)) -> f64| {
        components.iter().map(move |component| component.interval_s.map(pick))
    };
    TableBuilder::new(kinds::NTF_COMPONENTS)
        .integers("rank", components.iter().map(|_| components.len() as i64))
        .integers("component", 0..components.len() as i64)
        .numbers("lambda", components.iter().map(|component| component.lambda))
        .numbers("share", components.iter().map(|component| component.share))
        .optional_numbers("peak_t_s", time(|(peak, ..)| peak))
        .optional_numbers("from_t_s", time(|(_, from, _)| from))
        .optional_numbers("until_t_s", time(|(.., until)| until))
        .optional_text_lists("top_animals", components.iter().map(|component| component.top_animals.clone()))
        .finish()
}
