//! Lin2023: a MATLAB 5 file per worm.
//!
//! `corrected_F` is `[n_neurons, n_samples]`; its first sample is the first column of `F_0`. Neurons with `use_flag` above 0
//! are kept, with their names in `proofread_neurons`; the last field of `times` has the times.

use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result};
use neuroloom_io::mat5::{File, MatValue, Variable, View};

use crate::listing::stem;
use crate::shape::{self, Extents};
use crate::worm::{Header, Layout, Worm};

/// One file, which is one worm.
pub(super) struct LinFile {
    path: PathBuf,
    header: Header,
}

/// Opens the file at `path` by its headers.
///
/// # Errors
/// When it is no MATLAB 5 file, or has no matrix `corrected_F`.
pub(super) fn open(path: &Path) -> Result<LinFile> {
    let file = File::open(path)?;
    let traces = file.variables().iter().rfind(|variable| variable.name == "corrected_F");
    let Some([n_neurons, n_samples]) = traces.map(|variable| variable.shape.as_slice()) else {
        return Err(Error::data("the file has no matrix of traces")
            .at_file(path)
            .at_object("corrected_F")
            .expected("a matrix [n_neurons, n_samples]"));
    };
    let sized = Header::sized(stem(path), *n_neurons as u64, *n_samples as u64);
    // Which neurons are kept is no part of a header.
    let header = Header { n_columns: None, held_bytes: sized.most_values.saturating_mul(16), ..sized };
    Ok(LinFile { path: path.to_path_buf(), header })
}

impl Layout for LinFile {
    fn worms(&self) -> Vec<Header> {
        vec![self.header.clone()]
    }

    fn read(&self, _: usize) -> Result<Worm> {
        let file = File::open(&self.path)?;
        let flags = flat(&file.read("use_flag")?)?;
        let names = file.read("proofread_neurons")?;
        let times_s = times(&file.read("times")?)?;
        let traces = Matrix::of(&file.read("corrected_F")?)?;
        let baseline = Matrix::of(&file.read("F_0")?)?;
        let extents = Extents { n_samples: traces.n_columns, n_columns: traces.n_rows };
        let n_names = names.view().cells()?.items.len();
        extents.check_exactly(n_names, times_s.len())?;
        for (what, found) in [("use_flag", flags.len()), ("F_0", baseline.n_rows)] {
            if found != traces.n_rows {
                return Err(Error::data("flags, baselines and traces differ in their number of neurons")
                    .at_file(&self.path)
                    .at_object(what)
                    .expected(traces.n_rows.to_string())
                    .found(found.to_string()));
            }
        }
        let kept = flags.iter().enumerate().filter(|(_, flag)| **flag > 0.0).map(|(neuron, _)| neuron);
        let column = |neuron: usize| -> Result<_> {
            let mut trace = traces.row(neuron);
            if let (Some(first), Some(baseline)) = (trace.first_mut(), baseline.get(neuron, 0)) {
                *first = baseline;
            }
            Ok(shape::column(neuron, name(&names.view().cell(neuron)?)?, trace))
        };
        let columns = kept.map(column).collect::<Result<Vec<_>>>()?;
        let n_left_out = traces.n_rows - columns.len();
        let mut worm = Worm::new(times_s, columns);
        if n_left_out > 0 {
            worm.notes.push(format!("{n_left_out} neurons without `use_flag` left out"));
        }
        Ok(worm)
    }
}

/// A matrix as MATLAB keeps it, by columns.
struct Matrix {
    n_rows: usize,
    n_columns: usize,
    values: Vec<f64>,
}

impl Matrix {
    fn of(variable: &Variable) -> Result<Self> {
        let view = variable.view();
        let numbers = view.numbers()?;
        match numbers.shape.as_slice() {
            [n_rows, n_columns] => {
                Ok(Self { n_rows: *n_rows, n_columns: *n_columns, values: numbers.values.to_f64() })
            }
            shape => Err(view.error("not a matrix").expected("two extents").found(format!("{shape:?}"))),
        }
    }

    fn get(&self, row: usize, column: usize) -> Option<f64> {
        self.values.get(column.checked_mul(self.n_rows)?.checked_add(row)?).copied()
    }

    fn row(&self, row: usize) -> Vec<f64> {
        (0..self.n_columns).filter_map(|column| self.get(row, column)).collect()
    }
}

/// Numbers or truth values, flat.
fn flat(variable: &Variable) -> Result<Vec<f64>> {
    match &variable.value {
        MatValue::Logical(flags) => Ok(flags.values.iter().map(|flag| f64::from(u8::from(*flag))).collect()),
        _ => Ok(variable.view().numbers()?.values.to_f64()),
    }
}

/// The last field of the struct.
fn times(variable: &Variable) -> Result<Vec<f64>> {
    let view = variable.view();
    let Some(last) = view.structs()?.fields.last() else {
        return Err(view.error("the struct of times has no fields"));
    };
    Ok(view.record_field(0, last)?.numbers()?.values.to_f64())
}

/// A name, which may lie in a cell of its own; what is no text is no name.
fn name(item: &View<'_>) -> Result<Option<String>> {
    match item.value() {
        MatValue::Cell(cells) if cells.items.is_empty() => Ok(None),
        MatValue::Cell(_) => name(&item.cell(0)?),
        MatValue::Char(_) => Ok(Some(item.text()?.to_owned())),
        _ => Ok(None),
    }
}
