//! The axis of a behavioural variable.

use neuroloom_core::Result;

use super::{Condition, Geometry};
use crate::UniformBins;

/// A behavioural variable cut into bins of equal width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BehaviourAxis {
    bins: UniformBins,
    low: f64,
    high: f64,
    geometry: Geometry,
}

impl BehaviourAxis {
    /// `n_bins` bins over `[low, high)`. On a circle `high - low` is the period; on a line `high` itself belongs
    /// to the last bin.
    ///
    /// # Errors
    /// When there is no bin or the range is empty.
    pub fn new(geometry: Geometry, low: f64, high: f64, n_bins: usize) -> Result<Self> {
        let bins = UniformBins::new(low, (high - low) / n_bins as f64, n_bins)?;
        Ok(Self { bins, low, high, geometry })
    }

    /// Number of bins.
    pub fn n_bins(&self) -> usize {
        self.bins.n_bins()
    }

    /// Whether the last bin is next to the first.
    pub fn geometry(&self) -> Geometry {
        self.geometry
    }

    /// The bin of `value`; none for NaN, infinities and, on a line, values outside the range.
    pub fn bin(&self, value: f64) -> Option<usize> {
        let value = match self.geometry {
            Geometry::Linear => value,
            Geometry::Circular => self.low + (value - self.low).rem_euclid(self.high - self.low),
        };
        let at_end = value >= self.bins.edge(self.n_bins()) && value <= self.high;
        match self.geometry {
            // `rem_euclid` of a tiny negative number rounds to the period itself.
            Geometry::Circular if value >= self.high => Some(0),
            _ if at_end => Some(self.n_bins() - 1),
            _ => self.bins.index(value),
        }
    }

    /// The bins as conditions: the value is the centre, the label the centre with as many decimals as tell
    /// neighbours apart.
    pub fn conditions(&self) -> Vec<Condition> {
        let decimals = (1.0 - self.bins.width().log10().floor()).clamp(0.0, 17.0) as usize + 1;
        let condition =
            |centre: f64| Condition { label: format!("{centre:.decimals$}"), value: Some(centre) };
        (0..self.n_bins()).map(|k| condition(self.bins.centre(k))).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::f64::consts::TAU;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_circle_closes_without_a_seam() {
        let axis = BehaviourAxis::new(Geometry::Circular, 0.0, TAU, 36).unwrap();
        assert_eq!(axis.bin(0.0), Some(0));
        assert_eq!(axis.bin(TAU), Some(0));
        assert_eq!(axis.bin(TAU.next_down()), Some(35));
        assert_eq!(axis.bin(-1e-300), Some(0));
        assert_eq!(axis.bin(-0.01), Some(35));
        assert_eq!(axis.bin(f64::NAN), None);
        assert_eq!(axis.bin(f64::INFINITY), None);
    }

    #[test]
    fn the_line_ends_with_its_last_value() {
        let axis = BehaviourAxis::new(Geometry::Linear, -0.1, 0.6, 7).unwrap();
        assert_eq!([axis.bin(-0.1), axis.bin(0.6)], [Some(0), Some(6)]);
        assert_eq!([axis.bin(-0.11), axis.bin(0.61), axis.bin(f64::NAN)], [None; 3]);
    }

    proptest! {
        #[test]
        fn every_angle_has_a_bin_and_whole_turns_do_not_matter(angle in -100.0..100.0f64, n_bins in 1usize..400) {
            let axis = BehaviourAxis::new(Geometry::Circular, -1.0, TAU - 1.0, n_bins).unwrap();
            let bin = axis.bin(angle).unwrap();
            let centre = axis.conditions()[bin].value.unwrap();
            let distance = (angle - centre + TAU / 2.0).rem_euclid(TAU) - TAU / 2.0;
            prop_assert!(distance.abs() <= 0.5 * TAU / n_bins as f64 + 1e-12);
        }

        #[test]
        fn labels_are_unique(low in -1e3..1e3f64, width in 1e-4..1e3f64, n_bins in 1usize..300) {
            let axis = BehaviourAxis::new(Geometry::Linear, low, low + width, n_bins).unwrap();
            let labels: BTreeSet<String> = axis.conditions().into_iter().map(|c| c.label).collect();
            prop_assert_eq!(labels.len(), n_bins);
        }
    }
}
