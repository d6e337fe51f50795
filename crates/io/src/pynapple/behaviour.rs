//! `Tsd` and `TsdFrame` into the table of behaviour.

use neuroloom_core::{Result, Table, Unit};
use neuroloom_table::{TableBuilder, kinds};

use super::object::Object;
use super::segments;
use super::series::Series;
use crate::span::Span;
use crate::times::Times;
use crate::trace_rows::Samples;

/// The table of behaviour, and the time that it covers. A channel that has a name is a signal of its own, called
/// `object/column`; others are channels of the signal `object`.
///
/// # Errors
/// When a file is damaged.
pub(super) fn read(
    recording_id: &str,
    objects: &[&Object],
    notes: &mut Vec<String>,
) -> Result<(Table, Span)> {
    let all = objects.iter().map(|object| Series::read(object, notes)).collect::<Result<Vec<_>>>()?;
    let single = all.iter().all(Series::is_single);
    let mut samples = Samples::with_room(single, all.iter().map(|series| series.samples.len()).sum())?;
    let (mut signal, mut channel, mut offsets) = (Vec::new(), Vec::new(), vec![0]);
    let (mut times, mut span) = (Times::new(), Span::default());
    for (object, series) in objects.iter().zip(&all) {
        span.add_all(&series.times_s);
        let base = segments::time_base(&series.times_s);
        let whole = 0..series.times_s.len();
        for i in 0..series.n_channels {
            let column = series.columns.as_ref().and_then(|columns| columns.get(i));
            signal.push(
                column.map_or_else(|| object.name.clone(), |column| format!("{}/{column}", object.name)),
            );
            channel.push(if column.is_some() { 0 } else { i as i64 });
            times.push(&base);
            samples.extend(&series.samples, series.place(i, &whole));
            offsets.push(samples.len());
        }
    }
    let n = signal.len();
    let times = times.into_columns()?;
    let table = TableBuilder::new(kinds::BEHAVIOUR)
        .text("recording_id", std::iter::repeat_n(recording_id, n))
        .text("signal", signal)
        .integers("channel", channel)
        .array("t0_s", times.t0_s)
        .array("dt_s", times.dt_s)
        .array("t_s", times.t_s)
        .array("value", samples.into_lists(&offsets)?)
        .text("value_unit", std::iter::repeat_n(Unit::ARBITRARY.as_str(), n))
        .finish()?;
    Ok((table, span))
}
