//! Spike counts, and which of them the chain sees.

use std::ops::Range;

use ndarray::{Array2, ArrayView1};

/// Spike counts of one recording, `[n_units, n_bins]`, with a mask of what the chain sees. What is held out or missing
/// is stored as a count of 0 here and never read: the values held out for scores live elsewhere.
#[derive(Clone, Debug)]
pub struct Counts {
    counts: Array2<u32>,
    seen: Array2<bool>,
    segments: Vec<Range<usize>>,
}

impl Counts {
    /// Counts with the entries that are seen, and contiguous stretches of bins that cover all bins in order. Entries
    /// that are not seen become 0.
    pub fn new(mut counts: Array2<u32>, seen: Array2<bool>, segments: Vec<Range<usize>>) -> Self {
        counts.zip_mut_with(&seen, |count, &seen| *count *= u32::from(seen));
        Self { counts, seen, segments }
    }

    /// Number of neurons, N.
    pub fn n_units(&self) -> usize {
        self.counts.nrows()
    }

    /// Number of bins of all segments, T.
    pub fn n_bins(&self) -> usize {
        self.counts.ncols()
    }

    /// Counts of a neuron, `[n_bins]`; 0 where [`Counts::seen`] is false.
    pub fn unit(&self, unit: usize) -> ArrayView1<'_, u32> {
        self.counts.row(unit)
    }

    /// Which bins of a neuron the chain sees, `[n_bins]`.
    pub fn seen(&self, unit: usize) -> ArrayView1<'_, bool> {
        self.seen.row(unit)
    }

    /// Contiguous stretches of bins; latents and states start anew with each.
    pub fn segments(&self) -> &[Range<usize>] {
        &self.segments
    }

    /// Bins t that have a next bin t + 1 in their segment, in order: the steps that a state drives.
    pub fn steps(&self) -> impl Iterator<Item = usize> + '_ {
        self.segments.iter().flat_map(|segment| segment.start..segment.end.saturating_sub(1))
    }
}
