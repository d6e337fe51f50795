//! Positions along an axis.

use super::ticks::{Tick, exponent_suffix, snapped, ticks};
use crate::angle::whole_turn;
use crate::number::is_drawable;

/// A linear scale with its ticks. `start` is at the left or bottom end and may be the larger one.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    start: f64,
    stop: f64,
    /// The marks.
    pub(super) ticks: Vec<Tick>,
    /// What to add to the axis label: a power of ten.
    pub(super) suffix: String,
    /// Whether the ticks are names, which are not marked by a stroke.
    pub(super) named: bool,
}

impl Scale {
    /// From `start` to `stop` with ticks at round numbers, one per `spacing` pixels of `length` at most.
    pub(super) fn numbers((start, stop): (f64, f64), length: f64, spacing: f64, axis_label: &str) -> Self {
        let most = ((length / spacing) as usize).clamp(2, 9);
        let (ticks, exponent) = ticks(start, stop, most, axis_label);
        Self { start, stop, ticks, suffix: exponent_suffix(exponent), named: false }
    }

    /// One place per name, at 0.5, 1.5 …, as many names shown as stand `spacing` pixels apart. Many evenly
    /// spaced numbers become a numeric axis instead.
    pub(super) fn names(names: &[String], n: usize, length: f64, spacing: f64, axis_label: &str) -> Self {
        if let Some(ticks) = even_ticks(names, n, length, axis_label) {
            return Self { start: 0.0, stop: n as f64, ticks, suffix: String::new(), named: false };
        }
        let fit = ((length / spacing) as usize).max(1);
        let ticks = names.iter().take(n).enumerate().step_by(n.div_ceil(fit).max(1));
        let ticks = ticks.map(|(i, name)| Tick { at: i as f64 + 0.5, label: name.clone() }).collect();
        Self { start: 0.0, stop: n as f64, ticks, suffix: String::new(), named: true }
    }

    /// One place per index, at 0.5, 1.5 …, with some indices shown.
    pub(super) fn indices(n: usize, length: f64, spacing: f64) -> Self {
        let last = n.saturating_sub(1) as f64;
        let mut scale = Self::numbers((0.0, last), length, spacing, "");
        scale.ticks.retain(|tick| tick.at.fract() == 0.0);
        for tick in &mut scale.ticks {
            tick.at += 0.5;
        }
        Self { start: 0.0, stop: n as f64, named: true, ..scale }
    }

    /// The same with its ends exchanged: the first value at the top.
    pub(super) fn downwards(self) -> Self {
        Self { start: self.stop, stop: self.start, ..self }
    }

    /// Where `value` lies, 0 at the start and 1 at the stop.
    pub(super) fn fraction(&self, value: f64) -> f64 {
        if self.stop == self.start { 0.5 } else { (value - self.start) / (self.stop - self.start) }
    }
}

/// Fewest names that may be replaced by round numbers.
const MANY: usize = 13;

/// Ticks at round numbers, in units of places, where the names are the centres of even bins.
fn even_ticks(names: &[String], n: usize, length: f64, axis_label: &str) -> Option<Vec<Tick>> {
    if n < MANY || names.len() != n {
        return None;
    }
    let centres = names.iter().map(|name| number(name)).collect::<Option<Vec<f64>>>()?;
    let (first, last) = (*centres.first()?, *centres.last()?);
    let bin = (last - first) / (n - 1) as f64;
    // Names are rounded: each, and the first and last, by half a unit of the last digit.
    let decimals = names.iter().filter_map(|name| Some(name.split_once('.')?.1.len())).max().unwrap_or(0);
    let slack = (0.1 * bin + 1.01 * 10f64.powi(-(decimals.min(30) as i32))).min(0.55 * bin);
    let even = |(i, centre): (usize, &f64)| (centre - (first + bin * i as f64)).abs() <= slack;
    if bin <= 0.0 || !centres.iter().enumerate().all(even) {
        return None;
    }
    let most = ((length / 45.0) as usize).clamp(2, 7);
    // A tick that rounding has put just outside the bins stands at their end.
    let (edge, rounding) = (first - 0.5 * bin, slack);
    let (mut ticks, exponent) = ticks(edge - rounding, last + 0.5 * bin + rounding, most, axis_label);
    for tick in &mut ticks {
        tick.at = ((tick.at - edge) / bin).clamp(0.0, n as f64);
    }
    (exponent == 0).then_some(ticks)
}

