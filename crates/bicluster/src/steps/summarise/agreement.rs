//! How far groups agree with what is known, beside plain methods.

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result, Seed, Table};
use neuroloom_math::Contingency;
use neuroloom_table::{Columns, NumberColumn, TextColumn};

use super::analysis::Analysis;
use super::index::Recording;
use crate::{Counts, baselines};

/// Agreement of one method with known labels.
pub(super) struct Agreement {
    /// `neurons` or `bins`.
    pub(super) of: &'static str,
    pub(super) against: String,
    pub(super) method: &'static str,
    pub(super) n_things: usize,
    pub(super) n_groups: usize,
    pub(super) n_known: usize,
    pub(super) ari: f64,
    pub(super) ami: f64,
}

/// Known labels of neurons or bins.
pub(super) struct Known {
    pub(super) name: String,
    /// None where nothing is known of a thing.
    pub(super) labels: Vec<Option<String>>,
}

/// What this step found: the method in the table.
pub(super) const OURS: &str = "bicluster";

impl Known {
    fn n_groups(&self) -> usize {
        let mut labels: Vec<&String> = self.labels.iter().flatten().collect();
        labels.sort();
        labels.dedup();
        labels.len()
    }
}

/// The known group of every neuron: the column `column` of `truth`, else regions, if there are at least two.
///
/// # Errors
/// When the table at `truth` lacks columns, or knows none of the neurons.
pub(super) fn known_neurons(
    truth: Option<&Table>,
    column: &str,
    recording: &Recording,
) -> Result<Option<Known>> {
    let Some(table) = truth else {
        let labels = recording.units.iter().map(|unit| unit.region.clone()).collect();
        let known = Known { name: "region".into(), labels };
        return Ok((known.n_groups() > 1).then_some(known));
    };
    let (units, values) = (table.text("unit_id")?, Values::of(table, column)?);
    let recordings = table.text("recording_id").ok();
    let of_recording = |row: usize| recordings.is_none_or(|ids| ids.get(row) == Some(&recording.name));
    let rows = (0..table.n_rows()).filter(|&row| of_recording(row));
    let by_unit: BTreeMap<&str, String> =
        rows.filter_map(|row| Some((units.get(row)?, values.get(row)?))).collect();
    let labels: Vec<Option<String>> =
        recording.units.iter().map(|unit| by_unit.get(unit.name.as_str()).cloned()).collect();
    if labels.iter().all(Option::is_none) {
        return Err(Error::data("the table at `truth` knows none of the neurons")
            .at_object(format!("recording {:?}, column {column}", recording.name))
            .expected(format!(
                "unit_id to be one of those of the draws, like {:?}",
                recording.units.first().map(|unit| &unit.name)
            ))
            .found(format!("{} rows of other neurons", table.n_rows())));
    }
    Ok(Some(Known { name: column.to_owned(), labels }))
}

/// A column of words or numbers.
enum Values<'a> {
    Text(TextColumn<'a>),
    Numbers(NumberColumn<'a>),
}

impl<'a> Values<'a> {
    fn of(table: &'a Table, column: &str) -> Result<Self> {
        table.text(column).map(Self::Text).or_else(|_| table.numbers(column).map(Self::Numbers))
    }

    fn get(&self, row: usize) -> Option<String> {
        match self {
            Self::Text(texts) => texts.get(row).map(str::to_owned),
            Self::Numbers(numbers) => numbers.get(row).map(|number| number.to_string()),
        }
    }
}

/// Agreement of our groups and of plain methods, where there are counts, with all that is known.
///
/// # Errors
/// When a plain method fails.
pub(super) fn agreements(
    analysis: &Analysis,
    neurons: Option<&Known>,
    bins: Option<&Known>,
    counts: Option<&Counts>,
    seed: Seed,
) -> Result<Vec<Agreement>> {
    let mut found = Vec::new();
    if let Some(known) = neurons {
        found.push(agreement("neurons", OURS, &analysis.neurons.labels, known));
    }
    if let Some(known) = bins {
        found.push(agreement("bins", OURS, &analysis.bins.labels, known));
    }
    let Some(counts) = counts else { return Ok(found) };
    let failed = |e: neuroloom_math::MathError| Error::data(format!("a plain method failed: {e}"));
    if let Some(known) = neurons {
        let k = known.n_groups();
        let by_k_means = baselines::neurons_by_k_means(counts, k, seed.child("k_means"));
        found.push(agreement("neurons", "k_means", &by_k_means, known));
        let by_spectrum =
            baselines::neurons_by_spectrum(counts, k, &mut seed.child("spectral").rng()).map_err(failed)?;
        found.push(agreement("neurons", "spectral", &by_spectrum, known));
    }
    if let Some(known) = bins {
        let by_power = baselines::bins_by_power(counts, known.n_groups(), seed.child("power"));
        found.push(agreement("bins", "k_means_power", &by_power, known));
    }
    let sizes = [neurons, bins].map(|known| known.map_or(1, Known::n_groups));
    if neurons.is_some() || bins.is_some() {
        let [of_neurons, of_bins] =
            baselines::both_by_spectrum(counts, sizes, seed.child("bicluster")).map_err(failed)?;
        found.extend(neurons.map(|known| agreement("neurons", "spectral_bicluster", &of_neurons, known)));
        found.extend(bins.map(|known| agreement("bins", "spectral_bicluster", &of_bins, known)));
    }
    Ok(found)
}

fn agreement(of: &'static str, method: &'static str, labels: &[usize], known: &Known) -> Agreement {
    let both = labels.iter().zip(&known.labels).filter_map(|(&label, known)| Some((label, known.clone()?)));
    let (found, truth): (Vec<usize>, Vec<String>) = both.unzip();
    let table = Contingency::new(&found, &truth);
    let n_distinct = |labels: &[usize]| {
        let mut labels = labels.to_vec();
        labels.sort_unstable();
        labels.dedup();
        labels.len()
    };
    Agreement {
        of,
        against: known.name.clone(),
        method,
        n_things: found.len(),
        n_groups: n_distinct(&found),
        n_known: known.n_groups(),
        ari: table.adjusted_rand_index(),
        ami: table.adjusted_mutual_information(),
    }
}
