//! From a responses table to one array of responses per group of neurons.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ndarray::{Array3, Axis};
use neuroloom_core::{Error, Result, Table};
use neuroloom_table::Columns;

use super::conditions::{conditions, labels};
use super::rdm::{GroupBy, NanPolicy};

/// The responses of a group of neurons.
#[derive(Clone, Debug)]
pub struct Group {
    /// Unique name: `recording/region`, `recording` or `pooled`.
    pub name: String,
    /// The recording; none where several are pooled.
    pub recording: Option<String>,
    /// The region; none where regions are pooled or the source gives none.
    pub region: Option<String>,
    /// Labels of the conditions, in order.
    pub conditions: Vec<String>,
    /// Numbers of the folds, in order.
    pub folds: Vec<i64>,
    /// Names of the neurons.
    pub channels: Vec<String>,
    /// Responses `[n_folds, n_conditions, n_channels]`; NaN where there is none.
    pub responses: Array3<f64>,
    /// Unit of the responses.
    pub unit: String,
    /// Neurons that were left out because a response was NaN.
    pub n_dropped: usize,
}

/// Splits a responses table into groups, sorted by recording and region.
///
/// # Errors
/// A response that is missing, stands twice, is infinite, or is NaN where the policy says so; several units of
/// responses in a group.
pub fn groups(table: &Table, group_by: GroupBy, nan: NanPolicy) -> Result<Vec<Group>> {
    let (recordings, regions) = (table.text("recording_id")?, table.text("region")?);
    let mut rows_of: BTreeMap<(Option<&str>, Option<&str>), Vec<usize>> = BTreeMap::new();
    for row in 0..table.n_rows() {
        let recording = (group_by != GroupBy::None).then(|| recordings.get_or_empty(row));
        let region = (group_by == GroupBy::Region).then(|| regions.get(row)).flatten();
        rows_of.entry((recording, region)).or_default().push(row);
    }
    let read = |((recording, region), rows): ((Option<&str>, Option<&str>), Vec<usize>)| {
        let name = group_name(group_by, recording, region);
        let group = Group {
            recording: recording.map(str::to_owned),
            region: region.map(str::to_owned),
            ..read_group(table, &rows, nan).map_err(|error| error.at_object(&name))?
        };
        apply(nan, Group { name, ..group })
    };
    rows_of.into_iter().map(read).collect()
}

/// Its unique name.
pub fn group_name(group_by: GroupBy, recording: Option<&str>, region: Option<&str>) -> String {
    match (group_by, recording) {
        (GroupBy::Region, Some(recording)) => format!("{recording}/{}", region.unwrap_or("no_region")),
        (_, Some(recording)) => recording.to_owned(),
        (_, None) => "pooled".to_owned(),
    }
}

/// Places of names in the order of their first row: the table is sorted, so that is their own order.
#[derive(Default)]
struct Places<K>(HashMap<K, usize>, Vec<K>);

impl<K: Copy + Eq + std::hash::Hash> Places<K> {
    fn place(&mut self, name: K) -> usize {
        let Self(places, names) = self;
        *places.entry(name).or_insert_with(|| {
            names.push(name);
            names.len() - 1
        })
    }
}

