//! From tables to the channels around every centre.

use std::collections::{BTreeMap, HashMap};

use neuroloom_core::{Error, Inputs, Result, Table};
use neuroloom_table::Columns;

use super::SearchlightParams;
use crate::searchlight::{Neighbourhoods, Spheres};
use crate::steps::rdm::GroupBy;
use crate::steps::responses::{Group, groups};

/// A recording with its searchlights.
pub(super) struct Recording {
    pub group: Group,
    /// Names of the centres, ascending.
    pub centres: Vec<String>,
    /// Positions of the centres, where they are known.
    pub positions: Option<Vec<[f64; 3]>>,
    pub neighbourhoods: Neighbourhoods,
}

/// The recordings of the inputs, sorted.
///
/// # Errors
/// What is wrong with the responses; neither or both of positions and neighbourhoods; a channel without a position; a
/// neighbour without responses; a channel that stands twice.
pub(super) fn recordings(inputs: &Inputs, params: &SearchlightParams) -> Result<Vec<Recording>> {
    let surroundings = Surroundings::of(inputs, params)?;
    groups(inputs.required("responses")?, GroupBy::Recording, params.nan)?
        .into_iter()
        .map(|group| {
            let units = units(&group);
            surroundings.of_recording(group, &units)
        })
        .collect()
}

/// Names of the channels within their recording.
fn units(group: &Group) -> Vec<String> {
    let prefix = format!("{}/", group.name);
    let bare = |channel: &String| channel.strip_prefix(&prefix).unwrap_or(channel).to_owned();
    group.channels.iter().map(bare).collect()
}

/// What says which channels are near.
enum Surroundings<'a> {
    Positions { of: HashMap<(&'a str, &'a str), [f64; 3]>, radius: f64 },
    Lists(HashMap<&'a str, BTreeMap<&'a str, Vec<&'a str>>>),
}

impl<'a> Surroundings<'a> {
    fn of(inputs: &'a Inputs, params: &SearchlightParams) -> Result<Self> {
        match (inputs.optional("positions"), inputs.optional("neighbourhoods"), params.radius) {
            (Some(table), None, Some(radius)) => Ok(Self::Positions { of: positions(table)?, radius }),
            (Some(_), None, None) => Err(Error::params("the spheres have no size")
                .at_object("radius")
                .expected("a radius, in the unit of the positions")
                .found("none")),
            (None, Some(table), None) => Ok(Self::Lists(lists(table)?)),
            (None, Some(_), Some(_)) => {
                Err(Error::params("neighbourhoods are given, a radius has no meaning")
                    .at_object("radius")
                    .hint("leave `radius` out, or connect `positions` instead of `neighbourhoods`"))
            }
            (positions, _, _) => Err(Error::params("it is not clear which channels are near one another")
                .expected("one of the inputs positions and neighbourhoods")
                .found(if positions.is_some() { "both" } else { "neither" })),
        }
    }

    fn of_recording(&self, group: Group, units: &[String]) -> Result<Recording> {
        match self {
            Self::Positions { of, radius } => {
                let positions = positions_of(&group, units, of)?;
                let spheres = Spheres::new(positions.clone(), *radius)
                    .map_err(|error| Error::from(error).at_object(&group.name))?;
                Ok(Recording {
                    centres: units.to_vec(),
                    positions: Some(positions),
                    neighbourhoods: Neighbourhoods::Spheres(spheres),
                    group,
                })
            }
            Self::Lists(lists) => {
                let lists = lists
                    .get(group.name.as_str())
                    .ok_or_else(|| Error::data("a recording has no neighbourhoods").at_object(&group.name))?;
                listed(group, units, lists)
            }
        }
    }
}

fn positions(table: &Table) -> Result<HashMap<(&str, &str), [f64; 3]>> {
    let (recordings, units) = (table.text("recording_id")?, table.text("unit_id")?);
    let [x, y, z] = [table.numbers("x")?, table.numbers("y")?, table.numbers("z")?];
    let mut known = HashMap::new();
    for row in 0..table.n_rows() {
        let name = (recordings.get_or_empty(row), units.get_or_empty(row));
        let position =
            [x.get(row).unwrap_or(f64::NAN), y.get(row).unwrap_or(f64::NAN), z.get(row).unwrap_or(0.0)];
        if known.insert(name, position).is_some() {
            return Err(Error::data("a channel has two positions")
                .at_object(format!("{}/{}", name.0, name.1))
                .at_offset(row as u64));
        }
    }
    Ok(known)
}

fn positions_of(
    group: &Group,
    units: &[String],
    known: &HashMap<(&str, &str), [f64; 3]>,
) -> Result<Vec<[f64; 3]>> {
    let of = |unit: &String| known.get(&(group.name.as_str(), unit.as_str())).copied();
    let found: Vec<Option<[f64; 3]>> = units.iter().map(of).collect();
    let n_missing = found.iter().filter(|position| position.is_none()).count();
    if let Some(place) = found.iter().position(Option::is_none) {
        return Err(Error::data("channels have no position")
            .at_object(&group.channels[place])
            .expected("a row of the positions table for every channel with responses")
            .found(format!("{n_missing} of {} without one, the first named here", units.len())));
    }
    Ok(found.into_iter().flatten().collect())
}

fn lists(table: &Table) -> Result<HashMap<&str, BTreeMap<&str, Vec<&str>>>> {
    let (recordings, centres, units) =
        (table.text("recording_id")?, table.text("centre_id")?, table.text("unit_id")?);
    let mut lists: HashMap<&str, BTreeMap<&str, Vec<&str>>> = HashMap::new();
    for row in 0..table.n_rows() {
        let of_recording = lists.entry(recordings.get_or_empty(row)).or_default();
        of_recording.entry(centres.get_or_empty(row)).or_default().push(units.get_or_empty(row));
    }
    Ok(lists)
}

/// Neighbourhoods by name as neighbourhoods by place. A neighbour that was left out for NaN is left out here too; one that
/// the responses never had is an error.
fn listed(group: Group, units: &[String], lists: &BTreeMap<&str, Vec<&str>>) -> Result<Recording> {
    let places: HashMap<&str, usize> =
        units.iter().enumerate().map(|(place, unit)| (unit.as_str(), place)).collect();
    let mut members = Vec::with_capacity(lists.len());
    for (centre, neighbours) in lists {
        let found: Vec<usize> = neighbours.iter().filter_map(|unit| places.get(unit).copied()).collect();
        if found.len() < neighbours.len() && group.n_dropped == 0 {
            let absent = neighbours.iter().find(|unit| !places.contains_key(*unit)).unwrap_or(centre);
            return Err(Error::data("a neighbour has no responses")
                .at_object(format!("{}: centre {centre}", group.name))
                .expected("units of the responses table")
                .found(format!("{absent:?}")));
        }
        members.push(found);
    }
    let n_channels = units.len();
    let neighbourhoods = Neighbourhoods::listed(members, n_channels)
        .map_err(|error| Error::from(error).at_object(&group.name))?;
    let centres = lists.keys().map(|&centre| centre.to_owned()).collect();
    Ok(Recording { centres, positions: None, neighbourhoods, group })
}
