//! `Tsd` and `TsdFrame`: samples of one or several channels.

use neuroloom_core::{Error, Result};

use super::object::{self, Class, Object, Support};
use crate::npy::{Archive, Values};
use crate::numbers::{NumberType, Numbers};

/// The samples of an object.
pub(super) struct Series {
    pub(super) times_s: Vec<f64>,
    /// Stretches in which it was recorded.
    pub(super) support: Option<Support>,
    /// Names of the channels, where it has a table of them and they are no numbers from 0.
    pub(super) columns: Option<Vec<String>>,
    pub(super) n_channels: usize,
    /// Channel after channel.
    pub(super) samples: Numbers,
}

impl Series {
    /// Reads the file of `object`.
    ///
    /// # Errors
    /// When an array is damaged or holds Python objects, times run backwards, or samples, times and columns do not fit.
    pub(super) fn read(object: &Object, notes: &mut Vec<String>) -> Result<Self> {
        let mut archive = Archive::open(&object.path)?;
        Self::from_archive(&mut archive, object, notes).map_err(|error| error.at_file(&object.path))
    }

    fn from_archive(archive: &mut Archive, object: &Object, notes: &mut Vec<String>) -> Result<Self> {
        let times_s = object::times(archive, "t")?;
        let data = archive.read("d")?;
        let numbers = data.numbers().map_err(|error| error.at_object("d"))?.into_owned();
        let n_channels = match *data.shape.as_slice() {
            [n] if n == times_s.len() => 1,
            [n, channels] if n == times_s.len() => channels,
            _ => {
                return Err(Error::data("samples and times do not fit")
                    .at_object("d")
                    .expected(format!("{} samples, or as many × channels", times_s.len()))
                    .found(format!("{:?}", data.shape)));
            }
        };
        let columns = match object.class {
            Class::TsdFrame => columns(archive, object, n_channels, notes)?,
            _ => None,
        };
        let n_samples = times_s.len();
        let places =
            (0..n_channels).flat_map(|channel| (0..n_samples).map(move |i| i * n_channels + channel));
        let samples = if n_channels == 1 { numbers } else { numbers.reordered(places) };
        Ok(Self { support: object::time_support(archive)?, times_s, columns, n_channels, samples })
    }

    /// Whether 32-bit floats are what the file has.
    pub(super) fn is_single(&self) -> bool {
        self.samples.number_type() == NumberType::F32
    }

    /// Place of sample `range` of `channel` among all samples.
    pub(super) fn place(&self, channel: usize, range: &std::ops::Range<usize>) -> std::ops::Range<usize> {
        let first = channel * self.times_s.len();
        first + range.start..first + range.end
    }
}

/// Names of the channels; none where they are numbered from 0, or kept as Python objects.
fn columns(
    archive: &mut Archive,
    object: &Object,
    n_channels: usize,
    notes: &mut Vec<String>,
) -> Result<Option<Vec<String>>> {
    if !archive.has("columns") {
        return Ok(None);
    }
    let Ok(array) = archive.read("columns") else {
        notes.push(format!(
            "{}: its columns cannot be read without running a pickle; numbered from 0",
            object.name
        ));
        return Ok(None);
    };
    let names: Vec<String> = match array.values {
        Values::Texts(names) => names,
        Values::Numbers(numbers) => numbers.to_f64().iter().map(f64::to_string).collect(),
        Values::Bools(_) => Vec::new(),
    };
    if names.len() != n_channels {
        return Err(Error::data("the columns do not fit the channels")
            .at_object("columns")
            .expected(format!("{n_channels} names"))
            .found(names.len().to_string()));
    }
    let is_numbered = names.iter().enumerate().all(|(i, name)| *name == i.to_string());
    Ok((!is_numbered).then_some(names))
}
