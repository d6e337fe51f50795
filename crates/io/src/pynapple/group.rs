//! `TsGroup` and `Ts` into spike trains.

use std::collections::{BTreeMap, BTreeSet};

use neuroloom_core::{Error, Result, Table};
use neuroloom_table::{kinds, spec};

use super::object::{self, Class, Object, Support};
use crate::further_column::Column;
use crate::npy::{Archive, Array, Values};
use crate::numbers::Numbers;
use crate::span::Span;
use crate::spike_trains::{self, UnitRow};

/// Arrays that are no metadata; `rate` follows from the spikes.
const OWN: [&str; 9] = ["t", "d", "start", "end", "index", "keys", "type", "rate", "_metadata"];
/// Metadata that have a column of their own, by order of preference.
const REGION: [&str; 3] = ["region", "location", "structure"];
const GROUP: [&str; 2] = ["electrode_group", "group"];
const QUALITY: [&str; 1] = ["quality"];

/// The units of an object.
struct Units {
    rows: Vec<UnitRow>,
    support: Option<Support>,
    /// Further metadata, an item per unit.
    metadata: BTreeMap<String, Column>,
}

/// The table of spikes, and the time that it covers. Units of a `TsGroup` are called by their key, that of a `Ts` like
/// its file; where several objects hold spikes, keys are prefixed by the object: `probe0/12`.
///
/// # Errors
/// When a file is damaged, times run backwards, or lists do not fit each other.
pub(super) fn read(
    recording_id: &str,
    objects: &[&Object],
    notes: &mut Vec<String>,
) -> Result<(Table, Span)> {
    let mut span = Span::default();
    let (mut rows, mut supports) = (Vec::new(), Vec::new());
    let mut metadata: BTreeMap<String, Column> = BTreeMap::new();
    for object in objects {
        let mut units = Units::read(object, notes)?;
        for row in &mut units.rows {
            span.add_all(&row.spike_times_s);
            if object.class == Class::TsGroup && objects.len() > 1 {
                row.unit_id = format!("{}/{}", object.name, row.unit_id);
            }
        }
        let n_before = rows.len();
        for (name, column) in units.metadata {
            let above = metadata.remove(&name).unwrap_or_else(|| column.gaps(0));
            metadata.insert(name, filled(above, n_before).followed_by(column));
        }
        supports.extend(std::iter::repeat_n(units.support, units.rows.len()));
        rows.extend(units.rows);
    }
    let n = rows.len();
    let starts = supports.iter().map(|support| support.as_ref().map(|support| support.starts.clone()));
    let ends = supports.iter().map(|support| support.as_ref().map(|support| support.ends.clone()));
    let mut table = spike_trains::table(recording_id, rows)
        .optional_lists("observed_start_s", starts)
        .optional_lists("observed_stop_s", ends);
    for (name, column) in metadata {
        let known = spec(kinds::SPIKES)?.column(&name).is_some();
        let name = if known { format!("pynapple_{name}") } else { name };
        table = table.extra(&name, None, filled(column, n).into_array());
    }
    Ok((table.finish()?, span))
}

impl Units {
    fn read(object: &Object, notes: &mut Vec<String>) -> Result<Self> {
        let mut archive = Archive::open(&object.path)?;
        let units = match object.class {
            Class::Ts => Self::of_one(&mut archive, object),
            _ => Self::of_group(&mut archive, object, notes),
        };
        units.map_err(|error| error.at_file(&object.path))
    }

    fn of_one(archive: &mut Archive, object: &Object) -> Result<Self> {
        let spike_times_s = object::times(archive, "t")?;
        let row = UnitRow { unit_id: object.name.clone(), spike_times_s, ..UnitRow::default() };
        Ok(Self { rows: vec![row], support: object::time_support(archive)?, metadata: BTreeMap::new() })
    }

