//! What goes in: a recording as its source has it.

use std::borrow::Cow;

use neuroloom_core::{Error, Result};

/// One recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording<'a> {
    /// `source/file stem`, unique.
    pub id: String,
    /// Data set: `Dag2023`.
    pub source: String,
    /// Name of the file, without folders.
    pub file: String,
    /// Unit of the samples: `F/F20`, `dF/F0`, `z`, `a.u.`.
    pub signal_unit: String,
    /// What the source says of its licence.
    pub licence_note: Option<String>,
    /// Sample times, seconds, on any origin.
    pub times_s: Cow<'a, [f64]>,
    /// The columns of the source, ascending by [`raw_column`](RawColumn::raw_column).
    pub columns: Vec<RawColumn<'a>>,
}

/// One column of a recording: the trace of a neuron or of something that was taken for one.
#[derive(Clone, Debug, PartialEq)]
pub struct RawColumn<'a> {
    /// Its number in the source, from 0.
    pub raw_column: i64,
    /// The label in the source, if any.
    pub label_given: Option<String>,
    /// Fluorescence `[n_samples]`; NaN was not measured.
    pub trace: Cow<'a, [f64]>,
}

impl Recording<'_> {
    /// Checks the shape and that no sample is infinite.
    ///
    /// # Errors
    /// When there is no column, a trace is not as long as the clock, two columns have one number, or a sample is
    /// infinite.
    pub fn check(&self) -> Result<()> {
        if self.columns.is_empty() {
            return Err(Error::data("the recording has no traces").expected("one column or more"));
        }
        if let Some(pair) = self.columns.windows(2).find(|pair| pair[1].raw_column <= pair[0].raw_column) {
            let number = pair.last().map_or(0, |column| column.raw_column);
            return Err(Error::data("two traces claim one column of the source, or they are out of order")
                .at_object("raw_column")
                .expected("ascending column numbers")
                .found(number.to_string()));
        }
        self.columns.iter().try_for_each(|column| column.check(self.times_s.len()))
    }
}

impl RawColumn<'_> {
    fn check(&self, n_times: usize) -> Result<()> {
        let place = format!("column {}", self.raw_column);
        if self.trace.len() != n_times {
            return Err(Error::data("a trace and the clock differ in length")
                .at_object(place)
                .expected(format!("{n_times} samples, as there are times"))
                .found(format!("{} samples", self.trace.len()))
                .hint("check that traces are stored as time by neuron, and which clock belongs to them"));
        }
        match self.trace.iter().position(|value| value.is_infinite()) {
            None => Ok(()),
            Some(sample) => Err(Error::data("a sample is infinite")
                .at_object(place)
                .at_offset(sample as u64)
                .expected("finite values, or NaN where nothing was measured")
                .hint("a division by a baseline of 0, or an overflow of 16-bit storage, leaves such values")),
        }
    }
}
