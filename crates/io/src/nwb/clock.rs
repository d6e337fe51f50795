//! The time base of a series: `starting_time` and its rate, or `timestamps`.

use neuroloom_core::{Result, TimeBase};

use crate::hdf5::File;
use crate::span::Span;

/// What the headers say of the time base of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Clock {
    /// Sample `i` at `t0_s + i * dt_s`.
    Regular { t0_s: f64, dt_s: f64 },
    /// So many timestamps.
    Explicit { n: u64 },
    /// None at all.
    Absent,
}

impl Clock {
    /// Reads the headers of the series at `path`.
    ///
    /// # Errors
    /// When rate or starting time are no sound numbers.
    pub(super) fn of(file: &File, path: &str) -> Result<Self> {
        let timestamps = format!("{path}/timestamps");
        if file.has_dataset(&timestamps)? {
            return Ok(Self::Explicit { n: file.info(&timestamps)?.n_rows() });
        }
        let starting_time = format!("{path}/starting_time");
        if !file.has_dataset(&starting_time)? {
            return Ok(Self::Absent);
        }
        let rate_hz = file.number_attribute(&starting_time, "rate")?.unwrap_or(f64::NAN);
        if !(rate_hz.is_finite() && rate_hz > 0.0) {
            return Err(file
                .error(&starting_time, "the series has no usable sampling rate")
                .expected("an attribute rate above 0 Hz")
                .found(rate_hz.to_string())
                .hint("correct the attribute, or read other series by naming them in `signals`"));
        }
        let t0_s = file.numbers::<f64>(&starting_time)?.first().copied().unwrap_or(f64::NAN);
        if !t0_s.is_finite() {
            return Err(file
                .error(&starting_time, "the series starts at no finite time")
                .expected("seconds from the start of the session")
                .found(t0_s.to_string()));
        }
        Ok(Self::Regular { t0_s, dt_s: 1.0 / rate_hz })
    }

    /// Number of timestamps, where there are any.
    pub(super) fn n_timestamps(self) -> Option<u64> {
        match self {
            Self::Explicit { n } => Some(n),
            _ => None,
        }
    }

    /// The time base of the series at `path`, which has `n_samples`; `notes` are told of times that are no
    /// proper ones.
    ///
    /// # Errors
    /// When there is none, or the number of timestamps is not that of samples.
    pub(super) fn read(
        self,
        file: &File,
        path: &str,
        n_samples: usize,
        notes: &mut Vec<String>,
    ) -> Result<TimeBase> {
        match self {
            Self::Regular { t0_s, dt_s } => Ok(TimeBase::Regular { t0_s, dt_s }),
            Self::Absent => Err(file
                .error(path, "the series has no time base")
                .expected("either timestamps, or starting_time with a rate")
                .hint("read other series by naming them in `signals`")),
            Self::Explicit { .. } => {
                let timestamps = format!("{path}/timestamps");
                let times: Vec<f64> = file.numbers(&timestamps)?;
                if times.len() != n_samples {
                    return Err(file
                        .error(&timestamps, "there are not as many timestamps as samples")
                        .expected(n_samples.to_string())
                        .found(times.len().to_string()));
                }
                notes.extend(complaint(&times).map(|complaint| format!("{path}: {complaint}")));
                Ok(TimeBase::Explicit(times))
            }
        }
    }
}

/// Stretches `span` over a time base of `n` samples.
pub(super) fn add_to_span(span: &mut Span, times: &TimeBase, n: usize) {
    match times {
        TimeBase::Regular { .. } if n == 0 => {}
        TimeBase::Regular { .. } => {
            span.add(times.time_s(0));
            span.add(times.time_s(n - 1));
        }
        TimeBase::Explicit(times) => span.add_all(times),
    }
}

fn complaint(times: &[f64]) -> Option<String> {
    if let Some(i) = times.iter().position(|time| !time.is_finite()) {
        return Some(format!("timestamp {i} is no finite number"));
    }
    let backwards = times.windows(2).position(|pair| matches!(pair, [a, b] if b < a))?;
    Some(format!("timestamps run backwards after sample {backwards}"))
}
