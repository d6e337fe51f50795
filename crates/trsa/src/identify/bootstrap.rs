use ndarray::{Array2, Axis};
use neuroloom_core::Seed;
use rand::{Rng, RngExt};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nearest::accuracy;
use super::sample::{Copies, Sample};
use super::{Descriptor, Observations};
use crate::{Result, RsaError};

/// What is drawn with replacement beside stimuli.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Resample {
    /// RDMs, as published.
    #[default]
    Rows,
    /// Subjects with all their RDMs: they are what the results are to hold for.
    Subjects,
}

/// A bootstrap of the accuracy: as many rows (or subjects) as there are and as many stimuli as there are, with replacement. The RDMs of
/// a sample are transformed and identified as the whole ones are. Every descriptor meets the same samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bootstrap {
    /// Samples.
    pub n: usize,
    /// What is drawn beside stimuli.
    pub resample: Resample,
    /// Whether stimuli are drawn, too.
    pub stimuli: bool,
}

impl Observations {
    /// Accuracies `[n_samples, n_descriptors]`; NaN where a sample has nothing to tell apart: fewer than three stimuli, no
    /// region of two subjects, an RDM without differences. The sample of a number depends on the seed alone. `tick` is called after each sample and may stop the work.
    ///
    /// # Errors
    /// When a descriptor has no accuracy in any sample, and what `tick` gives.
    pub fn bootstrap<E: From<RsaError> + Send>(
        &self,
        descriptors: &[Descriptor],
        bootstrap: Bootstrap,
        seed: Seed,
        tick: impl Fn() -> Result<(), E> + Sync,
    ) -> Result<Array2<f64>, E> {
        let sample = |number: usize| {
            let copies = self.draw(bootstrap, &mut seed.child_index(number as u64).rng());
            let accuracies = self.accuracies(&copies, descriptors);
            tick()?;
            Ok(accuracies)
        };
        let rows: Vec<Result<Vec<f64>, E>> = (0..bootstrap.n).into_par_iter().map(sample).collect();
        let mut accuracies = Array2::zeros((bootstrap.n, descriptors.len()));
        for (row, mut accuracies) in rows.into_iter().zip(accuracies.outer_iter_mut()) {
            accuracies.iter_mut().zip(row?).for_each(|(accuracy, found)| *accuracy = found);
        }
        let is_null = |column: ndarray::ArrayView1<'_, f64>| column.iter().all(|accuracy| accuracy.is_nan());
        if bootstrap.n > 0 && accuracies.axis_iter(Axis(1)).any(is_null) {
            return Err(RsaError::NoUsableSample { n: bootstrap.n }.into());
        }
        Ok(accuracies)
    }

    fn draw(&self, bootstrap: Bootstrap, rng: &mut impl Rng) -> Copies {
        let rows = match bootstrap.resample {
            Resample::Rows => multiplicities(self.n_rows(), rng),
            Resample::Subjects => {
                let subjects = multiplicities(self.design().subjects().len(), rng);
                self.design().rows().iter().map(|row| subjects[row.subject]).collect()
            }
        };
        let n_stimuli = self.n_stimuli();
        let stimuli = if bootstrap.stimuli { multiplicities(n_stimuli, rng) } else { vec![1; n_stimuli] };
        Copies { rows, stimuli }
    }

    fn accuracies(&self, copies: &Copies, descriptors: &[Descriptor]) -> Vec<f64> {
        const FEWEST_STIMULI: usize = 3;
        if copies.stimuli.iter().filter(|&&copies| copies > 0).count() < FEWEST_STIMULI {
            return vec![f64::NAN; descriptors.len()];
        }
        let sample = Sample::new(self, copies);
        let of = |&descriptor: &Descriptor| {
            let squared = sample.squared_distances(descriptor).ok()?;
            accuracy(sample.rows(), &squared, self.design())
        };
        descriptors.iter().map(|descriptor| of(descriptor).unwrap_or(f64::NAN)).collect()
    }
}

/// How often each of `n` things is drawn in `n` draws with replacement.
fn multiplicities(n: usize, rng: &mut impl Rng) -> Vec<u32> {
    let mut copies = vec![0; n];
    for _ in 0..n {
        copies[rng.random_range(0..n)] += 1;
    }
    copies
}
