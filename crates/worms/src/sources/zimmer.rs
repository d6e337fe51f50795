//! MATLAB 7.3 files of the Zimmer laboratory: Kato2015, Nichols2017, Skora2018, Kaplan2020, Uzel2022.
//!
//! One struct per file with, per worm, the labels of the columns, the traces `[n_samples, n_neurons]` and the times.

use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result};

use super::matlab_cells::{Field, Struct};
use crate::Source;
use crate::listing::stem;
use crate::shape::{self, Extents, Order};
use crate::worm::{Header, Layout, Worm, numbered};

const LABELS: [&str; 3] = ["IDs", "NeuronNames", "neuron_ID"];
const TRACES: [&str; 3] = ["traces", "deltaFOverF_bc", "traces_bleach_corrected"];
const TIMES: [&str; 3] = ["timeVectorSeconds", "tv", "time_vector"];

/// One file with several worms.
pub(super) struct ZimmerFile {
    path: PathBuf,
    source: Source,
    headers: Vec<Header>,
}

/// Opens the file at `path` by its headers.
///
/// # Errors
/// When it is no MATLAB 7.3 file, or its struct lacks traces.
pub(super) fn open(path: &Path, source: Source) -> Result<ZimmerFile> {
    let recordings = Struct::open(path, &struct_name(path, source))?;
    let traces = recordings.field(&TRACES)?;
    let n_worms = traces.n_worms();
    let mut headers = Vec::new();
    for worm in 0..n_worms {
        let name = numbered(&stem(path), worm, n_worms);
        // A worm whose traces are damaged is refused when it is read; the others are not.
        let extents = traces.of(worm).map(|path| recordings.extents(path));
        headers.push(match extents {
            Some(Ok((n_samples, n_columns))) => Header::sized(name, n_columns as u64, n_samples as u64),
            _ => Header { name, ..Header::default() },
        });
    }
    Ok(ZimmerFile { path: path.to_path_buf(), source, headers })
}

/// The struct is named as the file; in Kaplan2020 with the name of the data behind instead of in front.
fn struct_name(path: &Path, source: Source) -> String {
    let stem = stem(path);
    match (source, stem.strip_prefix("Neuron2019_Data_")) {
        (Source::Kaplan2020, Some(strain)) => format!("{strain}_Neuron2019"),
        _ => stem,
    }
}

/// The strain or condition, which only the name of the file tells.
fn strain(path: &Path, source: Source) -> Option<String> {
    let stem = stem(path);
    match source {
        Source::Kaplan2020 => stem.strip_prefix("Neuron2019_Data_").map(str::to_owned),
        Source::Uzel2022 => stem.strip_prefix("Uzel_").map(str::to_owned),
        _ => stem.split_once('_').map(|(strain, _)| strain.to_owned()),
    }
}

impl Layout for ZimmerFile {
    fn worms(&self) -> Vec<Header> {
        self.headers.clone()
    }

    fn read(&self, worm: usize) -> Result<Worm> {
        let recordings = Struct::open(&self.path, &struct_name(&self.path, self.source))?;
        let (traces, times) = (recordings.field(&TRACES)?, recordings.field(&TIMES)?);
        let labels = match &traces {
            // A single worm without cells around it: the names are the items of the field itself.
            Field::One(_) => recordings.labels(&recordings.path_of(&LABELS)?)?,
            Field::PerWorm(_) => recordings.labels(self.of(&recordings.field(&LABELS)?, worm)?)?,
        };
        let traces = self.of(&traces, worm)?.to_owned();
        let times_s = recordings.numbers(self.of(&times, worm)?)?;
        let (n_samples, n_columns) = recordings.extents(&traces)?;
        let extents = Extents { n_samples, n_columns };
        extents.check_exactly(labels.len(), times_s.len()).map_err(|error| error.at_object(&traces))?;
        // MATLAB keeps columns together, and a column is a neuron.
        let values = recordings.numbers(&traces)?;
        let mut found = Worm::new(times_s, shape::columns(&values, Order::ByNeuron, extents, labels));
        found.strain = strain(&self.path, self.source);
        found.session.description = Some(stem(&self.path));
        found.notes.extend(extents.suspicion());
        Ok(found)
    }
}

impl ZimmerFile {
    fn of<'a>(&self, field: &'a Field, worm: usize) -> Result<&'a str> {
        field.of(worm).ok_or_else(|| {
            Error::data("a field of the struct has fewer worms than another")
                .at_file(&self.path)
                .at_object(format!("worm {worm}"))
                .expected(format!("{} worms", self.headers.len()))
                .found(field.n_worms().to_string())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structs_and_strains_are_told_by_the_name_of_the_file() {
        let of = |name: &str, source| {
            let path = Path::new(name);
            (struct_name(path, source), strain(path, source).unwrap())
        };
        assert_eq!(of("WT_Stim.mat", Source::Kato2015), ("WT_Stim".to_owned(), "WT".to_owned()));
        assert_eq!(of("npr1_let.mat", Source::Nichols2017).1, "npr1");
        assert_eq!(of("Uzel_WT.mat", Source::Uzel2022), ("Uzel_WT".to_owned(), "WT".to_owned()));
        let kaplan = of("Neuron2019_Data_MNhisCl_RIShisCl.mat", Source::Kaplan2020);
        assert_eq!(kaplan, ("MNhisCl_RIShisCl_Neuron2019".to_owned(), "MNhisCl_RIShisCl".to_owned()));
    }
}
