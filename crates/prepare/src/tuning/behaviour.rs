//! Conditions that are bins of a behavioural variable.

use std::collections::{BTreeMap, BTreeSet};
use std::f64::consts::TAU;

use neuroloom_core::{Error, Result, Table, Unit};

use super::track::{Track, track};
use super::{
    BehaviourAxis, BehaviourParams, Conditions, Geometry, TuningParams, Visit, contiguous_folds,
    interleaved_folds, visits_of_samples,
};
use crate::{Support, listing};

/// Bins the variable that `params` names, in all `recordings`. `within` are the supports of the recordings, if the
/// time is restricted.
///
/// # Errors
/// When the signal is absent or its times or values cannot be used.
pub(super) fn behaviour_conditions(
    params: &TuningParams,
    variable: &BehaviourParams,
    behaviour: &Table,
    recordings: &BTreeSet<&str>,
    within: Option<&BTreeMap<String, Support>>,
) -> Result<Conditions> {
    let mut tracks = Vec::new();
    for recording in recordings {
        let support = within.map_or_else(|| Some(Support::everything()), |all| all.get(*recording).cloned());
        if let Some(support) = support {
            tracks.push(((*recording).to_owned(), track(behaviour, variable, recording)?, support));
        }
    }
    let unit = common_unit(&tracks)?;
    let axis = axis(variable, &unit, &tracks)?;
    let warnings = gap_warnings(&tracks);
    let visits = tracks.into_iter().map(|(recording, track, support)| {
        let mut visits = visits_of_samples(&track.cells, &track.values, &axis, &support);
        deal(params, &mut visits);
        (recording, visits)
    });
    Ok(Conditions {
        visits: visits.collect(),
        conditions: axis.conditions(),
        unit: Some(unit),
        variable: variable.signal.clone(),
        geometry: Some(variable.geometry),
        warnings,
    })
}

fn deal(params: &TuningParams, visits: &mut [Visit]) {
    match params.fold_block_s {
        None => contiguous_folds(visits, params.folds),
        Some(block_s) => interleaved_folds(visits, params.folds, block_s),
    }
}

type PlacedTrack = (String, Track, Support);

fn common_unit(tracks: &[PlacedTrack]) -> Result<Unit> {
    let units: BTreeSet<&str> = tracks.iter().map(|(_, track, _)| track.unit.as_str()).collect();
    match units.first() {
        Some(unit) if units.len() == 1 => Ok(Unit::parse(unit)),
        None => Err(Error::data("no recording has time to look at")
            .expected("spikes or traces of a recording that has one of the intervals `within`")
            .found("none")),
        Some(_) => Err(Error::data("recordings give the behaviour signal in different units")
            .expected("one unit")
            .found(listing(units))),
    }
}

fn axis(variable: &BehaviourParams, unit: &Unit, tracks: &[PlacedTrack]) -> Result<BehaviourAxis> {
    let [low, high] = match (variable.range, variable.geometry) {
        (Some(range), _) => range,
        (None, Geometry::Circular) => one_turn(unit)?,
        (None, Geometry::Linear) => data_range(tracks)?,
    };
    BehaviourAxis::new(variable.geometry, low, high, variable.n_bins)
}

fn one_turn(unit: &Unit) -> Result<[f64; 2]> {
    match unit {
        unit if *unit == Unit::RADIAN => Ok([0.0, TAU]),
        unit if *unit == Unit::DEGREE => Ok([0.0, 360.0]),
        other => Err(Error::params("the period of the circular variable is not known")
            .at_object("behaviour.range")
            .expected("a signal in rad or deg")
            .found(format!("the unit {other}"))
            .hint("give `range: [lowest, lowest + period]`")),
    }
}

fn data_range(tracks: &[PlacedTrack]) -> Result<[f64; 2]> {
    let values = tracks.iter().flat_map(|(_, track, support)| {
        let inside = track.cells.iter().zip(&track.values);
        inside.filter(|(cell, value)| value.is_finite() && support.overlap_s(**cell) > 0.0).map(|(_, v)| *v)
    });
    let [low, high] =
        values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], v| [v.min(low), v.max(high)]);
    if low < high {
        return Ok([low, high]);
    }
    Err(Error::data("the behaviour signal has no range to cut into bins")
        .expected("at least two different finite values in the time that counts")
        .found(if low == high { format!("{low} only") } else { "no finite value".into() }))
}

fn gap_warnings(tracks: &[PlacedTrack]) -> Vec<String> {
    let gaps = tracks.iter().filter(|(_, track, _)| track.gaps_s > 0.0);
    gaps.map(|(recording, track, _)| {
        format!("recording {recording}: {:.1} s in gaps of the tracking do not count", track.gaps_s)
    })
    .collect()
}
