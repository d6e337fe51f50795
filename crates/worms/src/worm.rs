//! A worm as its file has it.

use neuroloom_celegans::clock::Clock;
use neuroloom_celegans::{Profile, RawColumn, Recording};
use neuroloom_core::{Error, Result};

/// One recording with what its file says of the animal.
#[derive(Clone, Debug, PartialEq)]
pub struct Worm {
    /// Traces and labels by column, and the clock.
    pub recording: Recording<'static>,
    /// First time and interval, seconds, where the source has a constant rate instead of a time for every sample.
    pub regular: Option<(f64, f64)>,
    /// Strain, genotype or condition.
    pub strain: Option<String>,
    /// Further words of the file on the session, by column of the recordings table.
    pub session: Session,
    /// Signals of the animal on the clock of the traces.
    pub behaviour: Vec<Behaviour>,
    /// Stretches of time on the clock of the traces.
    pub stretches: Vec<Stretch>,
    /// What was cut, assumed or left out.
    pub notes: Vec<String>,
}

/// What a file says of the session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// Start, as the file writes it.
    pub start: Option<String>,
    /// The animal.
    pub subject_id: Option<String>,
    /// Sex.
    pub sex: Option<String>,
    /// Age.
    pub age: Option<String>,
    /// Whatever else.
    pub description: Option<String>,
}

/// A signal of the animal.
#[derive(Clone, Debug, PartialEq)]
pub struct Behaviour {
    /// Name: `velocity`.
    pub signal: String,
    /// Unit.
    pub unit: &'static str,
    /// A value per sample of the traces; NaN was not measured.
    pub values: Vec<f64>,
}

/// A stretch of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// What it is: `reversal`.
    pub set: &'static str,
    /// First and last time, seconds on the clock of the traces.
    pub start_s: f64,
    /// See `start_s`.
    pub stop_s: f64,
}

impl Worm {
    /// A worm with traces and nothing else. Id, source, file, unit and licence are given by its [`Unit`](crate::Unit).
    pub(crate) fn new(times_s: Vec<f64>, columns: Vec<RawColumn<'static>>) -> Self {
        let recording = Recording {
            id: String::new(),
            source: String::new(),
            file: String::new(),
            signal_unit: String::new(),
            licence_note: None,
            times_s: times_s.into(),
            columns,
        };
        Self {
            recording,
            regular: None,
            strain: None,
            session: Session::default(),
            behaviour: Vec::new(),
            stretches: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// A worm that was sampled at a constant rate.
    pub(crate) fn regular(t0_s: f64, dt_s: f64, n_samples: usize, columns: Vec<RawColumn<'static>>) -> Self {
        let times_s = (0..n_samples).map(|i| t0_s + i as f64 * dt_s).collect();
        Self { regular: Some((t0_s, dt_s)), ..Self::new(times_s, columns) }
    }

    /// Columns with a label.
    pub fn n_labelled(&self) -> usize {
        self.recording.columns.iter().filter(|column| column.label_given.is_some()).count()
    }

    /// From the first to the last sample, seconds.
    pub fn duration_s(&self) -> f64 {
        let times_s = &self.recording.times_s;
        times_s.last().copied().unwrap_or(0.0) - times_s.first().copied().unwrap_or(0.0)
    }

    /// Checks traces and clock.
    ///
    /// # Errors
    /// When there is no trace, a trace and the clock differ in length, a sample is infinite, or a time is not finite or
    /// does not come after the one before it.
    pub(crate) fn check(&self) -> Result<()> {
        self.recording.check()?;
        if self.recording.times_s.is_empty() {
            return Err(Error::data("the recording has no samples").expected("one sample or more"));
        }
        Clock::new(&self.recording.times_s, Profile::Exact).map(|_| ())
    }
}

/// What the headers of a file say of one worm in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Header {
    /// Name within the source: `WT_Stim/worm03`.
    pub name: String,
    /// Columns, where headers tell.
    pub n_columns: Option<u64>,
    /// Samples, where headers tell.
    pub n_samples: Option<u64>,
    /// Values of its traces, at most.
    pub most_values: u64,
    /// Bytes that reading holds beside the traces, at most.
    pub held_bytes: u64,
    /// Why the worm is left out before anything is read.
    pub skip_reason: Option<String>,
}

impl Header {
    /// A worm whose headers tell its extents.
    pub(crate) fn sized(name: String, n_columns: u64, n_samples: u64) -> Self {
        Self {
            name,
            n_columns: Some(n_columns),
            n_samples: Some(n_samples),
            most_values: n_columns.saturating_mul(n_samples),
            ..Self::default()
        }
    }

    /// A worm of a text file of `bytes` bytes: a number takes two of them at least.
    pub(crate) fn text(name: String, bytes: u64) -> Self {
        Self { name, most_values: bytes / 2, held_bytes: bytes, ..Self::default() }
    }
}

/// A file that holds worms, known by its headers.
pub(crate) trait Layout: Send + Sync {
    /// The worms in it, in the order of the file.
    fn worms(&self) -> Vec<Header>;

    /// Reads the worm at `index`.
    ///
    /// # Errors
    /// When the file is damaged or not as its source has it.
    fn read(&self, index: usize) -> Result<Worm>;
}

/// Name of worm `index` of `n` in the file called `stem`: zero-padded, so that the order of bytes is that of the file.
pub(crate) fn numbered(stem: &str, index: usize, n: usize) -> String {
    let width = n.saturating_sub(1).to_string().len().max(2);
    format!("{stem}/worm{index:0width$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worms_sort_by_bytes_as_in_the_file() {
        assert_eq!(numbered("WT_Stim", 3, 5), "WT_Stim/worm03");
        let names: Vec<String> = (0..120).map(|i| numbered("a", i, 120)).collect();
        assert!(names.is_sorted());
    }
}
