//! The step: one composable piece of analysis.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;

use crate::{
    Error, PlanContext, PlannedInputs, PortSpec, Result, RunContext, StepParams, StepPlan, StoredParts,
    Summary, Table, TableKind, TableParts,
};

/// What a step is, for its help page.
#[derive(Clone, Debug, Serialize)]
pub struct Description {
    /// What it does, in one line.
    pub title: &'static str,
    /// How and why, in a paragraph.
    pub about: &'static str,
    /// The paper and equations behind it, if any.
    pub reference: Option<&'static str>,
    /// Its inputs.
    pub inputs: Vec<PortSpec>,
    /// Its outputs; the first is the default one.
    pub outputs: Vec<PortSpec>,
}

/// One composable piece of analysis.
pub trait Step: Send + Sync + 'static {
    /// Its parameters.
    type Params: StepParams;

    /// `family.verb`, as a pipeline's `use:` names it.
    const ID: &'static str;

    /// Semantic version of its results; part of every cache key. Raise it when the same inputs give other bytes.
    const VERSION: u32;

    /// Whether it draws random numbers: only then is the run's seed part of its cache key.
    const RANDOM: bool = false;

    /// What it is.
    fn describe(&self) -> Description;

    /// The source files that it reads beside its inputs, relative to `base`: their digests are part of the cache key.
    ///
    /// # Errors
    /// When the files cannot be listed.
    fn files(&self, params: &Self::Params, base: &std::path::Path) -> Result<Vec<PathBuf>> {
        let _ = (params, base);
        Ok(Vec::new())
    }

    /// Output tables and resources, without reading data (a source's header may be read).
    ///
    /// # Errors
    /// When the parameters do not fit the inputs.
    fn plan(&self, ctx: &PlanContext, params: &Self::Params, inputs: &PlannedInputs) -> Result<StepPlan>;

    /// Does the work. The same parameters, inputs and seed give the same bytes for any number of threads.
    ///
    /// # Errors
    /// When the data are not what the method needs, or the user asked to stop.
    fn run(&self, ctx: &RunContext, params: &Self::Params, inputs: &Inputs) -> Result<StepOutput>;
}

/// The tables that are connected to a step's inputs.
#[derive(Clone, Debug, Default)]
pub struct Inputs(BTreeMap<String, Input>);

#[derive(Clone, Debug)]
enum Input {
    Whole(Table),
    Parts(Arc<dyn TableParts>),
    Many(Vec<Variant>),
}

/// One of the tables that `collect` gathers from the variants of a step.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Axis and label, in the order of the axes: `("rank", "4")`.
    pub labels: Vec<(String, String)>,
    /// The table.
    pub table: Arc<dyn TableParts>,
}

impl Inputs {
    /// Inputs by port.
    pub fn new(tables: impl IntoIterator<Item = (String, Table)>) -> Self {
        Self(tables.into_iter().map(|(port, table)| (port, Input::Whole(table))).collect())
    }

    /// Connects `port` to a table.
    #[must_use]
    pub fn with_table(mut self, port: impl Into<String>, table: Table) -> Self {
        self.0.insert(port.into(), Input::Whole(table));
        self
    }

    /// Connects `port` to a table in parts.
    #[must_use]
    pub fn with_parts(mut self, port: impl Into<String>, parts: Arc<dyn TableParts>) -> Self {
        self.0.insert(port.into(), Input::Parts(parts));
        self
    }

    /// Connects `port` to the tables of all variants.
    #[must_use]
    pub fn with_variants(mut self, port: impl Into<String>, variants: Vec<Variant>) -> Self {
        self.0.insert(port.into(), Input::Many(variants));
        self
    }

    /// The tables of all variants at `port`, in the order of the plan. Where nothing was collected, the one table there
    /// is its own single variant, without labels.
    ///
    /// # Errors
    /// An internal error where a required port is unconnected: the pipeline checks that before it runs.
    pub fn variants(&self, port: &str) -> Result<Vec<Variant>> {
        let single = |table: Arc<dyn TableParts>| vec![Variant { labels: Vec::new(), table }];
        match self.0.get(port).ok_or_else(|| not_connected(port))? {
            Input::Whole(table) => Ok(single(Arc::new(table.clone()))),
            Input::Parts(parts) => Ok(single(Arc::clone(parts))),
            Input::Many(variants) => Ok(variants.clone()),
        }
    }

    /// The table at `port`.
    ///
    /// # Errors
    /// An internal error where a required port is unconnected: the pipeline checks that before it runs.
    pub fn required(&self, port: &str) -> Result<&Table> {
        self.optional(port).ok_or_else(|| not_connected(port))
    }

    /// The table at `port`, if connected. A port that is read in parts has none.
    pub fn optional(&self, port: &str) -> Option<&Table> {
        match self.0.get(port)? {
            Input::Whole(table) => Some(table),
            Input::Parts(_) | Input::Many(_) => None,
        }
    }

    /// The table at `port` in parts; a whole one is its own single part.
    ///
    /// # Errors
    /// An internal error where a required port is unconnected: the pipeline checks that before it runs.
    pub fn parts(&self, port: &str) -> Result<&dyn TableParts> {
        match self.0.get(port).ok_or_else(|| not_connected(port))? {
            Input::Whole(table) => Ok(table),
            Input::Parts(parts) => Ok(parts.as_ref()),
            Input::Many(_) => Err(Error::internal(format!("the input {port:?} takes variants"))),
        }
    }
}

fn not_connected(port: &str) -> Error {
    Error::internal(format!("the input {port:?} is not connected"))
}

/// What a step gives back.
#[derive(Clone, Debug, Default)]
pub struct StepOutput {
    /// Its tables in memory, by port. Optional ports may be absent.
    pub tables: BTreeMap<&'static str, Table>,
    /// Its tables that were written in parts, by port.
    pub stored: BTreeMap<&'static str, Arc<dyn StoredParts>>,
    /// Metrics, figures and warnings for the report.
    pub summary: Summary,
}

impl StepOutput {
    /// Nothing yet.
    pub fn new(summary: Summary) -> Self {
        Self { summary, ..Self::default() }
    }

    /// Adds the table at `port`.
    #[must_use]
    pub fn table(mut self, port: &'static str, table: Table) -> Self {
        self.tables.insert(port, table);
        self
    }

    /// Adds the table at `port`, which was written in parts.
    #[must_use]
    pub fn stored(mut self, port: &'static str, parts: Arc<dyn StoredParts>) -> Self {
        self.stored.insert(port, parts);
        self
    }

    /// All ports with the kinds of their tables.
    pub fn kinds(&self) -> impl Iterator<Item = (&'static str, TableKind)> {
        let tables = self.tables.iter().map(|(port, table)| (*port, table.kind()));
        tables.chain(self.stored.iter().map(|(port, parts)| (*port, parts.kind())))
    }
}
