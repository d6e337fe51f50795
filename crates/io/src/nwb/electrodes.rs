//! Where units were recorded: from columns of their own, or through the electrodes table.

use std::collections::BTreeMap;

use neuroloom_core::Result;

use super::names;
use super::table::{DynamicTable, row_range};
use crate::hdf5::{Attribute, File, ObjectKind};

const ELECTRODES: &str = "/general/extracellular_ephys/electrodes";
/// Columns of the units table that say where a unit lies, in order of preference.
const REGION_COLUMNS: [&str; 7] =
    ["location", "region", "brain_region", "brain_area", "area", "structure", "ecephys_structure_acronym"];

/// Region and electrode group of every unit.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) region: Vec<Option<String>>,
    pub(super) group: Vec<Option<String>>,
    /// Columns of the units table that the places were read from.
    pub(super) used: Vec<String>,
}

/// Region and electrode group of every row of the units table.
///
/// A text column of the units table itself comes first, then the electrodes of the unit (the region that most
/// of them have, the first named of equals), then the location of its electrode group.
///
/// # Errors
/// When a unit names an electrode that does not exist, or a column is damaged.
pub(super) fn places(units: &DynamicTable<'_>) -> Result<Places> {
    let own = own_region(units)?;
    let through_electrodes = electrode_places(units)?;
    let groups = group_references(units)?;
    let pick = |row: usize, lists: [&Vec<Option<String>>; 3]| {
        lists.into_iter().find_map(|list| list.get(row).cloned().flatten())
    };
    let (own_values, used) = own;
    let n_rows = units.n_rows();
    Ok(Places {
        region: (0..n_rows)
            .map(|row| pick(row, [&own_values, &through_electrodes.region, &groups.region]))
            .collect(),
        group: (0..n_rows)
            .map(|row| pick(row, [&groups.group, &through_electrodes.group, &Vec::new()]))
            .collect(),
        used,
    })
}

fn own_region(units: &DynamicTable<'_>) -> Result<(Vec<Option<String>>, Vec<String>)> {
    for name in REGION_COLUMNS {
        if units.has(name)?
            && !units.is_ragged(name)?
            && units.file().info(&units.path_of(name))?.dtype.is_text()
        {
            return Ok((units.texts(name)?, vec![name.to_owned()]));
        }
    }
    Ok((Vec::new(), Vec::new()))
}

fn electrode_places(units: &DynamicTable<'_>) -> Result<Places> {
    let file = units.file();
    if !units.has("electrodes")? {
        return Ok(Places::default());
    }
    let path = units.path_of("electrodes");
    let table = match file.attribute(&path, "table")? {
        Some(Attribute::Reference(Some(table))) => table,
        _ => ELECTRODES.to_owned(),
    };
    if file.kind(&table)? != Some(ObjectKind::Group) {
        return Ok(Places::default());
    }
    let electrodes = DynamicTable::open(file, &table)?;
    let rows: Vec<u64> = file.numbers(&path)?;
    let known = electrodes.n_rows() as u64;
    if let Some(i) = rows.iter().position(|&row| row >= known) {
        return Err(file
            .error(&path, "a unit names an electrode that does not exist")
            .at_offset(i as u64)
            .expected(format!("row numbers below {known}"))
            .found(rows.get(i).map(u64::to_string).unwrap_or_default()));
    }
    let offsets = units.offsets("electrodes")?;
    let location = if electrodes.has("location")? { electrodes.texts("location")? } else { Vec::new() };
    let group = electrode_groups(&electrodes)?;
    let of_units = |labels: &[Option<String>]| -> Vec<Option<String>> {
        (0..units.n_rows())
            .map(|unit| {
                let rows = rows.get(row_range(&offsets, unit)).unwrap_or_default();
                most_common(rows.iter().filter_map(|&row| labels.get(row as usize)?.as_deref()))
            })
            .collect()
    };
    Ok(Places { region: of_units(&location), group: of_units(&group), used: Vec::new() })
}

fn electrode_groups(electrodes: &DynamicTable<'_>) -> Result<Vec<Option<String>>> {
    if electrodes.has("group_name")? {
        return electrodes.texts("group_name");
    }
    if electrodes.has("group")? {
        return Ok(electrodes.references("group")?.into_iter().map(|path| path.map(last_name)).collect());
    }
    Ok(Vec::new())
}

fn group_references(units: &DynamicTable<'_>) -> Result<Places> {
    if !units.has("electrode_group")? {
        return Ok(Places::default());
    }
    let info = units.file().info(&units.path_of("electrode_group"))?;
    if info.dtype.is_text() {
        return Ok(Places { group: units.texts("electrode_group")?, ..Places::default() });
    }
    let paths = units.references("electrode_group")?;
    let mut locations: BTreeMap<&str, Option<String>> = BTreeMap::new();
    for path in paths.iter().flatten() {
        if !locations.contains_key(path.as_str()) {
            locations.insert(path, group_location(units.file(), path)?);
        }
    }
    let region = paths.iter().map(|path| locations.get(path.as_deref()?).cloned().flatten()).collect();
    Ok(Places {
        region,
        group: paths.iter().cloned().map(|path| path.map(last_name)).collect(),
        used: Vec::new(),
    })
}

fn group_location(file: &File, group: &str) -> Result<Option<String>> {
    Ok(match file.kind(group)? {
        Some(_) => file.text_attribute(group, "location")?.and_then(super::table::present),
        None => None,
    })
}

fn last_name(path: String) -> String {
    names::last(&path).to_owned()
}

/// The label met most often; of equals the one met first.
fn most_common<'a>(labels: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for label in labels {
        match counts.iter_mut().find(|(known, _)| *known == label) {
            Some((_, count)) => *count += 1,
            None => counts.push((label, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(label, _)| label.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equally_common_labels_wins() {
        assert_eq!(most_common(["b", "a", "a", "b", "c"].into_iter()).as_deref(), Some("b"));
        assert_eq!(most_common(std::iter::empty()), None);
    }
}
