//! Parameters of `ingest.table`.

use std::fmt;

use neuroloom_core::{DataPath, ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::assembled::TimeUnit;

/// One file or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Paths {
    /// One file.
    One(DataPath),
    /// Several, a recording each.
    Many(Vec<DataPath>),
}

impl Paths {
    /// The paths.
    pub fn as_slice(&self) -> &[DataPath] {
        match self {
            Self::One(path) => std::slice::from_ref(path),
            Self::Many(paths) => paths,
        }
    }
}

/// A column by its name, or by its number from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ColumnName {
    /// Its number, from 0.
    Number(usize),
    /// Its name; in a file without a header the number is the name.
    Name(String),
}

impl fmt::Display for ColumnName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// Which column holds what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ColumnMap {
    /// Times: of samples, of spikes; a list of them per row in a nested table.
    pub time: Option<ColumnName>,
    /// The unit (neuron), or the name of the series of a behaviour.
    pub unit: Option<ColumnName>,
    /// The values; a list of them per row in a nested table.
    pub value: Option<ColumnName>,
    /// The recording, in a file with several.
    pub recording: Option<ColumnName>,
    /// Time of the first sample, in a nested table with a regular clock.
    pub t0: Option<ColumnName>,
    /// Interval between samples, in a nested table with a regular clock.
    pub dt: Option<ColumnName>,
    /// Start of an interval.
    pub start: Option<ColumnName>,
    /// End of an interval.
    pub stop: Option<ColumnName>,
    /// Condition of a response.
    pub condition: Option<ColumnName>,
    /// Repeat or cross-validation fold of a response or residual, from 0.
    pub fold: Option<ColumnName>,
    /// Number of the observation of a residual, from 0.
    pub observation: Option<ColumnName>,
    /// First coordinate of a position.
    pub x: Option<ColumnName>,
    /// Second coordinate of a position.
    pub y: Option<ColumnName>,
    /// Third coordinate of a position.
    pub z: Option<ColumnName>,
    /// Centre of a neighbourhood.
    pub centre: Option<ColumnName>,
}

impl ColumnMap {
    /// The columns that are named, with what they are for.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, &ColumnName)> {
        let all = [
            ("time", &self.time),
            ("unit", &self.unit),
            ("value", &self.value),
            ("recording", &self.recording),
            ("t0", &self.t0),
            ("dt", &self.dt),
            ("start", &self.start),
            ("stop", &self.stop),
            ("condition", &self.condition),
            ("fold", &self.fold),
            ("observation", &self.observation),
            ("x", &self.x),
            ("y", &self.y),
            ("z", &self.z),
            ("centre", &self.centre),
        ];
        all.into_iter().filter_map(|(name, column)| Some((name, column.as_ref()?)))
    }
}

/// What the table is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Sampled signals of neurons.
    #[default]
    Traces,
    /// Spike times.
    Spikes,
    /// Sampled signals of the animal or its surroundings.
    Behaviour,
    /// Stretches of time: trials, epochs, stimuli.
    Intervals,
    /// Responses of neurons to conditions.
    Responses,
    /// What a model of the responses leaves unexplained, a row per neuron and observation.
    Residuals,
    /// Where neurons or voxels lie, a row each.
    Positions,
    /// Which of them are near one another, a row per centre and neighbour.
    Neighbourhoods,
}

impl Kind {
    /// Whether every row of the table is a row of the result, whatever the layout.
    pub(super) const fn is_by_row(self) -> bool {
        matches!(self, Self::Intervals | Self::Residuals | Self::Positions | Self::Neighbourhoods)
    }

    /// As a pipeline writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Spikes => "spikes",
            Self::Behaviour => "behaviour",
            Self::Intervals => "intervals",
            Self::Responses => "responses",
            Self::Residuals => "residuals",
            Self::Positions => "positions",
            Self::Neighbourhoods => "neighbourhoods",
        }
    }
}

/// How the table is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// A row per time (or condition) and a column per unit; with `units_in: rows` a row per unit.
    #[default]
    Wide,
    /// A row per value or spike: unit, time, value.
    Long,
    /// A row per unit, with lists (Parquet).
    Nested,
}

/// Where the units of a wide table are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnitsIn {
    /// A column per unit.
    #[default]
    Columns,
    /// A row per unit.
    Rows,
}

/// What separates the cells of a text file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Delimiter {
    /// Whatever the first lines agree on.
    #[default]
    Auto,
    /// `,`
    Comma,
    /// A tab.
    Tab,
    /// `;`
    Semicolon,
    /// `|`
    Pipe,
    /// One or more blanks or tabs.
    Blanks,
}

impl Delimiter {
    /// Its name, in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "whatever the first lines agree on",
            Self::Comma => "commas",
            Self::Tab => "tabs",
            Self::Semicolon => "semicolons",
            Self::Pipe => "|",
            Self::Blanks => "blanks",
        }
    }
}

/// Whether the first line of a text file names the columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Header {
    /// It does if one of its cells is no number.
    #[default]
    Auto,
    /// It does.
    Yes,
    /// Columns are called 0, 1, 2 …
    No,
}

