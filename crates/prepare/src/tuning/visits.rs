//! When which condition held.

use super::BehaviourAxis;
use crate::{Span, Support};

/// A stretch of time in which a condition held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Visit {
    /// When.
    pub span: Span,
    /// Index of the condition.
    pub condition: usize,
    /// The cross-validation fold that it belongs to.
    pub fold: usize,
}

/// The stretch of time that every sample stands for: from the middle of the interval before it to the middle of the
/// interval after it, so that every moment belongs to the nearest sample (a middle itself to the later one).
/// Beyond the ends, and on either side of an interval longer than `max_gap_s`, a sample reaches half of `usual_s`,
/// the usual interval (but no further than half of `max_gap_s`).
///
/// `times_s` must be ascending.
pub fn sample_cells(times_s: &[f64], usual_s: f64, max_gap_s: f64) -> Vec<Span> {
    let reach = usual_s.min(max_gap_s) / 2.0;
    let mut cells: Vec<Span> = times_s.iter().map(|&t| Span::new(t - reach, t + reach)).collect();
    for i in 1..cells.len() {
        let (before, after) = (times_s[i - 1], times_s[i]);
        if after - before <= max_gap_s {
            let middle = before + (after - before) / 2.0;
            cells[i - 1].stop_s = middle;
            cells[i].start_s = middle;
        }
    }
    cells
}

/// The visits of a sampled variable: the cell of every sample that falls into a bin of `axis`, as far as it
/// belongs to `support`. All in fold 0.
pub fn visits_of_samples(
    cells: &[Span],
    values: &[f64],
    axis: &BehaviourAxis,
    support: &Support,
) -> Vec<Visit> {
    let binned = cells.iter().zip(values).filter_map(|(cell, &value)| Some((cell, axis.bin(value)?)));
    let clipped = binned.flat_map(|(cell, condition)| {
        support.clip(*cell).map(move |span| Visit { span, condition, fold: 0 })
    });
    clipped.collect()
}

/// The visits as far as they belong to `support`.
pub fn clip_visits(visits: &[Visit], support: &Support) -> Vec<Visit> {
    visits.iter().flat_map(|visit| support.clip(visit.span).map(|span| Visit { span, ..*visit })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_moment_belongs_to_the_nearest_sample() {
        let times = [0.0, 0.1, 0.25, 0.3];
        let cells = sample_cells(&times, 0.1, 1.0);
        for tick in 1..300 {
            let t = f64::from(tick) * 1e-3 + 3e-4;
            let nearest = (0..4).min_by(|&a, &b| (times[a] - t).abs().total_cmp(&(times[b] - t).abs()));
            let owner = cells.iter().position(|cell| cell.start_s <= t && t < cell.stop_s);
            assert_eq!(owner, nearest, "{t}");
        }
    }

    #[test]
    fn a_gap_belongs_to_nobody() {
        let cells = sample_cells(&[0.0, 0.1, 5.0, 5.1], 0.1, 0.5);
        assert!((cells[1].stop_s - 0.15).abs() < 1e-12 && (cells[2].start_s - 4.95).abs() < 1e-12);
    }

    #[test]
    fn a_gap_shorter_than_the_usual_interval_bounds_the_reach() {
        let cells = sample_cells(&[0.0, 1.0, 2.0], 1.0, 0.2);
        assert_eq!(cells[1], Span::new(0.9, 1.1));
    }
}
