//! Ports: the named, typed ends of a step.

use std::fmt;

use serde::Serialize;

/// The name of a table schema (`spikes`, `rdms` …). The schemas themselves stand in `neuroloom-table`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct TableKind(&'static str);

impl TableKind {
    /// Names a kind; only `neuroloom-table` has reason to.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name.
    pub const fn name(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for TableKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// One input or output of a step.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct PortSpec {
    /// Its name, unique among the step's inputs or outputs.
    pub name: &'static str,
    /// The kind of table it carries.
    pub kind: TableKind,
    /// An input that may stay unconnected, or an output that may be absent.
    pub optional: bool,
    /// An input that the step reads in parts (`Inputs::parts`): it is never whole in memory.
    #[serde(skip)]
    pub in_parts: bool,
    /// What flows through it, in one sentence.
    pub doc: &'static str,
}

impl PortSpec {
    /// A port that must be connected.
    pub const fn required(name: &'static str, kind: TableKind, doc: &'static str) -> Self {
        Self { name, kind, optional: false, in_parts: false, doc }
    }

    /// A port that may stay unconnected.
    pub const fn optional(name: &'static str, kind: TableKind, doc: &'static str) -> Self {
        Self { name, kind, optional: true, in_parts: false, doc }
    }
    /// The same input, read in parts.
    #[must_use]
    pub const fn in_parts(self) -> Self {
        Self { in_parts: true, ..self }
    }
}
