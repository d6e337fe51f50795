//! How far apart two series of numbers are.

use serde::Serialize;

/// Values below which a correlation says nothing: two points always lie on a line.
const FEWEST_FOR_CORRELATION: u64 = 3;

/// How far apart the values of a column are in the rows that both tables have.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Distance {
    /// Pairs of values that were compared: those that both tables have.
    pub values: u64,
    /// Pairs of finite values that are not equal; 0 and −0 are equal.
    pub differing: u64,
    /// Largest |a − b| of finite values, in the unit of the column; none where all are equal.
    pub max_absolute: Option<f64>,
    /// Largest |a − b| / max(|a|, |b|) of finite values; none where all are equal.
    pub max_relative: Option<f64>,
    /// Pairs of which one value is finite and the other NaN or infinite, or both are infinite or NaN and not the same.
    pub not_finite: u64,
    /// Lists of unequal lengths, whose items are not compared.
    pub lengths: u64,
    /// Pearson correlation of the finite pairs; none where nothing differs, of fewer than three pairs, and where all
    /// values of one side are equal.
    pub correlation: Option<f64>,
}

/// Collects a [`Distance`] pair by pair.
#[derive(Clone, Debug, Default)]
pub(super) struct Meter {
    distance: Distance,
    moments: Moments,
}

impl Meter {
    /// Takes a pair of numbers; says whether they differ.
    pub fn pair(&mut self, a: f64, b: f64) -> bool {
        self.distance.values += 1;
        if !a.is_finite() || !b.is_finite() {
            let differ = a != b && !(a.is_nan() && b.is_nan());
            self.distance.not_finite += u64::from(differ);
            return differ;
        }
        self.moments.add(a, b);
        self.note(a != b, (a - b).abs(), a.abs().max(b.abs()))
    }

    /// Takes a pair of integers, which are compared exactly; says whether they differ.
    pub fn integers(&mut self, a: i64, b: i64) -> bool {
        self.distance.values += 1;
        self.moments.add(a as f64, b as f64);
        self.note(a != b, a.abs_diff(b) as f64, a.unsigned_abs().max(b.unsigned_abs()) as f64)
    }

    /// Takes a pair of lists of different lengths.
    pub fn lengths(&mut self) {
        self.distance.lengths += 1;
    }

    fn note(&mut self, differ: bool, absolute: f64, scale: f64) -> bool {
        if differ {
            let larger = |most: Option<f64>, value: f64| Some(most.map_or(value, |most| most.max(value)));
            self.distance.differing += 1;
            // The difference of two finite numbers may be none.
            self.distance.max_absolute = larger(self.distance.max_absolute, absolute.min(f64::MAX));
            self.distance.max_relative = larger(self.distance.max_relative, (absolute / scale).min(2.0));
        }
        differ
    }

    /// What was collected.
    pub fn finish(self) -> Distance {
        let differs = self.distance.differing > 0;
        let correlation = self.moments.correlation().filter(|_| differs);
        Distance { correlation, ..self.distance }
    }
}

/// Running means and (co)variances (Welford 1962).
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    n: u64,
    mean_a: f64,
    mean_b: f64,
    aa: f64,
    bb: f64,
    ab: f64,
}

impl Moments {
    fn add(&mut self, a: f64, b: f64) {
        self.n += 1;
        let n = self.n as f64;
        let (to_a, to_b) = (a - self.mean_a, b - self.mean_b);
        self.mean_a += to_a / n;
        self.mean_b += to_b / n;
        self.aa += to_a * (a - self.mean_a);
        self.bb += to_b * (b - self.mean_b);
        self.ab += to_a * (b - self.mean_b);
    }

    fn correlation(&self) -> Option<f64> {
        let correlation = self.ab / (self.aa.sqrt() * self.bb.sqrt());
        (self.n >= FEWEST_FOR_CORRELATION && correlation.is_finite()).then(|| correlation.clamp(-1.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(a: &[f64], b: &[f64]) -> Distance {
        let mut meter = Meter::default();
        for (&a, &b) in a.iter().zip(b) {
            meter.pair(a, b);
        }
        meter.finish()
    }

    #[test]
    fn correlation_is_that_of_the_textbook() {
        // Σ(a − 2.5)(b − 3) = 6, Σ(a − 2.5)² = 5, Σ(b − 3)² = 10.
        let found = distance(&[1.0, 2.0, 3.0, 4.0], &[2.0, 1.0, 4.0, 5.0]).correlation.unwrap();
        assert!((found - 6.0 / 50f64.sqrt()).abs() < 1e-15, "{found}");
        assert_eq!(distance(&[1.0, 2.0, 3.0], &[7.0, 7.0, 7.0]).correlation, None);
        assert_eq!(distance(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0]).correlation, None);
    }

    #[test]
    fn zeros_of_both_signs_are_equal() {
        assert_eq!(distance(&[0.0], &[-0.0]).differing, 0);
    }

    #[test]
    fn the_ends_of_the_range_stay_finite() {
        let found = distance(&[f64::MAX], &[-f64::MAX]);
        assert_eq!((found.max_absolute, found.max_relative), (Some(f64::MAX), Some(2.0)));
        let mut meter = Meter::default();
        assert!(meter.integers(i64::MIN, i64::MAX));
        assert_eq!(meter.finish().max_absolute, Some(u64::MAX as f64));
        let mut meter = Meter::default();
        assert!(meter.integers(1 << 60, (1 << 60) + 1));
    }
}
