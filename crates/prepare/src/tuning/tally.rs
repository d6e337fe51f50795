//! What a neuron did in every fold and condition, and the responses that follow.

use ndarray::Array2;

use super::{Geometry, Visit};

/// Sums of one neuron, `[n_folds, n_conditions]` each.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// Spikes, or samples times the time that each stands for.
    pub total: Array2<f64>,
    /// Time in the condition, seconds.
    pub occupancy_s: Array2<f64>,
}

/// Smoothing across the bins of a behavioural variable.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SmoothBins {
    /// Standard deviation of the gaussian, in bins.
    pub sigma: f64,
    /// Whether the last bin is next to the first.
    pub geometry: Geometry,
}

/// Spikes and time in every visit, summed over folds and conditions. `spikes_s` and the starts of `visits` are ascending; visits
/// may overlap, a spike then counts in each.
pub fn tally_spikes(spikes_s: &[f64], visits: &[Visit], n_folds: usize, n_conditions: usize) -> Tally {
    let mut tally = Tally::empty(n_folds, n_conditions);
    for_events_in_visits(spikes_s, visits, |visit, events| {
        tally.add(visit, events.len() as f64, visit.span.duration_s());
    });
    tally
}

/// Samples in every visit, each for `dt_s` seconds; NaN samples are left out and take no time.
/// `times_s` and the starts of `visits` are ascending.
pub fn tally_samples(
    times_s: &[f64],
    samples: &[f64],
    dt_s: f64,
    visits: &[Visit],
    n_folds: usize,
    n_conditions: usize,
) -> Tally {
    let mut tally = Tally::empty(n_folds, n_conditions);
    for_events_in_visits(times_s, visits, |visit, events| {
        let valid = samples.get(events).unwrap_or(&[]).iter().filter(|sample| !sample.is_nan());
        for sample in valid {
            tally.add(visit, sample * dt_s, dt_s);
        }
    });
    tally
}

/// Calls `each` for every visit with the range of events in it. Linear where visits do not overlap.
fn for_events_in_visits(
    events_s: &[f64],
    visits: &[Visit],
    mut each: impl FnMut(&Visit, std::ops::Range<usize>),
) {
    let mut first = 0;
    for visit in visits {
        while events_s.get(first).is_some_and(|&event| event < visit.span.start_s) {
            first += 1;
        }
        let rest = events_s.get(first..).unwrap_or(&[]);
        let inside = rest.iter().take_while(|&&event| event < visit.span.stop_s).count();
        each(visit, first..first + inside);
    }
}

impl Tally {
    /// Nothing yet.
    pub fn empty(n_folds: usize, n_conditions: usize) -> Self {
        let zeros = Array2::zeros((n_folds, n_conditions));
        Self { total: zeros.clone(), occupancy_s: zeros }
    }

    /// Adds what another tally of the same shape holds.
    pub fn merge(&mut self, other: &Tally) {
        self.total += &other.total;
        self.occupancy_s += &other.occupancy_s;
    }

    /// Responses `[n_folds, n_conditions]`: total over occupancy, so Hz for spikes and the mean for samples. With
    /// `smooth` both are smoothed across conditions first:
    /// `r(f, c) = sum_k w_(c-k) total(f, k) / sum_k w_(c-k) occupancy(f, k)`. NaN where the unsmoothed occupancy is
    /// 0 or below `min_occupancy_s`.
    pub fn responses(&self, min_occupancy_s: f64, smooth: Option<SmoothBins>) -> Array2<f64> {
        let smoothed = |sums: &Array2<f64>| smooth.map_or_else(|| sums.clone(), |smooth| smooth.apply(sums));
        let mut responses = smoothed(&self.total) / smoothed(&self.occupancy_s);
        ndarray::Zip::from(&mut responses).and(&self.occupancy_s).for_each(|response, &occupancy_s| {
            if occupancy_s <= 0.0 || occupancy_s < min_occupancy_s {
                *response = f64::NAN;
            }
        });
        responses
    }

    fn add(&mut self, visit: &Visit, total: f64, occupancy_s: f64) {
        let place = [visit.fold, visit.condition];
        if let (Some(sum), Some(time)) = (self.total.get_mut(place), self.occupancy_s.get_mut(place)) {
            *sum += total;
            *time += occupancy_s;
        }
    }
}

impl SmoothBins {
    /// Convolves every row. Nothing stands beyond the ends of a line: the division of two smoothed rows
    /// renormalises there.
    fn apply(self, rows: &Array2<f64>) -> Array2<f64> {
        let n = rows.ncols();
        let weights = self.weights(n);
        Array2::from_shape_fn(rows.dim(), |(row, bin)| {
            rows.row(row).iter().enumerate().map(|(other, value)| weights[bin.abs_diff(other)] * value).sum()
        })
    }

