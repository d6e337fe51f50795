//! `IntervalSet`, and `Ts` as points in time, into the table of intervals.

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use super::object::{self, Class, Object};
use crate::npy::Archive;
use crate::span::Span;

/// The table of intervals, and the time that it covers. The set is called like the object; a time of a `Ts` is an interval
/// that ends when it starts.
///
/// # Errors
/// When a file is damaged, or an interval ends before it starts.
pub(super) fn read(
    recording_id: &str,
    objects: &[&Object],
    notes: &mut Vec<String>,
) -> Result<(Table, Span)> {
    let (mut set, mut id) = (Vec::new(), Vec::new());
    let (mut start_s, mut stop_s) = (Vec::new(), Vec::new());
    for object in objects {
        let (starts, stops) = bounds(object, notes).map_err(|error| error.at_file(&object.path))?;
        set.extend(std::iter::repeat_n(object.name.as_str(), starts.len()));
        id.extend(0..starts.len() as i64);
        start_s.extend(starts);
        stop_s.extend(stops);
    }
    let mut span = Span::default();
    span.add_all(&start_s);
    span.add_all(&stop_s);
    let table = TableBuilder::new(kinds::INTERVALS)
        .text("recording_id", std::iter::repeat_n(recording_id, set.len()))
        .text("interval_set", set)
        .integers("interval_id", id)
        .numbers("start_s", start_s)
        .numbers("stop_s", stop_s)
        .finish()?;
    Ok((table, span))
}

fn bounds(object: &Object, notes: &mut Vec<String>) -> Result<(Vec<f64>, Vec<f64>)> {
    let mut archive = Archive::open(&object.path)?;
    if object.class == Class::Ts {
        let times = object::times(&mut archive, "t")?;
        return Ok((times.clone(), times));
    }
    let known = ["start", "end", "type", "_metadata"];
    let left_out = archive.names().iter().filter(|name| !known.contains(&name.as_str()));
    notes.extend(left_out.map(|name| format!("{}: {name} left out", object.name)));
    let support = object::time_support(&mut archive)?
        .ok_or_else(|| Error::data("an IntervalSet lacks its bounds").expected("the arrays start and end"))?;
    Ok((support.starts, support.ends))
}
