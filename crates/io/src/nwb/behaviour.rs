//! Numeric time series into the table of behaviour.

use arrow_array::types::{ArrowPrimitiveType, Float32Type, Float64Type};
use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use super::clock;
use super::matrix::{self, Sample, Scale};
use super::series::Series;
use crate::hdf5::File;
use crate::lists::lists;
use crate::span::Span;
use crate::times::Times;

/// A series and the name that it has in the table.
pub(super) type Named = (String, Series);

/// Reads the samples of `all` series, one row per channel. They stay 32-bit floats where every series has them.
///
/// # Errors
/// When data are damaged, or have no time base.
pub(super) fn read(
    file: &File,
    recording_id: &str,
    all: &[Named],
    notes: &mut Vec<String>,
) -> Result<(Table, Span)> {
    if all.iter().all(|(_, series)| series.dtype.is_single()) {
        read_as::<Float32Type>(file, recording_id, all, notes)
    } else {
        read_as::<Float64Type>(file, recording_id, all, notes)
    }
}

fn read_as<T: ArrowPrimitiveType>(
    file: &File,
    recording_id: &str,
    all: &[Named],
    notes: &mut Vec<String>,
) -> Result<(Table, Span)>
where
    T::Native: Sample,
{
    let mut samples: Vec<T::Native> = matrix::block(all.iter().map(|(_, series)| series.n_values()).sum())?;
    let mut span = Span::default();
    let (mut signal, mut channel, mut unit, mut offsets) = (Vec::new(), Vec::new(), Vec::new(), vec![0]);
    let mut times = Times::new();
    for (name, series) in all {
        let layout = series.layout;
        let clock = series.clock.read(file, &series.path, layout.n_samples, notes)?;
        clock::add_to_span(&mut span, &clock, layout.n_samples);
        let scale = Scale::of(file, &series.path, layout.n_channels)?;
        let start = offsets.last().copied().unwrap_or(0);
        let starts: Vec<usize> = (0..layout.n_channels).map(|i| start + i * layout.n_samples).collect();
        matrix::read_channels(&mut samples, &starts, file, &series.data(), layout, &scale)?;
        for i in 0..layout.n_channels {
            signal.push(name.as_str());
            channel.push(i as i64);
            unit.push(series.unit.as_str());
            times.push(&clock);
            offsets.push(offsets.last().copied().unwrap_or(0) + layout.n_samples);
        }
    }
    let times = times.into_columns()?;
    let table = TableBuilder::new(kinds::BEHAVIOUR)
        .text("recording_id", std::iter::repeat_n(recording_id, signal.len()))
        .text("signal", signal)
        .integers("channel", channel)
        .array("t0_s", times.t0_s)
        .array("dt_s", times.dt_s)
        .array("t_s", times.t_s)
        .array("value", lists::<T>(samples, &offsets, None)?)
        .text("value_unit", unit)
        .finish()?;
    Ok((table, span))
}