    /// Weight of a bin by its distance in indices. On a circle every turn of the gaussian counts.
    fn weights(self, n: usize) -> Vec<f64> {
        let density = |distance: f64| (-0.5 * (distance / self.sigma).powi(2)).exp();
        let turns = match self.geometry {
            Geometry::Linear => 0,
            Geometry::Circular => (10.0 * self.sigma / n as f64).ceil() as i32,
        };
        let weight =
            |k: usize| (-turns..=turns).map(|turn| density(k as f64 + f64::from(turn) * n as f64)).sum();
        // On a circle distance n - k is distance -k, which the turn of -1 brings in; one turn at least is needed.
        (0..n).map(weight).collect()
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;
    use crate::Span;

    fn visit() -> impl Strategy<Value = (f64, f64, usize, usize)> {
        (0.0..20.0f64, 0.0..3.0f64, 0usize..4, 0usize..2)
    }

    fn visits(parts: &[(f64, f64, usize, usize)]) -> Vec<Visit> {
        let mut visits: Vec<Visit> = parts
            .iter()
            .map(|&(start, length, condition, fold)| Visit {
                span: Span::new(start, start + length),
                condition,
                fold,
            })
            .collect();
        visits.sort_by(|a, b| a.span.start_s.total_cmp(&b.span.start_s));
        visits
    }

    proptest! {
        #[test]
        fn tally_equals_a_search_through_all_pairs(
            parts in prop::collection::vec(visit(), 0..30),
            mut spikes in prop::collection::vec(-1.0..25.0f64, 0..80),
        ) {
            spikes.sort_by(f64::total_cmp);
            let visits = visits(&parts);
            let tally = tally_spikes(&spikes, &visits, 2, 4);
            for fold in 0..2 {
                for condition in 0..4 {
                    let own = visits.iter().filter(|v| v.fold == fold && v.condition == condition);
                    let inside = |v: &Visit, t: f64| v.span.start_s <= t && t < v.span.stop_s;
                    let slow: usize = own.map(|v| spikes.iter().filter(|&&t| inside(v, t)).count()).sum();
                    prop_assert_eq!(tally.total[[fold, condition]], slow as f64);
                }
            }
        }

        #[test]
        fn smoothing_a_flat_response_leaves_it_flat(
            occupancy in prop::collection::vec(0.2..5.0f64, 2..20), rate in 0.0..50.0f64, sigma in 0.1..5.0f64,
            circular: bool,
        ) {
            let geometry = if circular { Geometry::Circular } else { Geometry::Linear };
            let occupancy_s = Array2::from_shape_vec((1, occupancy.len()), occupancy).unwrap();
            let tally = Tally { total: &occupancy_s * rate, occupancy_s };
            for response in tally.responses(0.1, Some(SmoothBins { sigma, geometry })) {
                prop_assert!((response - rate).abs() < 1e-9);
            }
        }

        #[test]
        fn circular_smoothing_turns_with_the_circle(
            totals in prop::collection::vec(0.0..9.0f64, 3..20), shift in 0usize..20, sigma in 0.1..5.0f64,
        ) {
            let (n, smooth) = (totals.len(), SmoothBins { sigma, geometry: Geometry::Circular });
            let tally = |totals: Vec<f64>| Tally {
                total: Array2::from_shape_vec((1, n), totals).unwrap(),
                occupancy_s: Array2::ones((1, n)),
            };
            let turned = (0..n).map(|k| totals[(k + shift) % n]).collect();
            let (a, b) = (tally(totals).responses(0.0, Some(smooth)), tally(turned).responses(0.0, Some(smooth)));
            for k in 0..n {
                prop_assert!((a[[0, (k + shift) % n]] - b[[0, k]]).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn too_little_time_gives_no_response() {
        let tally = Tally { total: array![[3.0, 0.0, 1.0]], occupancy_s: array![[2.0, 0.0, 0.05]] };
        let responses = tally.responses(0.1, None);
        assert_eq!(responses[[0, 0]], 1.5);
        assert!(responses[[0, 1]].is_nan() && responses[[0, 2]].is_nan());
        assert!(tally.responses(0.0, None)[[0, 1]].is_nan());
    }

    #[test]
    fn nan_samples_take_no_time() {
        let visits = visits(&[(0.0, 3.0, 0, 0)]);
        let tally = tally_samples(&[0.0, 1.0, 2.0, 3.0], &[1.0, f64::NAN, 4.0, 9.0], 1.0, &visits, 1, 1);
        assert_eq!((tally.total[[0, 0]], tally.occupancy_s[[0, 0]]), (5.0, 2.0));
    }
}
