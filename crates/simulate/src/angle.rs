//! Angles on the circle, rad.

use std::f64::consts::{PI, TAU};

/// `angle_rad` as an angle in `[0, 2π)`.
pub fn wrapped_rad(angle_rad: f64) -> f64 {
    let wrapped = angle_rad.rem_euclid(TAU);
    // Of a tiny negative angle the remainder rounds to the whole turn.
    if wrapped < TAU { wrapped } else { 0.0 }
}

/// The shorter way from `from_rad` to `to_rad`, in `[-π, π)`; positive is counterclockwise.
pub fn difference_rad(to_rad: f64, from_rad: f64) -> f64 {
    wrapped_rad(to_rad - from_rad + PI) - PI
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_circle_has_no_seam() {
        assert_eq!([wrapped_rad(0.0), wrapped_rad(TAU), wrapped_rad(-1e-300)], [0.0; 3]);
        assert!((difference_rad(0.1, TAU - 0.1) - 0.2).abs() < 1e-12);
        assert!((difference_rad(TAU - 0.1, 0.1) + 0.2).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn a_difference_leads_to_where_it_should(from in -50.0..50.0f64, to in -50.0..50.0f64) {
            let difference = difference_rad(to, from);
            prop_assert!((-PI..PI).contains(&difference));
            let missed = (from + difference - to).rem_euclid(TAU);
            prop_assert!(missed.min(TAU - missed) < 1e-12);
        }
    }
}
