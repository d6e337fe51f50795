//! What is known of a step before it runs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Error, Result, TableKind};

/// Sizes by name: `recordings`, `units`, `samples` (of the longest trace), `spikes`, `conditions`, `folds`, `rdms`,
/// `pairs`, `rows`, `values_per_part` (samples of all traces of the largest part of a table in parts).
/// A size that is not known before the data are read is absent.
pub type Dims = BTreeMap<&'static str, u64>;

/// A table that will exist.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlannedTable {
    /// Its kind.
    pub kind: TableKind,
    /// The sizes that are known already.
    pub dims: Dims,
}

impl PlannedTable {
    /// A table of `kind` with the sizes known so far.
    pub fn new(kind: TableKind, dims: impl IntoIterator<Item = (&'static str, u64)>) -> Self {
        Self { kind, dims: dims.into_iter().collect() }
    }

    /// The size called `name`, if known.
    pub fn dim(&self, name: &str) -> Option<u64> {
        self.dims.get(name).copied()
    }
}

/// What a task may need at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resources {
    /// Threads that it makes use of.
    pub cores: usize,
    /// Peak memory in bytes, inputs and outputs included.
    pub memory_bytes: u64,
    /// Wall time in seconds, where it can be told before the data are read.
    pub time_s: Option<u64>,
}

impl Default for Resources {
    fn default() -> Self {
        Self { cores: 1, memory_bytes: 64 << 20, time_s: None }
    }
}

impl Resources {
    /// `bytes` on top of what any task needs, on one core.
    pub fn memory(bytes: u64) -> Self {
        let base = Self::default();
        Self { memory_bytes: base.memory_bytes.saturating_add(bytes), ..base }
    }

    /// The same with an estimate of the wall time, seconds.
    #[must_use]
    pub fn time_s(self, seconds: u64) -> Self {
        Self { time_s: Some(seconds), ..self }
    }

    /// The same on `cores` cores.
    #[must_use]
    pub fn cores(self, cores: usize) -> Self {
        Self { cores: cores.max(1), ..self }
    }
}

/// What a step says before it runs.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StepPlan {
    /// Its outputs, by port.
    pub outputs: BTreeMap<&'static str, PlannedTable>,
    /// What it needs.
    pub resources: Resources,
}

impl StepPlan {
    /// A plan without outputs yet.
    pub fn new(resources: Resources) -> Self {
        Self { outputs: BTreeMap::new(), resources }
    }

    /// Adds an output.
    #[must_use]
    pub fn output(
        mut self,
        port: &'static str,
        kind: TableKind,
        dims: impl IntoIterator<Item = (&'static str, u64)>,
    ) -> Self {
        self.outputs.insert(port, PlannedTable::new(kind, dims));
        self
    }
}

/// The planned tables that are connected to a step's inputs.
#[derive(Clone, Debug, Default)]
pub struct PlannedInputs(BTreeMap<String, PlannedTable>);

impl PlannedInputs {
    /// Inputs by port.
    pub fn new(tables: impl IntoIterator<Item = (String, PlannedTable)>) -> Self {
        Self(tables.into_iter().collect())
    }

    /// The table at `port`.
    ///
    /// # Errors
    /// An internal error where a required port is unconnected: the pipeline checks that before it plans.
    pub fn required(&self, port: &str) -> Result<&PlannedTable> {
        self.optional(port).ok_or_else(|| Error::internal(format!("the input {port:?} is not connected")))
    }

    /// The table at `port`, if connected.
    pub fn optional(&self, port: &str) -> Option<&PlannedTable> {
        self.0.get(port)
    }
}
