//! A simulated data set with a tenth of its counts held out.

use std::error::Error;

use ndarray::Array2;
use neuroloom_bicluster::{Counts, Family, HeldOutEntry, HoldOut, log_probability};
use neuroloom_core::Seed;
use neuroloom_simulate::bicluster::{self, Generator, Setting, Simulation};

/// Share of the counts that are held out.
const HELD_OUT: f64 = 0.1;

pub struct DataSet {
    pub setting: Setting,
    pub seed: u64,
    pub truth: Simulation,
    pub counts: Counts,
    pub held_out: Vec<HeldOutEntry>,
}

impl DataSet {
    pub fn new(setting: Setting, seed: u64) -> Result<Self, Box<dyn Error>> {
        let node = Seed::root(seed).child("recovery");
        let truth = Simulation::draw(&Generator::of(setting), node.child("simulation"))?;
        let (n_units, n_bins) = truth.counts.dim();
        let mut seen = Array2::from_elem((n_units, n_bins), true);
        let mut held_out = Vec::new();
        for unit in 0..n_units {
            let bins = HoldOut::Speckled.bins(&unit.to_string(), &vec![true; n_bins], HELD_OUT, node);
            for bin in bins {
                seen[[unit, bin]] = false;
                held_out.push(HeldOutEntry { unit, bin, count: truth.counts[[unit, bin]] });
            }
        }
        let counts = Counts::new(truth.counts.clone(), seen, std::iter::once(0..n_bins).collect());
        Ok(Self { setting, seed, truth, counts, held_out })
    }

    /// Log probability of a held-out count under the model that the counts were drawn from, on average.
    pub fn true_log_probability(&self) -> f64 {
        let r = self.truth.generator.dispersion;
        let family = match self.truth.generator.family {
            bicluster::Family::Poisson => Family::Poisson,
            bicluster::Family::NegativeBinomial => Family::NegativeBinomial,
        };
        let of = |entry: &HeldOutEntry| {
            log_probability(entry.count, self.truth.rates[[entry.unit, entry.bin]].ln(), r, family)
        };
        self.held_out.iter().map(of).sum::<f64>() / self.held_out.len() as f64
    }
}
