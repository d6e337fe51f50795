//! Intervals that hold most draws.

/// Mean and highest-density interval of draws.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Interval {
    /// Mean.
    pub mean: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// The mean of the draws and the shortest interval from draw to draw that spans a share `mass` of them (0.95: 95 %),
    /// for one peak; sorts them. NaN where there are none.
    pub fn of(draws: &mut [f64], mass: f64) -> Self {
        draws.sort_unstable_by(f64::total_cmp);
        let n = draws.len();
        if n == 0 {
            return Self { mean: f64::NAN, low: f64::NAN, high: f64::NAN };
        }
        let mean = draws.iter().sum::<f64>() / n as f64;
        let reach = ((mass * n as f64).floor() as usize).min(n - 1);
        let spans = draws.iter().zip(draws.iter().skip(reach));
        let shortest = spans.fold(None, |best: Option<[f64; 2]>, (&low, &high)| match best {
            Some([a, b]) if b - a <= high - low => best,
            _ => Some([low, high]),
        });
        let [low, high] = shortest.unwrap_or([f64::NAN; 2]);
        Self { mean, low, high }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_the_shortest_one() {
        let mut draws: Vec<f64> = (0..100).map(|k| f64::from(k * k) / 100.0).collect();
        let found = Interval::of(&mut draws, 0.5);
        assert_eq!((found.low, found.high), (0.0, 25.0));
        assert!((found.mean - 32.835).abs() < 1e-9);
        assert_eq!(Interval::of(&mut [3.0], 0.95), Interval { mean: 3.0, low: 3.0, high: 3.0 });
        assert!(Interval::of(&mut [], 0.95).mean.is_nan());
    }
}
