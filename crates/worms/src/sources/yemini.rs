//! Yemini2021: a MATLAB 5 file with several worms, by neuron class.
//!
//! `norm_traces{class}` has `2 × n_files` entries, the left neurons of all worms and then the right ones, or `n_files` of a
//! class without sides; a worm in which the neuron was not found has an empty entry. `is_L` says the side by entry, `fps` the
//! rate. The first four samples are left out.

mod entries;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use neuroloom_celegans::Profile;
use neuroloom_core::{Error, Result, files};
use neuroloom_io::mat5::{File, Variable};

use self::entries::{Entry, entries};
use crate::listing::stem;
use crate::shape;
use crate::worm::{Header, Layout, Worm, numbered};

/// Samples at the start of every recording that are left out.
const DROPPED: usize = 4;
/// Bytes that a byte of the file takes unpacked and decoded; doubles of measured signals hardly compress.
const HELD_PER_BYTE: u64 = 4;

/// One file with several worms.
pub(super) struct YeminiFile {
    path: PathBuf,
    profile: Profile,
    n_worms: usize,
    length: u64,
    /// The traces of all worms lie in one compressed variable: kept from the first worm that is read to the last.
    shared: Mutex<Shared>,
}

#[derive(Default)]
struct Shared {
    content: Option<Arc<Content>>,
    n_read: usize,
}

/// The variables of a file.
struct Content {
    traces: Variable,
    classes: Variable,
    sides: Variable,
    files: Variable,
    rates_hz: Vec<f64>,
}

/// Opens the file at `path` by its headers.
///
/// # Errors
/// When it is no MATLAB 5 file, or has no list `files`.
pub(super) fn open(path: &Path, profile: Profile) -> Result<YeminiFile> {
    let length = files::size(path)?;
    let file = File::open(path)?;
    let files = file.variables().iter().rfind(|variable| variable.name == "files");
    let Some(n_worms) = files.map(|variable| variable.shape.iter().product::<usize>()) else {
        return Err(Error::data("the file does not list its worms")
            .at_file(path)
            .at_object("files")
            .expected("a cell array with a name per worm"));
    };
    // Each worm needs a cell, and a cell 8 bytes or more even where it is compressed to nothing.
    if n_worms as u64 > length {
        return Err(Error::data("the file claims more worms than it can hold")
            .at_file(path)
            .at_object("files")
            .found(n_worms.to_string()));
    }
    Ok(YeminiFile { path: path.to_path_buf(), profile, n_worms, length, shared: Mutex::default() })
}

impl Layout for YeminiFile {
    fn worms(&self) -> Vec<Header> {
        let name = |worm| numbered(&stem(&self.path), worm, self.n_worms);
        let header = |worm| Header {
            name: name(worm),
            most_values: self.length / 8,
            held_bytes: self.length.saturating_mul(HELD_PER_BYTE),
            ..Header::default()
        };
        (0..self.n_worms).map(header).collect()
    }

    fn read(&self, worm: usize) -> Result<Worm> {
        let content = self.content()?;
        let found = entries(&content, worm, self.n_worms)?;
        let n_samples = length(&found)?;
        let rate_hz = content.rate_hz(worm)?;
        let n_missing = found.iter().filter(|entry| entry.trace.is_empty()).count();
        let columns = found.into_iter().filter_map(|entry| column(entry, n_samples, self.profile));
        let kept = n_samples - DROPPED;
        let mut read = Worm::regular(DROPPED as f64 / rate_hz, 1.0 / rate_hz, kept, columns.collect());
        if n_missing > 0 {
            let fate = if self.profile == Profile::Compat { "zeros without a name" } else { "left out" };
            read.notes.push(format!("{n_missing} neurons that were not found in this worm: {fate}"));
        }
        // `Head_Activity_OH16230`: the last word is the strain.
        read.strain = stem(&self.path).rsplit_once('_').map(|(_, strain)| strain.to_owned());
        read.session.description = content.files.view().cell(worm)?.text().ok().map(str::to_owned);
        Ok(read)
    }
}

impl YeminiFile {
    /// The variables, read once for all worms; let go with the last one.
    fn content(&self) -> Result<Arc<Content>> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        let content = match &shared.content {
            Some(content) => Arc::clone(content),
            None => Arc::new(Content::read(&self.path)?),
        };
        shared.n_read += 1;
        let is_last = shared.n_read.is_multiple_of(self.n_worms.max(1));
        shared.content = (!is_last).then(|| Arc::clone(&content));
        Ok(content)
    }
}

impl Content {
    fn read(path: &Path) -> Result<Self> {
        let file = File::open(path)?;
        let rates = file.read("fps")?;
        Ok(Self {
            traces: file.read("norm_traces")?,
            classes: file.read("neurons")?,
            sides: file.read("is_L")?,
            files: file.read("files")?,
            rates_hz: rates.view().numbers()?.values.to_f64(),
        })
    }

    /// Samples per second of `worm`; one number may stand for all.
    fn rate_hz(&self, worm: usize) -> Result<f64> {
        let rate = if self.rates_hz.len() == 1 { self.rates_hz.first() } else { self.rates_hz.get(worm) };
        rate.copied().filter(|rate| rate.is_finite() && *rate > 0.0).ok_or_else(|| {
            Error::data("no frame rate")
                .at_object("fps")
                .expected("a number above 0, one for all worms or one for each")
                .found(rate.map_or("none".to_owned(), f64::to_string))
        })
    }
}

/// Samples of the traces that are there.
fn length(entries: &[Entry]) -> Result<usize> {
    let mut lengths = entries.iter().filter(|entry| !entry.trace.is_empty());
    let first = lengths
        .next()
        .ok_or_else(|| Error::data("no neuron was found in this worm").at_object("norm_traces"))?;
    let n_samples = first.trace.len();
    if let Some(other) = lengths.find(|entry| entry.trace.len() != n_samples) {
        return Err(Error::data("the traces of a worm differ in length")
            .at_object(&other.place)
            .expected(format!("{n_samples} samples"))
            .found(other.trace.len().to_string()));
    }
    if n_samples <= DROPPED {
        return Err(Error::data("the recording is too short")
            .at_object(&first.place)
            .expected(format!("more than the {DROPPED} samples that are left out"))
            .found(n_samples.to_string()));
    }
    Ok(n_samples)
}

/// A neuron that was not found is left out; the published reader makes it zeros without a name.
fn column(
    entry: Entry,
    n_samples: usize,
    profile: Profile,
) -> Option<neuroloom_celegans::RawColumn<'static>> {
    let kept = n_samples.saturating_sub(DROPPED);
    if entry.trace.is_empty() {
        return (profile == Profile::Compat).then(|| shape::column(entry.number, None, vec![0.0; kept]));
    }
    let trace = entry.trace.into_iter().skip(DROPPED).collect();
    Some(shape::column(entry.number, Some(entry.name), trace))
}
