//! Angles: which axes show them, and which turn their values belong to.

use std::f64::consts::{PI, TAU};

/// A full turn in the unit that an axis label ends with; none where it is no angle.
pub(crate) fn turn(label: &str) -> Option<f64> {
    if label.contains("(rad") {
        Some(TAU)
    } else if label.contains("(deg") || label.contains('°') {
        Some(360.0)
    } else {
        None
    }
}

/// The turn, from 0 or from half a turn below it, in which all values from `min` to `max` lie.
pub(crate) fn whole_turn(min: f64, max: f64, label: &str) -> Option<(f64, f64)> {
    let turn = turn(label)?;
    let slack = turn * 1e-9;
    if min >= -slack && max <= turn + slack {
        Some((0.0, turn))
    } else if min >= -turn / 2.0 - slack && max <= turn / 2.0 + slack {
        Some((-turn / 2.0, turn / 2.0))
    } else {
        None
    }
}

/// An angle in quarters of π: `0`, `π/2`, `−3π/4`, `2π`.
pub(crate) fn pi_label(at: f64) -> String {
    let quarters = (at / PI * 4.0).round() as i64;
    let sign = if quarters < 0 { "−" } else { "" };
    let (numerator, denominator) = match quarters.abs() {
        0 => return "0".to_owned(),
        q if q % 4 == 0 => (q / 4, 1),
        q if q % 2 == 0 => (q / 2, 2),
        q => (q, 4),
    };
    let times = if numerator == 1 { String::new() } else { numerator.to_string() };
    if denominator == 1 { format!("{sign}{times}π") } else { format!("{sign}{times}π/{denominator}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_belong_to_the_turn_that_holds_them() {
        assert_eq!(whole_turn(0.1, 6.2, "direction (rad)"), Some((0.0, TAU)));
        assert_eq!(whole_turn(-90.0, 170.0, "direction (deg)"), Some((-180.0, 180.0)));
        assert_eq!(whole_turn(-7.0, 7.0, "direction (rad)"), None);
        assert_eq!(whole_turn(0.1, 0.2, "rate (Hz)"), None);
    }

    #[test]
    fn angles_are_fractions_of_pi() {
        let labels = [0.0, PI / 4.0, PI / 2.0, -0.75 * PI, PI, TAU].map(pi_label);
        assert_eq!(labels, ["0", "π/4", "π/2", "−3π/4", "π", "2π"]);
    }
}
