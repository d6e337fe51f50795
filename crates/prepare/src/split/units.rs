//! Holding units out of tables.

use std::collections::BTreeMap;

use neuroloom_core::{Result, Seed, Summary, Table};
use neuroloom_table::Columns;

use super::held_out;
use crate::listing;
use crate::signal_lists::take_rows;

/// The units of every recording, and whether they are held out.
pub(super) struct HeldOut(BTreeMap<String, BTreeMap<String, bool>>);

impl HeldOut {
    /// Holds out a share of the units of each recording that occur in any of the tables.
    pub(super) fn choose<'a>(
        tables: impl Iterator<Item = &'a Table>,
        share: f64,
        seed: Seed,
    ) -> Result<Self> {
        let mut recordings: BTreeMap<String, BTreeMap<String, bool>> = BTreeMap::new();
        for table in tables {
            let (names, units) = (table.text("recording_id")?, table.text("unit_id")?);
            for row in 0..table.n_rows() {
                let recording = recordings.entry(names.get_or_empty(row).to_owned()).or_default();
                recording.insert(units.get_or_empty(row).to_owned(), false);
            }
        }
        for (name, units) in &mut recordings {
            let chosen = held_out(units.len(), share, seed.child(name));
            for (own, out) in units.values_mut().zip(chosen) {
                *own = out;
            }
        }
        Ok(Self(recordings))
    }

    /// The rows of units that are held in, and of those that are held out.
    pub(super) fn separate(&self, table: &Table) -> Result<[Table; 2]> {
        let (recordings, names) = (table.text("recording_id")?, table.text("unit_id")?);
        let is_out = |&row: &usize| {
            let units = self.0.get(recordings.get_or_empty(row));
            units.and_then(|units| units.get(names.get_or_empty(row))).copied().unwrap_or(false)
        };
        let (outside, inside): (Vec<usize>, Vec<usize>) = (0..table.n_rows()).partition(is_out);
        Ok([take_rows(table, &inside)?, take_rows(table, &outside)?])
    }

    /// Adds the numbers of units to a summary.
    pub(super) fn describe(&self, summary: Summary) -> Summary {
        let all = || self.0.values().flat_map(BTreeMap::values);
        let n_out = all().filter(|out| **out).count();
        let summary = summary.count("units held in", all().count() - n_out).count("units held out", n_out);
        let single: Vec<&String> =
            self.0.iter().filter(|(_, units)| units.len() < 2).map(|(recording, _)| recording).collect();
        if single.is_empty() {
            return summary;
        }
        summary.warn(format!("recordings of a single unit have none to hold out: {}", listing(single)))
    }
}
