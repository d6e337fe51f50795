//! RDMs of subjects and regions with a known share of signal.

use ndarray::Array2;
use neuroloom_core::Seed;
use neuroloom_trsa::identify::{Design, Observations};
use neuroloom_trsa::{Rdm, estimators, n_pairs};
use rand::RngExt;

/// RDMs with their subjects and regions.
pub struct Simulated {
    pub rdms: Vec<Rdm>,
    pub subjects: Vec<String>,
    pub regions: Vec<String>,
}

impl Simulated {
    pub fn design(&self) -> Design {
        Design::new(&self.subjects, &self.regions).unwrap()
    }

    pub fn observations(&self) -> Observations {
        Observations::new(&self.rdms, self.design()).unwrap()
    }
}

/// Dissimilarities of a region, the same for all subjects, plus noise of each subject; all positive.
pub fn simulated(seed: u64, n_subjects: usize, n_regions: usize, n_stimuli: usize, noise: f64) -> Simulated {
    let mut rng = Seed::root(seed).rng();
    let labels: Vec<String> = (0..n_stimuli).map(|i| format!("s{i:02}")).collect();
    let mut own = || (0..n_pairs(n_stimuli)).map(|_| rng.random()).collect::<Vec<f64>>();
    let signatures: Vec<Vec<f64>> = (0..n_regions).map(|_| own()).collect();
    let (mut rdms, mut subjects, mut regions) = (Vec::new(), Vec::new(), Vec::new());
    for subject in 0..n_subjects {
        for (region, signature) in signatures.iter().enumerate() {
            let values = signature.iter().zip(own()).map(|(signal, noisy)| signal + noise * noisy);
            let name = format!("subject{subject}/region{region}");
            rdms.push(Rdm::new(name, labels.clone(), values.collect()).unwrap());
            subjects.push(format!("subject{subject}"));
            regions.push(format!("region{region}"));
        }
    }
    Simulated { rdms, subjects, regions }
}

/// Distances of random patterns: RDMs with nothing in them.
pub fn patterns(seed: u64, n_stimuli: usize, n_channels: usize) -> Vec<f64> {
    let mut rng = Seed::root(seed).rng();
    let patterns = Array2::from_shape_fn((n_stimuli, n_channels), |_| rng.random::<f64>());
    estimators::euclidean(&patterns).unwrap()
}
