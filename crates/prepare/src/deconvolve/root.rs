//! Where an increasing function crosses zero.

/// Most evaluations; each at least halves the interval every third time.
const MAX_EVALUATIONS: usize = 200;

/// A place and the value of the function there.
pub(super) type Point = (f64, f64);

/// The place between `low` and `high` where an increasing function is 0 to `tolerance`, and what `evaluate` gave there
/// beside the value. `low` must be at or below 0 and `high` at or above.
///
/// False position with the Illinois rule (the weight of an end that stays is halved), and a bisection wherever that is
/// slow. None only where there is nothing between the two.
pub(super) fn increasing_zero<T>(
    mut evaluate: impl FnMut(f64) -> (f64, T),
    mut low: Point,
    mut high: Point,
    tolerance: f64,
) -> Option<(f64, T)> {
    let mut found = None;
    let mut stayed = 0_i32;
    for round in 0..MAX_EVALUATIONS {
        let middle = f64::midpoint(low.0, high.0);
        let secant = (low.0 * high.1 - high.0 * low.1) / (high.1 - low.1);
        let inside = secant > low.0 && secant < high.0 && round % 3 != 2;
        let x = if inside { secant } else { middle };
        if !(x > low.0 && x < high.0) {
            break;
        }
        let (value, beside) = evaluate(x);
        found = Some((x, beside));
        if value.abs() <= tolerance {
            break;
        }
        if value < 0.0 {
            low = (x, value);
            stayed = stayed.max(0) + 1;
            high.1 *= if stayed > 1 { 0.5 } else { 1.0 };
        } else {
            high = (x, value);
            stayed = stayed.min(0) - 1;
            low.1 *= if stayed < -1 { 0.5 } else { 1.0 };
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_are_found_in_few_evaluations() {
        type Case = (fn(f64) -> f64, f64, f64);
        let functions: [Case; 3] = [
            (|x| x.powi(9) - 1e-3, 0.0, 2.0),
            (|x| x.sqrt() - 0.01, 0.0, 1e4),
            (|x| if x < 0.3 { -1.0 } else { x - 0.3 }, -1.0, 5.0),
        ];
        for (f, low, high) in functions {
            let mut n = 0;
            let counted = |x: f64| {
                n += 1;
                (f(x), x)
            };
            let (x, beside) = increasing_zero(counted, (low, f(low)), (high, f(high)), 1e-12).unwrap();
            assert!(x == beside && (f(x).abs() <= 1e-12 || (x - 0.3).abs() < 1e-12), "{x}: {}", f(x));
            assert!(n < 120, "{n}");
        }
        assert!(increasing_zero(|x| (x, ()), (0.0, 0.0), (0.0, 0.0), 1e-9).is_none());
    }
}
