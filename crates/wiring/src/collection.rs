//! Readings of several sources, to and from tables.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use neuroloom_celegans::connectome::Reading;
use neuroloom_core::{Error, Result, Table};
use neuroloom_table::{Columns, TableBuilder, kinds};

/// The readings of one source, in its order.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceReadings {
    /// Name of the source.
    pub source: String,
    /// Unit of its weights.
    pub unit: String,
    /// The file that they are from.
    pub file: PathBuf,
    /// The readings.
    pub readings: Vec<Reading>,
}

/// Sources, each once, sorted by name.
#[derive(Clone, Debug, Default)]
pub struct Collection {
    sources: BTreeMap<String, SourceReadings>,
    /// Files that are of no known source.
    pub passed_over: Vec<PathBuf>,
}

impl Collection {
    /// Adds a source.
    ///
    /// # Errors
    /// When it is there already, from another file.
    pub fn add(&mut self, readings: SourceReadings) -> Result<()> {
        if let Some(known) = self.sources.get(&readings.source) {
            return Err(Error::data(format!("two files hold the source {}", readings.source))
                .at_file(&readings.file)
                .expected("each source once")
                .found(format!("it in {} too", known.file.display()))
                .hint("leave one of them in the folder, or read one with `source` and its path"));
        }
        self.sources.insert(readings.source.clone(), readings);
        Ok(())
    }

    /// The sources.
    pub fn sources(&self) -> impl Iterator<Item = &SourceReadings> {
        self.sources.values()
    }

    /// The source called `name`.
    pub fn get(&self, name: &str) -> Option<&SourceReadings> {
        self.sources.get(name)
    }

    /// The table `connectome_readings`.
    ///
    /// # Errors
    /// An internal error where the columns do not fit the kind.
    pub fn table(&self) -> Result<Table> {
        let rows =
            || self.sources().flat_map(|source| source.readings.iter().map(move |reading| (source, reading)));
        TableBuilder::new(kinds::CONNECTOME_READINGS)
            .text("source", rows().map(|(source, _)| &source.source))
            .integers("row", rows().map(|(_, reading)| i64::try_from(reading.row).unwrap_or(i64::MAX)))
            .text("pre", rows().map(|(_, reading)| &reading.pre))
            .text("post", rows().map(|(_, reading)| &reading.post))
            .text("type", rows().map(|(_, reading)| &reading.kind))
            .numbers("weight", rows().map(|(_, reading)| reading.weight))
            .text("weight_unit", rows().map(|(source, _)| &source.unit))
            .optional_numbers("q_value", rows().map(|(_, reading)| reading.q_value))
            .finish()
    }

    /// Adds the sources of a table `connectome_readings` that was read from `file`.
    ///
    /// # Errors
    /// When a source is there already, has weights of two units, or a row lacks its weight.
    pub(crate) fn add_table(&mut self, table: &Table, file: &Path) -> Result<()> {
        let (sources, units) = (table.text("source")?, table.text("weight_unit")?);
        let (pre, post, kind) = (table.text("pre")?, table.text("post")?, table.text("type")?);
        let (rows, weight, q_value) =
            (table.integers("row")?, table.numbers("weight")?, table.numbers("q_value")?);
        let mut found: BTreeMap<&str, SourceReadings> = BTreeMap::new();
        for row in 0..table.n_rows() {
            let (source, unit) = (sources.get_or_empty(row), units.get_or_empty(row));
            let group = found.entry(source).or_insert_with(|| SourceReadings {
                source: source.into(),
                unit: unit.into(),
                file: file.into(),
                readings: Vec::new(),
            });
            if group.unit != unit {
                return Err(Error::data("a source has weights of two units")
                    .at_file(file)
                    .at_object(format!("weight_unit of {source}"))
                    .at_offset(row as u64)
                    .expected(group.unit.as_str())
                    .found(unit));
            }
            group.readings.push(Reading {
                row: u64::try_from(rows.value(row)).unwrap_or(0),
                pre: pre.get_or_empty(row).to_owned(),
                post: post.get_or_empty(row).to_owned(),
                kind: kind.get_or_empty(row).to_owned(),
                weight: weight.get(row).unwrap_or(f64::NAN),
                q_value: q_value.get(row),
            });
        }
        found.into_values().try_for_each(|source| self.add(source))
    }
}