    fn of_group(archive: &mut Archive, object: &Object, notes: &mut Vec<String>) -> Result<Self> {
        let times_s = object::times(archive, "t")?;
        let index = whole(&archive.read("index")?).map_err(|error| error.at_object("index"))?;
        let mut trains =
            spike_trains::group(&times_s, &index, false).map_err(|error| error.at_object("t"))?;
        let keys = match archive.has("keys") {
            true => whole(&archive.read("keys")?).map_err(|error| error.at_object("keys"))?,
            false => trains.keys().copied().collect(),
        };
        let rows: Vec<UnitRow> = keys
            .iter()
            .map(|&key| UnitRow {
                unit_id: key.to_string(),
                spike_times_s: trains.remove(&key).unwrap_or_default(),
                ..UnitRow::default()
            })
            .collect();
        // A key that stands twice leaves its second train empty; one that is missing leaves a train over.
        if let Some((&key, _)) = trains.first_key_value() {
            return Err(Error::data("spikes belong to a unit that is not among the keys")
                .at_object("keys")
                .expected(format!("{key} among the keys"))
                .found(format!("{} keys", keys.len())));
        }
        if keys.iter().collect::<BTreeSet<_>>().len() != keys.len() {
            return Err(Error::data("two units have the same key").at_object("keys"));
        }
        if archive.has("d") {
            notes.push(format!(
                "{}: the values of its series are left out, their times are read",
                object.name
            ));
        }
        let mut units = Self { rows, support: object::time_support(archive)?, metadata: BTreeMap::new() };
        units.read_metadata(archive, object, notes);
        Ok(units)
    }

    /// Reads metadata that stand in arrays with an item per unit; others are told of.
    fn read_metadata(&mut self, archive: &mut Archive, object: &Object, notes: &mut Vec<String>) {
        let names: Vec<String> =
            archive.names().iter().filter(|name| !OWN.contains(&name.as_str())).cloned().collect();
        for name in names {
            match archive.read(&name) {
                Ok(array) if array.shape == [self.rows.len()] => {
                    self.metadata.insert(name, column(array.values));
                }
                Ok(_) => notes.push(format!("{}: {name} has not one item per unit; left out", object.name)),
                Err(error) => notes.push(format!("{}: {name} left out: {}", object.name, error.message())),
            }
        }
        let (regions, groups, qualities) = (self.take(&REGION), self.take(&GROUP), self.take(&QUALITY));
        let labels = regions.into_iter().zip(groups).zip(qualities);
        for (row, ((region, group), quality)) in self.rows.iter_mut().zip(labels) {
            (row.region, row.electrode_group, row.quality) = (region, group, quality);
        }
    }

    /// Takes the first of `names` that is among the metadata out of them, as text; an empty text is none.
    fn take(&mut self, names: &[&str]) -> Vec<Option<String>> {
        let column = names.iter().find_map(|name| self.metadata.remove(*name));
        let texts = column.map_or_else(|| vec![None; self.rows.len()], Column::into_texts);
        texts.into_iter().map(|text| text.filter(|text| !text.is_empty())).collect()
    }
}

fn whole(array: &Array) -> Result<Vec<i64>> {
    if array.shape.len() != 1 {
        return Err(Error::data("an array is no list")
            .expected("one dimension")
            .found(format!("{:?}", array.shape)));
    }
    array.numbers()?.to_i64()
}

/// The items of an array, an item per unit.
fn column(values: Values) -> Column {
    match values {
        Values::Bools(bools) => Column::Bools(bools.into_iter().map(Some).collect()),
        Values::Texts(texts) => Column::Texts(texts.into_iter().map(Some).collect()),
        Values::Numbers(numbers) => match (&numbers, numbers.to_i64()) {
            (Numbers::F32(_) | Numbers::F64(_), _) | (_, Err(_)) => {
                Column::Numbers(numbers.to_f64().into_iter().map(Some).collect())
            }
            (_, Ok(integers)) => Column::Integers(integers.into_iter().map(Some).collect()),
        },
    }
}

/// The column with gaps behind it, `n` rows long.
fn filled(column: Column, n: usize) -> Column {
    let gaps = column.gaps(n.saturating_sub(column.len()));
    column.followed_by(gaps)
}
