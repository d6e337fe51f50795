//! The affinity tensor of several animals, without its entries.

use ndarray::{Array2, ArrayD};

use crate::affinity::{Combine, DenseAffinity, observed, sum_of_squares};

/// How the affinities of all pairs of neurons make a tensor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// `X[t, w, q]`: time x animal x pair; `q` is the rank of (i, j), i < j, row-major.
    #[default]
    Pairs,
    /// `X[i, j, t]` of one animal, `X[i, j, t, w]` of several: neuron x neuron x time (x animal).
    Square,
}

/// The signed roots of the affinity of all animals: `a_ij(t) = |h_i(t)| |h_j(t)|` where both have one sign, else 0,
/// and `a_ii = 0`. Everything that scales the affinity (`power`, the norm of an animal) is in `h` already.
#[derive(Clone, Debug, PartialEq)]
pub struct ImplicitAffinity {
    /// The layout of the tensor that this stands for.
    pub layout: Layout,
    /// Names of the neurons, in the order of their mode; the same for all animals.
    pub neurons: Vec<String>,
    /// Time of frame 0, seconds.
    pub t0_s: f64,
    /// Interval between frames, seconds.
    pub dt_s: f64,
    /// The animals, at least one, all with the same number of frames.
    pub worms: Vec<Worm>,
}

/// The signed roots of one animal.
#[derive(Clone, Debug, PartialEq)]
pub struct Worm {
    /// Name of the recording.
    pub recording_id: String,
    /// Signed roots `[n_neurons, n_frames]`; 0 where a neuron is not observed.
    pub h: Array2<f64>,
    /// Whether the neuron was identified and observed, `[n_neurons]`. A pair is masked where one of its two is not.
    pub observed: Vec<bool>,
}

impl ImplicitAffinity {
    /// Neurons along their mode.
    pub fn n_neurons(&self) -> usize {
        self.neurons.len()
    }

    /// Frames along the mode of time.
    pub fn n_frames(&self) -> usize {
        self.worms.first().map_or(0, |worm| worm.h.ncols())
    }

    /// Whether any pair of any animal is masked.
    pub fn has_gaps(&self) -> bool {
        self.worms.iter().any(|worm| worm.observed.contains(&false))
    }

    /// `||X||²` of the tensor, without its entries.
    pub fn sum_of_squares(&self) -> f64 {
        let of_worm = |worm: &Worm| sum_of_squares(worm.h.view(), Combine::Geometric, self.layout);
        self.worms.iter().map(of_worm).sum()
    }

    /// The tensor with all its entries: `[n_frames, n_worms, n_pairs]` in the layout of pairs, else
    /// `[n_neurons, n_neurons, n_frames]` with a fourth mode for several animals. NaN where a neuron was not observed.
    pub fn to_dense(&self) -> ArrayD<f64> {
        let roots: Vec<Array2<f64>> = self.worms.iter().map(Worm::roots).collect();
        DenseAffinity::new(&roots, Combine::Geometric, self.layout).to_array()
    }
}

impl Worm {
    /// Of signed roots `[n_neurons, n_frames]` in which NaN stands along the row of every neuron that was not
    /// observed. A neuron with a single NaN counts as not observed.
    pub fn from_roots(recording_id: impl Into<String>, mut roots: Array2<f64>) -> Self {
        let observed = observed(&roots);
        for (mut row, _) in roots.rows_mut().into_iter().zip(&observed).filter(|(_, observed)| !**observed) {
            row.fill(0.0);
        }
        Self { recording_id: recording_id.into(), h: roots, observed }
    }

    /// The signed roots with NaN along the row of every neuron that was not observed.
    pub fn roots(&self) -> Array2<f64> {
        let mut roots = self.h.clone();
        for (mut row, _) in
            roots.rows_mut().into_iter().zip(&self.observed).filter(|(_, observed)| !**observed)
        {
            row.fill(f64::NAN);
        }
        roots
    }
}
