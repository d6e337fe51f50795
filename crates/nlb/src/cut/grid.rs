//! Times on the grid of a session.

/// Times that differ by less than this part of a step are on the same side of an edge.
const DIGITS: f64 = 1e6;

/// `x` rounded to six digits.
fn rounded(x: f64) -> f64 {
    (x * DIGITS).round() / DIGITS
}

/// The step that `time_s` falls into: `floor(time / width)`, edges belonging to the later one.
pub(super) fn step_of(time_s: f64, width_s: f64) -> i64 {
    rounded(time_s / width_s).floor() as i64
}

/// The first step that begins at `time_s` or later.
pub(super) fn first_from(time_s: f64, width_s: f64) -> i64 {
    rounded(time_s / width_s).ceil() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_on_an_edge_belong_to_the_step_behind_it() {
        assert_eq!((step_of(0.3, 0.1), step_of(0.1 + 0.2, 0.1), step_of(0.299, 0.1)), (3, 3, 2));
        assert_eq!((first_from(0.3, 0.1), first_from(0.1 + 0.2, 0.1), first_from(0.301, 0.1)), (3, 3, 4));
        assert_eq!((step_of(-0.05, 0.1), first_from(-0.05, 0.1)), (-1, 0));
    }
}
