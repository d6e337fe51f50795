//! Ports: the named, typed ends of a step.

use std::fmt;

use serde::Serialize;

/// The name of a table schema (`spikes`, `rdms` …). The schemas themselves stand in `neuroloom-table`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct TableKind(&'static str);

impl TableKind {
    /// Of an input: a table of any kind will do. Of an output: not known before its input is connected.
    pub const ANY: Self = Self("any");

    /// Names a kind; only `neuroloom-table` has reason to.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name.
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// Whether a table of this kind can enter at an input of kind `port`. [`ANY`](Self::ANY) on either side fits.
    ///
    /// ```
    /// # use neuroloom_core::TableKind;
    /// let spikes = TableKind::new("spikes");
    /// assert!(spikes.fits(TableKind::ANY) && !spikes.fits(TableKind::new("rdms")));
    /// ```
    pub fn fits(self, port: Self) -> bool {
        self == port || self == Self::ANY || port == Self::ANY
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
    /// An input that takes the tables of all variants side by side, each with its labels (`Inputs::variants`).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub many: bool,
    /// Of an output: the input whose kind of table it has, where that is not fixed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<&'static str>,
    /// What flows through it, in one sentence.
    pub doc: &'static str,
}

impl PortSpec {
    /// A port that must be connected.
    pub const fn required(name: &'static str, kind: TableKind, doc: &'static str) -> Self {
        Self { name, kind, optional: false, in_parts: false, many: false, follows: None, doc }
    }

    /// A port that may stay unconnected.
    pub const fn optional(name: &'static str, kind: TableKind, doc: &'static str) -> Self {
        Self { name, kind, optional: true, in_parts: false, many: false, follows: None, doc }
    }

    /// The same input, read in parts.
    #[must_use]
    pub const fn in_parts(self) -> Self {
        Self { in_parts: true, ..self }
    }

    /// The same input, for the tables of all variants that `collect` gathers, each with its labels.
    #[must_use]
    pub const fn many(self) -> Self {
        Self { many: true, ..self }
    }

    /// An output of the same kind as the table at `input`, which takes [`TableKind::ANY`].
    pub const fn following(name: &'static str, input: &'static str, doc: &'static str) -> Self {
        Self {
            name,
            kind: TableKind::ANY,
            optional: false,
            in_parts: false,
            many: false,
            follows: Some(input),
            doc,
        }
    }

    /// What it carries, in a word: the kind, or the input that it follows.
    ///
    /// ```
    /// # use neuroloom_core::PortSpec;
    /// assert_eq!(PortSpec::following("table", "table", "").carries(), "as `table`");
    /// ```
    pub fn carries(&self) -> String {
        match self.follows {
            Some(input) if self.kind == TableKind::ANY => format!("as `{input}`"),
            _ => self.kind.name().to_owned(),
        }
    }
}