/// Parameters of `ingest.table`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The file (CSV, TSV or Parquet, told by its first bytes) relative to the pipeline file; or a list of files, a
    /// recording each.
    pub path: Paths,
    /// What the table is of.
    #[serde(default, rename = "as")]
    pub kind: Kind,
    /// How it is laid out.
    #[serde(default)]
    pub layout: Layout,
    /// Which column holds what.
    #[serde(default)]
    pub columns: ColumnMap,
    /// Where the units of a wide table are.
    #[serde(default)]
    pub units_in: UnitsIn,
    /// The columns of a wide table that are units; by default all that are neither in `columns` nor in `keep`.
    #[serde(default)]
    pub units: Option<Vec<ColumnName>>,
    /// What times are in.
    #[serde(default)]
    pub time_unit: TimeUnit,
    /// Samples per second, Hz: where there is no column of times, or times are in samples.
    #[serde(default)]
    pub fs_hz: Option<f64>,
    /// Unit of the values.
    #[serde(default)]
    pub value_unit: Option<String>,
    /// What was measured (`dff`, `fluorescence`, `spike_count` …), or the name of the set of intervals.
    #[serde(default)]
    pub signal: Option<String>,
    /// Name of the recording; by default the file's, without its ending.
    #[serde(default)]
    pub recording_id: Option<String>,
    /// Further columns to keep, as they are called: per unit, or per interval.
    #[serde(default)]
    pub keep: Vec<ColumnName>,
    /// Whether to sort times that run backwards within a unit, instead of refusing them.
    #[serde(default)]
    pub sort: bool,
    /// What separates the cells of a text file.
    #[serde(default)]
    pub delimiter: Delimiter,
    /// Whether the first line of a text file names the columns.
    #[serde(default)]
    pub header: Header,
    /// Lines of a text file that begin with this are passed over; empty for none.
    #[serde(default = "comment")]
    pub comment: String,
    /// Whether numbers of a text file are written with a decimal comma: `0,25`.
    #[serde(default)]
    pub decimal_comma: bool,
    /// The words that stand for no value in a text file.
    #[serde(default = "na")]
    pub na: Vec<String>,
}

fn comment() -> String {
    "#".to_owned()
}

fn na() -> Vec<String> {
    ["", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "-"].map(str::to_owned).to_vec()
}

impl Params {
    /// Parameters with which the file at `path` is read as wide traces.
    pub fn new(path: &str) -> Self {
        Self {
            path: Paths::One(DataPath::new(path)),
            kind: Kind::default(),
            layout: Layout::default(),
            columns: ColumnMap::default(),
            units_in: UnitsIn::default(),
            units: None,
            time_unit: TimeUnit::default(),
            fs_hz: None,
            value_unit: None,
            signal: None,
            recording_id: None,
            keep: Vec::new(),
            sort: false,
            delimiter: Delimiter::default(),
            header: Header::default(),
            comment: comment(),
            decimal_comma: false,
            na: na(),
        }
    }

    pub(super) fn signal_or(&self, otherwise: &str) -> String {
        self.signal.clone().unwrap_or_else(|| otherwise.to_owned())
    }

    pub(super) fn unit_of_values(&self) -> String {
        neuroloom_core::Unit::parse(self.value_unit.as_deref().unwrap_or("")).as_str().to_owned()
    }

    /// The columns that must be named for this kind and layout.
    fn required(&self) -> &'static [&'static str] {
        match (self.kind, self.layout) {
            (Kind::Intervals, _) => &["start", "stop"],
            (Kind::Residuals, _) => &["unit", "observation", "value"],
            (Kind::Positions, _) => &["unit", "x", "y"],
            (Kind::Neighbourhoods, _) => &["centre", "unit"],
            (Kind::Responses, Layout::Wide) => &["condition"],
            (Kind::Responses, _) => &["unit", "condition", "value"],
            (_, Layout::Wide) => &[],
            (Kind::Spikes, _) => &["unit", "time"],
            (Kind::Traces, _) => &["unit", "value"],
            (Kind::Behaviour, _) => &["value"],
        }
    }

    /// Whether a clock is given by columns or by `fs_hz`.
    fn has_clock(&self) -> bool {
        let columns = &self.columns;
        let is_sampled = matches!(self.kind, Kind::Traces | Kind::Behaviour);
        !is_sampled || columns.time.is_some() || self.fs_hz.is_some() || columns.dt.is_some()
    }
}

impl StepParams for Params {
    fn check(&self, issues: &mut ParamIssues) {
        let paths = self.path.as_slice();
        let is_named = !paths.is_empty() && paths.iter().all(|path| !path.as_str().is_empty());
        issues.require(is_named, "path", || "must name a file, got nothing".into());
        issues.require_name(self.recording_id.as_deref(), "recording_id");
        issues.require(self.recording_id.is_none() || paths.len() < 2, "recording_id", || {
            "must not be given for several files, which are a recording each".into()
        });
        if let Some(fs_hz) = self.fs_hz {
            issues.require_positive(fs_hz, "fs_hz");
        }
        let named: Vec<&str> = self.columns.named().map(|(name, _)| name).collect();
        for column in self.required() {
            issues.require(named.contains(column), &format!("columns.{column}"), || {
                format!("must name a column to read {} from this layout", self.kind.name())
            });
        }
        issues.require(self.has_clock(), "fs_hz", || {
            "must be given where there is no column of times (`columns.time`)".into()
        });
        issues.require(self.time_unit != TimeUnit::Samples || self.fs_hz.is_some(), "fs_hz", || {
            "must be given for times in samples".into()
        });
        let is_wide = self.layout == Layout::Wide;
        issues.require(!(self.kind == Kind::Spikes && is_wide), "layout", || {
            "must be long or nested for spike times; counts in bins are `as: traces` with `signal: spike_count`".into()
        });
        issues.require(self.kind != Kind::Responses || self.layout != Layout::Nested, "layout", || {
            "must be wide or long for responses".into()
        });
        issues.require(self.units_in == UnitsIn::Columns || is_wide, "units_in", || {
            "has a meaning in a wide table only".into()
        });
        issues.require(self.comment.len() <= 1, "comment", || {
            format!("must be one ASCII character or empty, got {:?}", self.comment)
        });
    }
}