fn read_group(table: &Table, rows: &[usize], nan: NanPolicy) -> Result<Group> {
    let conditions = labels(&conditions(table, rows.iter().copied())?);
    let fold_of = table.integers("fold")?;
    let folds: BTreeSet<i64> = rows.iter().map(|&row| fold_of.value(row)).collect();
    let folds: Vec<i64> = folds.into_iter().collect();
    let (recordings, units) = (table.text("recording_id")?, table.text("unit_id")?);
    let mut channels = Places::default();
    let channel_of: Vec<usize> = rows
        .iter()
        .map(|&row| channels.place((recordings.get_or_empty(row), units.get_or_empty(row))))
        .collect();
    let channels: Vec<String> =
        channels.1.into_iter().map(|(recording, unit)| format!("{recording}/{unit}")).collect();

    let fold_places: HashMap<i64, usize> =
        folds.iter().enumerate().map(|(place, &fold)| (fold, place)).collect();
    let condition_places: HashMap<&str, usize> =
        conditions.iter().enumerate().map(|(place, label)| (label.as_str(), place)).collect();
    let (labels, responses) = (table.text("condition")?, table.numbers("response")?);
    let mut values = Array3::from_elem((folds.len(), conditions.len(), channels.len()), None);
    for (&row, &channel) in rows.iter().zip(&channel_of) {
        let (label, fold) = (labels.get_or_empty(row), fold_of.value(row));
        let fold_place = fold_places.get(&fold).copied().unwrap_or_default();
        let condition = condition_places.get(label).copied().unwrap_or_default();
        let value = responses.get(row).unwrap_or(f64::NAN);
        let cell = format!("unit {}, condition {label:?}, fold {fold}", channels[channel]);
        if value.is_infinite() {
            return Err(Error::data("a response is infinite").at_object(cell).at_offset(row as u64));
        }
        if values[[fold_place, condition, channel]].replace(value).is_some() {
            let error = Error::data("a response stands twice").at_object(cell).at_offset(row as u64);
            return Err(error.expected("one row per (unit, condition, fold)"));
        }
    }
    let missing = values.indexed_iter().filter(|(_, value)| value.is_none()).count();
    let first_missing = values.indexed_iter().find(|(_, value)| value.is_none());
    if let Some(((fold, condition, channel), _)) = first_missing.filter(|_| nan != NanPolicy::Pairwise) {
        return Err(Error::data("responses are missing")
            .at_object(format!(
                "unit {}, condition {:?}, fold {}",
                channels[channel], conditions[condition], folds[fold]
            ))
            .expected("a response of every unit to every condition in every fold; NaN where there is none")
            .found(format!("{missing} combinations without a row, the first named here"))
            .hint("select units or recordings that met the same conditions, or use `nan: pairwise`"));
    }
    let responses = values.mapv(|value| value.unwrap_or(f64::NAN));
    let unit = one_unit(table, "response_unit", rows.iter().copied())?;
    Ok(Group {
        name: String::new(),
        recording: None,
        region: None,
        conditions,
        folds,
        channels,
        responses,
        unit,
        n_dropped: 0,
    })
}

/// The unit that all rows share.
///
/// # Errors
/// When there are several.
pub fn one_unit(table: &Table, column: &str, rows: impl IntoIterator<Item = usize>) -> Result<String> {
    let units = table.text(column)?;
    let units: BTreeSet<&str> = rows.into_iter().map(|row| units.get_or_empty(row)).collect();
    let mut units = units.into_iter();
    match (units.next(), units.next()) {
        (Some(first), Some(second)) => Err(Error::data("responses of several units cannot be mixed")
            .expected(format!("one {column} per group"))
            .found(format!("{first} and {second}"))),
        (first, _) => Ok(first.unwrap_or("1").to_owned()),
    }
}

/// Refuses or leaves out neurons with a NaN response.
fn apply(nan: NanPolicy, group: Group) -> Result<Group> {
    let complete =
        |channel: &usize| !group.responses.index_axis(Axis(2), *channel).iter().any(|x| x.is_nan());
    if nan == NanPolicy::Pairwise {
        return Ok(group);
    }
    let n_channels = group.channels.len();
    let kept: Vec<usize> = (0..n_channels).filter(complete).collect();
    if kept.len() == n_channels {
        return Ok(group);
    }
    let n_dropped = n_channels - kept.len();
    if nan == NanPolicy::DropChannel {
        let responses = group.responses.select(Axis(2), &kept);
        let channels = kept.iter().map(|&channel| group.channels[channel].clone()).collect();
        return Ok(Group { responses, channels, n_dropped, ..group });
    }
    let first = group.responses.indexed_iter().find(|(_, value)| value.is_nan());
    let ((fold, condition, channel), _) = first.unwrap_or(((0, 0, 0), &0.0));
    Err(Error::data("responses are NaN: a condition was never met, or its measurement is invalid")
        .at_object(format!(
            "{}: unit {}, condition {:?}, fold number {fold}",
            group.name, group.channels[channel], group.conditions[condition]
        ))
        .expected("a finite response in every cell")
        .found(format!("NaN in {n_dropped} of {n_channels} units, the first named here"))
        .hint("use `nan: drop_channel`; where all units are concerned, use fewer conditions or fewer folds"))
}