/// The number that a name starts with: `0.26`, `15°`, `3 Hz`.
fn number(name: &str) -> Option<f64> {
    let value: f64 = name.split_whitespace().next()?.trim_end_matches('°').parse().ok()?;
    is_drawable(value).then_some(value)
}

/// The smallest and largest value that can be drawn; none if there is none.
pub(super) fn extent<'a>(values: impl IntoIterator<Item = &'a f64>) -> Option<(f64, f64)> {
    values.into_iter().copied().filter(|&value| is_drawable(value)).fold(None, |extent, value| {
        Some(extent.map_or((value, value), |(min, max): (f64, f64)| (min.min(value), max.max(value))))
    })
}

/// The extent with room on both sides (a fraction of its span), never empty.
pub(super) fn padded((min, max): (f64, f64), room: f64) -> (f64, f64) {
    let span = max - min;
    if span > 0.0 {
        return (min - room * span, max + room * span);
    }
    let half = if min == 0.0 { 1.0 } else { 0.1 * min.abs() };
    (min - half, max + half)
}

/// The extent of heights: from 0 where that is near, with a little room above.
pub(super) fn from_zero((min, max): (f64, f64)) -> (f64, f64) {
    if min >= 0.0 && min <= 0.4 * max && max > 0.0 {
        return (0.0, max * 1.05);
    }
    if max <= 0.0 && max >= 0.4 * min && min < 0.0 {
        return (min * 1.05, 0.0);
    }
    padded((min, max), 0.05)
}

/// The extent of a horizontal axis of values: the whole turn for angles that nearly fill it, else to round
/// numbers where these are near.
pub(super) fn along((min, max): (f64, f64), axis_label: &str) -> (f64, f64) {
    let whole = whole_turn(min, max, axis_label).filter(|turn| max - min >= 0.85 * (turn.1 - turn.0));
    whole.unwrap_or_else(|| if max > min { snapped((min, max)) } else { padded((min, max), 0.0) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: &Scale) -> Vec<&str> {
        scale.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn centres_of_even_bins_become_round_ticks() {
        let names: Vec<String> =
            (0..36).map(|i| format!("{:.2}", (f64::from(i) + 0.5) * 0.174_533)).collect();
        let scale = Scale::names(&names, 36, 290.0, 12.5, "head direction (rad)");
        assert_eq!(labels(&scale), ["0", "π/2", "π", "3π/2", "2π"]);
        let (first, third) = (scale.ticks[0].at, scale.ticks[2].at);
        assert!(first.abs() < 0.1 && (third - 18.0).abs() < 0.1, "{first} {third}");
    }

    #[test]
    fn words_and_uneven_numbers_stay_names() {
        let uneven: Vec<String> = (0..20).map(|i| (i * i).to_string()).collect();
        assert_eq!(Scale::names(&uneven, 20, 290.0, 12.5, "").ticks.len(), 20);
        let words: Vec<String> = (0..20).map(|i| format!("area {i}")).collect();
        assert_eq!(Scale::names(&words, 20, 100.0, 12.5, "").ticks.len(), 7);
    }

    #[test]
    fn angles_that_nearly_fill_a_turn_get_all_of_it() {
        assert_eq!(along((0.09, 6.2), "direction (rad)"), (0.0, std::f64::consts::TAU));
        assert_eq!(along((5.0, 5.0), "t (s)"), (4.5, 5.5));
    }
}
