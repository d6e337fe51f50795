//! Few ticks at round numbers.

use std::f64::consts::TAU;

use crate::angle::{pi_label, turn};
use crate::number::{is_drawable, trimmed};

/// A mark on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tick {
    pub(super) at: f64,
    pub(super) label: String,
}

/// Ticks at round numbers between `min` and `max`, at most about `max_ticks` of them, and the power of ten
/// that their labels are to be multiplied by (0 for none). Axes in radians or degrees get fractions of a turn.
pub(super) fn ticks(min: f64, max: f64, max_ticks: usize, axis_label: &str) -> (Vec<Tick>, i32) {
    let span = max - min;
    if !(is_drawable(min) && is_drawable(max) && span > 0.0) {
        return (Vec::new(), 0);
    }
    if let Some(turn) = turn(axis_label).filter(|turn| (0.4 * turn..=6.0 * turn).contains(&span)) {
        let step = turn_step(span, turn, max_ticks);
        let label = |at| if turn == TAU { pi_label(at) } else { number_label(at, 1) };
        return (multiples(min, max, step, label), 0);
    }
    let step = round_step(span / max_ticks.max(1) as f64);
    let exponent = common_exponent(min.abs().max(max.abs()));
    let unit = 10f64.powi(exponent);
    let decimals = decimals(step / unit);
    (multiples(min, max, step, |at| number_label(at / unit, decimals)), exponent)
}

/// The extent widened to round numbers where these are near.
pub(super) fn snapped((min, max): (f64, f64)) -> (f64, f64) {
    let step = round_step((max - min) / 5.0);
    let near = 0.045 * (max - min);
    let (low, high) = ((min / step).floor() * step, (max / step).ceil() * step);
    (if min - low <= near { low } else { min }, if high - max <= near { high } else { max })
}

/// ` [×10⁻⁵]`, or nothing for an exponent of 0.
pub(super) fn exponent_suffix(exponent: i32) -> String {
    if exponent == 0 {
        return String::new();
    }
    let digits: String = exponent.to_string().chars().map(superscript).collect();
    format!(" [×10{digits}]")
}

/// All multiples of `step` between the ends.
fn multiples(min: f64, max: f64, step: f64, label: impl Fn(f64) -> String) -> Vec<Tick> {
    let slack = 1e-6;
    let (first, last) = ((min / step - slack).ceil(), (max / step + slack).floor());
    // Beyond 2^53 neighbouring integers are no longer apart, and there is nothing sensible to mark.
    if !(first.abs() < 9e15 && last.abs() < 9e15 && last - first < 100.0) {
        return Vec::new();
    }
    (first as i64..=last as i64)
        .map(|k| k as f64 * step)
        .map(|at| Tick { at: at.clamp(min, max), label: label(at) })
        .collect()
}

/// The smallest of 1, 2, 2.5, 5 × 10ᵏ that is about as large as `rough` or larger.
fn round_step(rough: f64) -> f64 {
    let decade = 10f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 2.5, 5.0].map(|m| m * decade);
    steps.into_iter().find(|&step| step >= rough * 0.85).unwrap_or(10.0 * decade)
}

/// An eighth of a turn or a multiple of it.
fn turn_step(span: f64, turn: f64, max_ticks: usize) -> f64 {
    let steps = [turn / 8.0, turn / 4.0, turn / 2.0, turn, 2.0 * turn];
    steps.into_iter().find(|step| span / step <= max_ticks as f64).unwrap_or(4.0 * turn)
}

/// Decimals that multiples of `step` need.
fn decimals(step: f64) -> usize {
    let whole = |d: &usize| {
        let scaled = step * 10f64.powi(*d as i32);
        (scaled - scaled.round()).abs() < 1e-6 && scaled >= 0.5
    };
    (0..12).find(whole).unwrap_or(12)
}

fn number_label(at: f64, decimals: usize) -> String {
    trimmed(format!("{at:.decimals$}")).replace('-', "−")
}

/// The exponent (a multiple of 3) that is taken out of labels that would be too long.
fn common_exponent(largest: f64) -> i32 {
    let exponent = largest.log10().floor() as i32;
    if (-3..5).contains(&exponent) { 0 } else { exponent.div_euclid(3) * 3 }
}

fn superscript(c: char) -> char {
    match c {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        _ => c.to_digit(10).and_then(|digit| char::from_u32(0x2070 + digit)).unwrap_or(c),
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;

    fn labels(min: f64, max: f64, n: usize, axis: &str) -> (Vec<String>, i32) {
        let (ticks, exponent) = ticks(min, max, n, axis);
        (ticks.into_iter().map(|tick| tick.label).collect(), exponent)
    }

    #[test]
    fn ticks_stand_at_round_numbers() {
        assert_eq!(labels(0.0, 1.0, 5, "").0, ["0", "0.2", "0.4", "0.6", "0.8", "1"]);
        assert_eq!(labels(-3.0, 7.0, 5, "").0, ["−2", "0", "2", "4", "6"]);
        assert_eq!(labels(0.0, 0.25, 6, "").0, ["0", "0.05", "0.1", "0.15", "0.2", "0.25"]);
    }

    #[test]
    fn angles_are_fractions_of_a_turn() {
        assert_eq!(labels(0.0, 2.0 * PI, 5, "direction (rad)").0, ["0", "π/2", "π", "3π/2", "2π"]);
        assert_eq!(labels(-PI, PI, 5, "direction (rad)").0, ["−π", "−π/2", "0", "π/2", "π"]);
        assert_eq!(labels(0.0, 360.0, 5, "direction (deg)").0, ["0", "90", "180", "270", "360"]);
    }

    #[test]
    fn long_labels_share_a_power_of_ten() {
        assert_eq!(labels(0.0, 2e-5, 2, ""), (vec!["0".into(), "10".into(), "20".into()], -6));
        assert_eq!(exponent_suffix(-12), " [×10⁻¹²]");
        assert_eq!(labels(0.0, 2e6, 2, ""), (vec!["0".into(), "1".into(), "2".into()], 6));
    }

    #[test]
    fn round_ends_that_are_near_belong_to_the_axis() {
        assert_eq!(snapped((0.02, 59.8)), (0.0, 60.0));
        assert_eq!(snapped((0.02, 53.0)), (0.0, 53.0));
    }

    #[test]
    fn steps_of_a_quarter_show_their_decimals() {
        assert_eq!(labels(0.0, 10.0, 4, "").0, ["0", "2.5", "5", "7.5", "10"]);
    }

    #[test]
    fn absurd_ranges_give_no_ticks_rather_than_a_hang() {
        for (min, max) in [(1.0, 1.0), (f64::NAN, 1.0), (1e17, 1e17 + 64.0), (f64::NEG_INFINITY, 0.0)] {
            assert!(ticks(min, max, 5, "").0.len() < 20);
        }
        assert!(!ticks(-1e300, 1e300, 5, "").0.is_empty());
        assert!(!ticks(0.0, 1e-300, 5, "").0.is_empty());
    }
}
