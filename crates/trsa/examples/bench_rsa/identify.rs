//! Identification of regions over the grid of thresholds, and its bootstrap.

use std::path::Path;

use neuroloom_core::Seed;
use neuroloom_trsa::RsaError;
use neuroloom_trsa::identify::{Bootstrap, Cell, Descriptor, Design, Observations, Resample, grid};

use crate::harness::{Outcome, measure, rdms};

/// Regions of every subject, in turn, as the array of the peer has them.
const N_REGIONS: usize = 9;

pub fn run(folder: &Path) -> Outcome {
    let rdms = rdms(folder, "identify")?;
    let label = |what: &str, number: usize| format!("{what}{number}");
    let subjects: Vec<String> = (0..rdms.len()).map(|i| label("s", i / N_REGIONS)).collect();
    let regions: Vec<String> = (0..rdms.len()).map(|i| label("r", i % N_REGIONS)).collect();
    let design = Design::new(&subjects, &regions)?;
    let no_stop = || Ok::<(), RsaError>(());
    let cells: Vec<Descriptor> = grid().into_iter().map(Descriptor::GeoTop).collect();
    measure("grid 63x92, 210 cells", || {
        Observations::new(&rdms, design.clone())?.identify_all(&cells, no_stop)
    })?;
    let descriptors = bootstrapped()?;
    let bootstrap = Bootstrap { n: 20, resample: Resample::Rows, stimuli: true };
    measure("bootstrap 63x92, 20 samples, 12 cells", || {
        Observations::new(&rdms, design.clone())?.bootstrap(&descriptors, bootstrap, Seed::root(1), no_stop)
    })
}

fn bootstrapped() -> Result<Vec<Descriptor>, RsaError> {
    (0..12)
        .map(|i| Ok(Descriptor::GeoTop(Cell::new(f64::from(i) / 20.0, 0.4 + f64::from(i) / 20.0)?)))
        .collect()
}
