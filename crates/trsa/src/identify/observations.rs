use ndarray::{Array2, Axis};
use rayon::prelude::*;

use super::nearest::{Identified, Row};
use super::ranks::Ascending;
use super::sample::{Copies, Sample};
use super::{Descriptor, Design};
use crate::{Rdm, Result, RsaError};

/// RDMs with their subjects and regions, sorted once for all descriptors and samples.
#[derive(Clone, Debug)]
pub struct Observations {
    design: Design,
    names: Vec<String>,
    n_stimuli: usize,
    /// `[n_rows, n_pairs]`, without the mean over rows: distances stay, and lose fewer digits.
    centred: Array2<f64>,
    ascending: Vec<Ascending>,
}

impl Observations {
    /// The RDMs of the design, their conditions brought into the order of the first.
    ///
    /// # Errors
    /// Fewer RDMs than the design is of, fewer than three conditions, different conditions, a missing dissimilarity.
    pub fn new(rdms: &[Rdm], design: Design) -> Result<Self> {
        let needed = design.rows().iter().map(|row| row.rdm + 1).max().unwrap_or(0);
        let Some(first) = rdms.first().filter(|_| rdms.len() >= needed) else {
            return Err(RsaError::UnequalLabels { subjects: needed, regions: rdms.len() });
        };
        let n_pairs = first.dissimilarities().len();
        let mut centred = Array2::zeros((design.rows().len(), n_pairs));
        let mut names = Vec::with_capacity(design.rows().len());
        for (row, mut values) in design.rows().iter().zip(centred.outer_iter_mut()) {
            let rdm = rdms[row.rdm].in_order_of(first)?;
            rdm.require(3)?;
            values.iter_mut().zip(rdm.dissimilarities()).for_each(|(value, d)| *value = *d);
            names.push(rdm.name().to_owned());
        }
        let ascending: Vec<Ascending> = (0..names.len())
            .into_par_iter()
            .map(|row| Ascending::of(centred.row(row).as_slice().unwrap_or_default()))
            .collect();
        if let Some(means) = centred.mean_axis(Axis(0)) {
            centred -= &means;
        }
        Ok(Self { design, names, n_stimuli: first.n_conditions(), centred, ascending })
    }

    /// Subjects and regions.
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// Name, subject and region of every RDM that takes part, in order.
    pub fn rdms(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.names.iter().zip(self.design.rows()).map(|(name, row)| {
            let (subject, region) =
                (&self.design.subjects()[row.subject], &self.design.regions()[row.region]);
            (name.as_str(), subject.as_str(), region.as_str())
        })
    }

    /// Identifies every RDM by what `descriptor` makes of it, its subject left out.
    ///
    /// # Errors
    /// A geo-topological transform of an RDM whose dissimilarities are all the same.
    pub fn identify(&self, descriptor: Descriptor) -> Result<Identified> {
        self.identify_in(&self.whole(), descriptor)
    }

    /// The same for many descriptors, in parallel. `tick` is called after each and may stop the work.
    ///
    /// # Errors
    /// Those of [`identify`](Self::identify), and what `tick` gives.
    pub fn identify_all<E: From<RsaError> + Send>(
        &self,
        descriptors: &[Descriptor],
        tick: impl Fn() -> Result<(), E> + Sync,
    ) -> Result<Vec<Identified>, E> {
        let sample = self.whole();
        let identify = |&descriptor: &Descriptor| {
            let identified = self.identify_in(&sample, descriptor)?;
            tick()?;
            Ok(identified)
        };
        let identified: Vec<Result<Identified, E>> = descriptors.par_iter().map(identify).collect();
        identified.into_iter().collect()
    }

    /// Every RDM and every stimulus once.
    fn whole(&self) -> Sample {
        Sample::new(self, &Copies { rows: vec![1; self.n_rows()], stimuli: vec![1; self.n_stimuli] })
    }

    fn identify_in(&self, sample: &Sample, descriptor: Descriptor) -> Result<Identified> {
        let squared = sample.squared_distances(descriptor)?;
        Ok(Identified::of(sample.rows(), &squared, &self.design))
    }

    pub(super) fn n_rows(&self) -> usize {
        self.names.len()
    }

    pub(super) fn n_stimuli(&self) -> usize {
        self.n_stimuli
    }

    pub(super) fn row(&self, row: usize) -> Row {
        let of = self.design.rows()[row];
        Row { subject: of.subject, region: of.region, weight: 1.0 }
    }

    pub(super) fn name(&self, row: usize) -> &str {
        &self.names[row]
    }

    pub(super) fn centred(&self) -> &Array2<f64> {
        &self.centred
    }

    pub(super) fn ascending(&self, row: usize) -> &Ascending {
        &self.ascending[row]
    }
}
