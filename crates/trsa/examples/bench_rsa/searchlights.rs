//! Dissimilarities around many centres.

use std::hint::black_box;
use std::path::Path;

use ndarray::Array2;
use neuroloom_trsa::RsaError;
use neuroloom_trsa::estimators::{Estimator, Method};
use neuroloom_trsa::searchlight::{Neighbourhoods, Searchlight, Window};
use rayon::prelude::*;

use crate::harness::{Outcome, measure, read};

pub fn run(folder: &Path) -> Outcome {
    let patterns: Array2<f64> = read(folder, "voxels")?;
    let members: Array2<i64> = read(folder, "members")?;
    let lists = members.outer_iter().map(|row| row.iter().map(|&channel| channel as usize).collect());
    let neighbourhoods = Neighbourhoods::listed(lists.collect(), patterns.ncols())?;
    measure("searchlight correlation 10000x92x100", || {
        first_of_all(&Searchlight::new(Estimator::new(Method::Correlation), &patterns)?, &neighbourhoods)
    })?;
    measure("searchlight euclidean 10000x92x100", || {
        first_of_all(&Searchlight::new(Estimator::new(Method::Euclidean), &patterns)?, &neighbourhoods)
    })
}

/// Every RDM is made, and one entry of it kept: all RDMs would fill the memory.
fn first_of_all(
    searchlight: &Searchlight<'_>,
    neighbourhoods: &Neighbourhoods,
) -> Result<Vec<f64>, RsaError> {
    let one = |(window, members): &mut (Window, Vec<usize>), centre: usize| {
        neighbourhoods.members_into(centre, members);
        Ok(black_box(searchlight.dissimilarities(members, window)?)[0])
    };
    (0..neighbourhoods.n_centres()).into_par_iter().map_init(Default::default, one).collect()
}
