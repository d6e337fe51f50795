//! Writing the file.

use std::path::Path;

use neuroloom_core::files::StagedFile;
use neuroloom_core::{Error, Result};
use rust_hdf5::{H5File, H5Group, HBool, Hdf5Error, LibverBound};

use super::datasets::{Dataset, Values};

/// Level of the compression.
const LEVEL: u32 = 4;
/// Values of a chunk, about 1 MiB.
const CHUNK: usize = 1 << 18;

/// The group of a data set: its name for bins of 5 ms, and else with their width in milliseconds behind it.
pub fn group_name(dataset: &str, bin_s: f64) -> String {
    let width_ms = bin_s * 1000.0;
    if (width_ms - 5.0).abs() < 1e-9 { dataset.to_owned() } else { format!("{dataset}_{}", width_ms.round()) }
}

/// Writes `datasets` into the group `group` of a new HDF5 file at `path`, which has its name only once it is whole.
///
/// # Errors
/// When the operating system refuses.
pub fn write(path: &Path, group: &str, datasets: &[Dataset]) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let staged = StagedFile::new(folder)?;
    let failed = |e: Hdf5Error| {
        Error::new(neuroloom_core::ErrorKind::Io, format!("the HDF5 file cannot be written: {e}"))
            .at_file(path)
    };
    fill(staged.path(), group, datasets).map_err(failed)?;
    staged.commit(path)
}

fn fill(path: &Path, group: &str, datasets: &[Dataset]) -> rust_hdf5::Result<()> {
    let file = H5File::options().libver(LibverBound::Earliest).create(path)?;
    let group = file.root_group().create_group(group)?;
    for Dataset { name, values } in datasets {
        match values {
            Values::Cube(values) => numbers(&group, name, values.shape(), values.iter().copied())?,
            Values::Matrix(values) => numbers(&group, name, values.shape(), values.iter().copied())?,
            Values::Integers(values) => {
                group.new_dataset::<i32>().shape([values.len()]).create(name)?.write_raw(values)?;
            }
            Values::Lists(lists) => {
                let lists: Vec<&[i32]> = lists.iter().map(Vec::as_slice).collect();
                group.write_vlen_numeric(name, &lists)?;
            }
            Values::Flags(flags) => {
                let values: Vec<HBool> = flags.iter().map(|&flag| HBool::from(flag)).collect();
                group.new_dataset::<HBool>().shape(flags.shape()).create(name)?.write_raw(&values)?;
            }
        }
    }
    file.close()
}

/// A compressed dataset, some trials to a chunk.
fn numbers(
    group: &H5Group,
    name: &str,
    shape: &[usize],
    values: impl Iterator<Item = f32>,
) -> rust_hdf5::Result<()> {
    let values: Vec<f32> = values.collect();
    let per_trial: usize = shape.iter().skip(1).product();
    let mut chunk = shape.to_vec();
    if let Some(trials) = chunk.first_mut() {
        *trials = (CHUNK / per_trial.max(1)).clamp(1, (*trials).max(1));
    }
    group.new_dataset::<f32>().shape(shape).chunk(&chunk).deflate(LEVEL).create(name)?.write_raw(&values)
}
