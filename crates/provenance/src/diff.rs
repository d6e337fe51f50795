//! In what two runs differ: first whether their tables are the same bytes, then why, from the sources downwards.

mod column;
mod distance;
mod rows;
mod table;
mod tasks;
mod text;

use neuroloom_core::{Digest, Result};
use serde::Serialize;
use serde_json::Value;

use crate::run::Run;

pub use column::ColumnDifference;
pub use distance::Distance;
pub use table::{Contents, Retyped, TableDifference, TableState};
pub use tasks::{Role, TaskDifference};

/// In what two runs differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunDifference {
    /// Whether both have the same tables, byte for byte.
    pub equal: bool,
    /// How many tables are equal, and how many are not.
    pub tables: TableCounts,
    /// Program, name, seed, and whether the pipelines are the same text once they are resolved.
    pub runs: Vec<Change>,
    /// The tasks in which they differ, each after those that it depends on.
    pub tasks: Vec<TaskDifference>,
}

/// Tables of two runs, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct TableCounts {
    /// The same bytes in both.
    pub equal: usize,
    /// Other bytes.
    pub different: usize,
    /// Only the first run has them.
    pub only_in_a: usize,
    /// Only the second run has them.
    pub only_in_b: usize,
}

/// A value that differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// Which one: `seed`, `with.kernel.sigma_s`, `file data/a.nwb`.
    pub what: String,
    /// In the first run; `null` where it has none.
    pub a: Value,
    /// In the second run; `null` where it has none.
    pub b: Value,
}

impl Change {
    fn new(what: impl Into<String>, a: impl Into<Value>, b: impl Into<Value>) -> Self {
        Self { what: what.into(), a: a.into(), b: b.into() }
    }
}

/// Compares two runs. Tables whose digests are equal are not read; of the others, one of each run is in memory at a
/// time.
///
/// # Errors
/// When a table that differs is absent, damaged, or not the one that its manifest records.
pub fn compare(a: &Run, b: &Run) -> Result<RunDifference> {
    let tasks = tasks::compare(a, b)?;
    let mut counts = TableCounts::default();
    for table in tasks.iter().flat_map(|task| &task.tables) {
        match table.state {
            TableState::OnlyInA { .. } => counts.only_in_a += 1,
            TableState::OnlyInB { .. } => counts.only_in_b += 1,
            TableState::Differs { .. } => counts.different += 1,
        }
    }
    let tables_of_a: usize = a.manifest.tasks.iter().map(|task| task.outputs.len()).sum();
    counts.equal = tables_of_a.saturating_sub(counts.only_in_a + counts.different);
    let equal = counts.different + counts.only_in_a + counts.only_in_b == 0;
    Ok(RunDifference { equal, tables: counts, runs: changes(a, b), tasks })
}

fn changes(a: &Run, b: &Run) -> Vec<Change> {
    let (one, other) = (&a.manifest, &b.manifest);
    let mut changes = vec![
        Change::new("neuroloom", one.neuroloom.as_str(), other.neuroloom.as_str()),
        Change::new("name", one.name.as_str(), other.name.as_str()),
        Change::new("seed", one.seed, other.seed),
    ];
    changes.retain(|change| change.a != change.b);
    if let (Some(one), Some(other)) = (&a.pipeline, &b.pipeline)
        && one != other
    {
        let digest = |text: &str| Digest::of(text.as_bytes()).short();
        changes.push(Change::new("pipeline.yaml", digest(one), digest(other)));
    }
    changes
}
