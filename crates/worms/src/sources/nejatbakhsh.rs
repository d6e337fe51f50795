//! Nejatbakhsh2020: NWB files with the traces of a worm.
//!
//! `data` of the series is `[n_samples, n_neurons]`; `NeuronIDs/labels` has a name per column. The published reader
//! assumes 4 Hz; `exact` does so only where the file has neither times nor a rate.

use std::path::{Path, PathBuf};

use neuroloom_celegans::Profile;
use neuroloom_core::Result;
use neuroloom_io::hdf5::File;

use crate::listing::stem;
use crate::shape::{self, Extents, Order};
use crate::worm::{Header, Layout, Session, Worm};

const SERIES: &str = "/processing/CalciumActivity/SignalRawFluor/SignalCalciumImResponseSeries";
const LABELS: [&str; 2] =
    ["/processing/CalciumActivity/NeuronIDs/labels", "/processing/CalciumActivity/NeuronIDs"];
const PUBLISHED_RATE_HZ: f64 = 4.0;

/// One file, which is one worm.
pub(super) struct NwbFile {
    path: PathBuf,
    profile: Profile,
    extents: Extents,
}

/// Opens the file at `path` by its headers.
///
/// # Errors
/// When it is no HDF5 file, or has no series of traces where the source has it.
pub(super) fn open(path: &Path, profile: Profile) -> Result<NwbFile> {
    let file = File::open(path)?;
    Ok(NwbFile { path: path.to_path_buf(), profile, extents: extents(&file)? })
}

impl Layout for NwbFile {
    fn worms(&self) -> Vec<Header> {
        let Extents { n_samples, n_columns } = self.extents;
        vec![Header::sized(stem(&self.path), n_columns as u64, n_samples as u64)]
    }

    fn read(&self, _: usize) -> Result<Worm> {
        let file = File::open(&self.path)?;
        let extents = extents(&file)?;
        let labels = labels(&file)?;
        let clock = clock(&file, self.profile)?;
        let n_times = clock.n_times().unwrap_or(extents.n_samples);
        extents.check_exactly(labels.len(), n_times).map_err(|error| error.at_object(SERIES))?;
        let values: Vec<f64> = file.numbers(&format!("{SERIES}/data"))?;
        let columns = shape::columns(&values, Order::BySample, extents, labels.into_iter().map(Some));
        let mut worm = match clock {
            Clock::Times(times_s) => Worm::new(times_s, columns),
            Clock::Rate { t0_s, rate_hz } => Worm::regular(t0_s, 1.0 / rate_hz, extents.n_samples, columns),
            Clock::Assumed => {
                let mut worm = Worm::regular(0.0, 1.0 / PUBLISHED_RATE_HZ, extents.n_samples, columns);
                worm.notes.push(format!("{PUBLISHED_RATE_HZ} Hz assumed, as published"));
                worm
            }
        };
        worm.notes.extend(extents.suspicion());
        worm.strain = match text(&file, "/general/subject/strain")? {
            None => text(&file, "/general/subject/genotype")?,
            strain => strain,
        };
        worm.session = session(&file)?;
        Ok(worm)
    }
}

/// When the samples were taken.
enum Clock {
    Times(Vec<f64>),
    Rate { t0_s: f64, rate_hz: f64 },
    Assumed,
}

impl Clock {
    fn n_times(&self) -> Option<usize> {
        match self {
            Self::Times(times_s) => Some(times_s.len()),
            Self::Rate { .. } | Self::Assumed => None,
        }
    }
}

fn clock(file: &File, profile: Profile) -> Result<Clock> {
    if profile == Profile::Compat {
        return Ok(Clock::Assumed);
    }
    let (timestamps, start) = (format!("{SERIES}/timestamps"), format!("{SERIES}/starting_time"));
    if file.has_dataset(&timestamps)? {
        return file.numbers(&timestamps).map(Clock::Times);
    }
    if !file.has_dataset(&start)? {
        return Ok(Clock::Assumed);
    }
    let t0_s = file.numbers::<f64>(&start)?.first().copied().unwrap_or(0.0);
    let rate = file.number_attribute(&start, "rate")?.filter(|rate| rate.is_finite() && *rate > 0.0);
    Ok(rate.map_or(Clock::Assumed, |rate_hz| Clock::Rate { t0_s, rate_hz }))
}

fn extents(file: &File) -> Result<Extents> {
    let data = format!("{SERIES}/data");
    if !file.has_dataset(&data)? {
        return Err(file
            .error(&data, "the file has no such series")
            .expected("the calcium activity of Nejatbakhsh2020")
            .hint("`neuroloom inspect` lists what is in it; `ingest.nwb` reads any NWB file"));
    }
    let info = file.sized_info(&data)?;
    match info.shape.as_slice() {
        [n_samples, n_columns] => {
            Ok(Extents { n_samples: *n_samples as usize, n_columns: *n_columns as usize })
        }
        _ => Err(file
            .error(&data, "the traces are no matrix")
            .expected("(n_samples, n_neurons)")
            .found(info.shape_text())),
    }
}

fn labels(file: &File) -> Result<Vec<String>> {
    for dataset in LABELS {
        if file.has_dataset(dataset)? {
            return file.texts(dataset);
        }
    }
    let [labels, _] = LABELS;
    Err(file.error(labels, "the neurons have no names").expected("a name per column of the traces"))
}

fn session(file: &File) -> Result<Session> {
    Ok(Session {
        start: text(file, "/session_start_time")?,
        subject_id: text(file, "/general/subject/subject_id")?,
        sex: text(file, "/general/subject/sex")?,
        age: text(file, "/general/subject/age")?,
        description: text(file, "/session_description")?,
    })
}

fn text(file: &File, dataset: &str) -> Result<Option<String>> {
    if !file.has_dataset(dataset)? {
        return Ok(None);
    }
    Ok(file.texts(dataset)?.into_iter().next().filter(|text| !text.is_empty()))
}
