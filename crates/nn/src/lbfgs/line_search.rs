//! How far to go along a direction.

/// The value must fall by at least this share of what the slope at the start promises.
const SUFFICIENT: f64 = 1e-4;
/// The slope must flatten to this share of that at the start.
const FLAT: f64 = 0.9;
/// Most probes of each phase.
const MOST_PROBES: usize = 20;
/// A bracket is not searched nearer to its ends than this share of its width.
const MARGIN: f64 = 0.1;

/// Value and slope of a function of one number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Probe {
    pub length: f64,
    pub value: f64,
    pub slope: f64,
}

/// A length at which the strong Wolfe conditions hold, looked for from `first` on; where rounding leaves none, the lowest that
/// was found below the start, if any. Values that are not finite count as too high.
pub(super) fn strong_wolfe(start: Probe, first: f64, probe: &mut impl FnMut(f64) -> Probe) -> Option<Probe> {
    let falls = start.slope < 0.0;
    if !falls {
        return None;
    }
    let (mut before, mut length) = (start, first);
    for _ in 0..MOST_PROBES {
        let now = probe(length);
        if too_high(start, now) || now.value >= before.value {
            return zoom(start, before, now, probe);
        }
        if now.slope.abs() <= -FLAT * start.slope {
            return Some(now);
        }
        if now.slope >= 0.0 {
            return zoom(start, now, before, probe);
        }
        before = now;
        length *= 2.0;
    }
    lower(start, before)
}

/// Searches between the lowest length so far and one behind a minimum.
fn zoom(
    start: Probe,
    mut low: Probe,
    mut high: Probe,
    probe: &mut impl FnMut(f64) -> Probe,
) -> Option<Probe> {
    for _ in 0..MOST_PROBES {
        let now = probe(between(low, high));
        if too_high(start, now) || now.value >= low.value {
            high = now;
            continue;
        }
        if now.slope.abs() <= -FLAT * start.slope {
            return Some(now);
        }
        if now.slope * (high.length - low.length) >= 0.0 {
            high = low;
        }
        low = now;
    }
    lower(start, low)
}

fn too_high(start: Probe, now: Probe) -> bool {
    let falls = now.value <= start.value + SUFFICIENT * now.length * start.slope;
    !(falls && now.slope.is_finite())
}

fn lower(start: Probe, found: Probe) -> Option<Probe> {
    (found.length > 0.0 && found.value < start.value).then_some(found)
}

/// Where the cubic through both values and slopes is lowest, or the middle; not too near to either end.
fn between(low: Probe, high: Probe) -> f64 {
    let width = high.length - low.length;
    let bend = low.slope + high.slope - 3.0 * (high.value - low.value) / width;
    let root = (bend * bend - low.slope * high.slope).sqrt() * width.signum();
    let lowest = high.length - width * (high.slope + root - bend) / (high.slope - low.slope + 2.0 * root);
    let share = (lowest - low.length) / width;
    let share = if share.is_finite() { share.clamp(MARGIN, 1.0 - MARGIN) } else { 0.5 };
    low.length + share * width
}

#[cfg(test)]
mod tests {
    use super::*;

    fn along(f: impl Fn(f64) -> (f64, f64), first: f64) -> (Option<Probe>, Probe, usize) {
        let mut calls = 0;
        let at = |length: f64| {
            let (value, slope) = f(length);
            Probe { length, value, slope }
        };
        let start = at(0.0);
        let found = strong_wolfe(start, first, &mut |length| {
            calls += 1;
            at(length)
        });
        (found, start, calls)
    }

    #[test]
    fn the_conditions_hold_wherever_one_begins() {
        // Moré and Thuente 1994, function 1 with beta = 2; and a quartic.
        let functions: [fn(f64) -> (f64, f64); 2] = [
            |x| (-x / (x * x + 2.0), (x * x - 2.0) / (x * x + 2.0).powi(2)),
            |x| ((x - 3.0).powi(4), 4.0 * (x - 3.0).powi(3)),
        ];
        for f in functions {
            for first in [1e-3, 0.1, 1.0, 10.0, 1e3] {
                let (found, start, calls) = along(f, first);
                let found = found.unwrap();
                assert!(found.value <= start.value + SUFFICIENT * found.length * start.slope);
                assert!(found.slope.abs() <= FLAT * start.slope.abs(), "{first}: {found:?}");
                assert!(calls < 20, "{first}: {calls}");
            }
        }
    }

    #[test]
    fn what_is_not_finite_is_too_far() {
        let (found, ..) = along(|x| if x > 1.0 { (f64::NAN, f64::NAN) } else { (-x, -1.0 + x / 2.0) }, 100.0);
        assert!(found.unwrap().length <= 1.0);
        let (found, ..) = along(|x| if x > 0.0 { (f64::INFINITY, 1.0) } else { (0.0, -1.0) }, 1.0);
        assert_eq!(found, None);
        assert_eq!(along(|x| (x, 1.0), 1.0).0, None, "upwards");
        assert_eq!(along(|_| (0.0, f64::NAN), 1.0).0, None);
    }
}
