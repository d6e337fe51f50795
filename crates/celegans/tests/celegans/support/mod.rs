//! Synthetic recordings, and the method written out slowly.
use neuroloom_celegans::{Fate, HomogeniseParams, Homogenised, Outcome, RawColumn, Recording, homogenise};
use neuroloom_core::Seed;

/// Uniform numbers in [0, 1) by Knuth's linear congruential generator.
pub struct Uniform(pub u64);

impl Uniform {
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A clock around `dt_s` with a tenth of jitter.
pub fn jittered(n: usize, dt_s: f64, seed: u64) -> Vec<f64> {
    let mut uniform = Uniform(seed);
    (0..n).map(|i| dt_s * (i as f64 + 0.1 * uniform.next())).collect()
}

/// A recording with one column per label.
pub fn recording(labels: &[Option<&str>], times_s: Vec<f64>) -> Recording<'static> {
    let trace = |column: usize| -> Vec<f64> {
        let mut uniform = Uniform(column as u64 + 17);
        let period = 5.0 + 3.0 * column as f64;
        times_s.iter().map(|t| (t / period).sin() + 0.2 * uniform.next()).collect()
    };
    let columns = labels.iter().enumerate().map(|(column, label)| RawColumn {
        raw_column: column as i64,
        label_given: label.map(str::to_owned),
        trace: trace(column).into(),
    });
    Recording {
        id: "Test2024/worm".into(),
        source: "Test2024".into(),
        file: "worm.h5".into(),
        signal_unit: "F/F20".into(),
        licence_note: None,
        columns: columns.collect(),
        times_s: times_s.into(),
    }
}

pub fn run(recording: &Recording<'_>, params: &HomogeniseParams) -> Outcome {
    homogenise(recording, params, Seed::root(3)).unwrap()
}

pub fn used(outcome: Outcome) -> Homogenised {
    match outcome.fate {
        Fate::Used(recording) => recording,
        Fate::Skipped(reason) => panic!("skipped: {reason}"),
    }
}

/// The equations of the method, one neuron and one sample at a time.
pub mod slow {
    pub fn residual(x: &[f64], t: &[f64]) -> Vec<f64> {
        let n = x.len();
        let inner = |i: usize| {
            let (a, b) = (t[i] - t[i - 1], t[i + 1] - t[i]);
            (a * a * x[i + 1] + (b * b - a * a) * x[i] - b * b * x[i - 1]) / (a * b * (a + b))
        };
        let value = |i: usize| match i {
            0 => (x[1] - x[0]) / (t[1] - t[0]),
            i if i == n - 1 => (x[i] - x[i - 1]) / (t[i] - t[i - 1]),
            i => inner(i),
        };
        (0..n).map(value).collect()
    }

    pub fn moving(x: &[f64], window: usize) -> Vec<f64> {
        let half = if window.is_multiple_of(2) { window / 2 } else { (window - 1) / 2 };
        let mean = |j: usize| {
            let first = j.saturating_sub(half);
            x[first..=j].iter().sum::<f64>() / (j - first + 1) as f64
        };
        (0..x.len()).map(mean).collect()
    }

    pub fn gaussian(x: &[f64], sigma: f64) -> Vec<f64> {
        let mean = |j: usize| {
            let weight = |d: usize| (-(d as f64).powi(2) / (2.0 * sigma * sigma)).exp();
            let (mut sum, mut norm) = (0.0, 0.0);
            for d in 0..=j {
                sum += weight(d) * x[j - d];
                norm += weight(d);
            }
            sum / norm
        };
        (0..x.len()).map(mean).collect()
    }

    pub fn interpolate(x: &[f64], t: &[f64], at: f64) -> f64 {
        let i = (1..t.len() - 1).find(|&i| t[i] > at).unwrap_or(t.len() - 1);
        x[i - 1] + (at - t[i - 1]) / (t[i] - t[i - 1]) * (x[i] - x[i - 1])
    }

    pub fn resample(x: &[f64], t: &[f64], dt: f64, up: bool) -> Vec<f64> {
        let end = t[t.len() - 1];
        let at = |step: f64| -> Vec<f64> {
            (0..(end / step).ceil() as usize).map(|k| interpolate(x, t, k as f64 * step)).collect()
        };
        if up {
            return at(dt);
        }
        at(dt / 6.0).chunks_exact(6).map(|fine| fine.iter().sum::<f64>() / 6.0).collect()
    }
}
