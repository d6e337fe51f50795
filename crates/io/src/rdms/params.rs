use std::collections::BTreeMap;

use neuroloom_core::{DataPath, ParamIssues, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::table_file::Paths;

/// Parameters of `ingest.rdms`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// The file or files, relative to the pipeline file: HDF5 of rsatoolbox, `.npz`, `.npy`, or one matrix as a table of text.
    pub path: Paths,
    /// The array of dissimilarities in an `.npz`; by default `vectors`, `dissimilarities`, `rdms` or `rdm`, or the only array of numbers with two or three dimensions.
    #[serde(default)]
    pub object: Option<String>,
    /// How dissimilarities lie in an array.
    #[serde(default)]
    pub layout: Layout,
    /// The descriptor of patterns with the labels of the conditions; by default the only one with distinct values, apart from `index`.
    #[serde(default)]
    pub conditions: Option<String>,
    /// The RDMs to read: values that their descriptors must have, as `{ group: human_IT_fmri, session: [1, 2] }`; by default all.
    #[serde(default)]
    pub select: BTreeMap<String, Wanted>,
    /// The descriptors that name an RDM, joined by `/`; by default its number. Files give each RDM the descriptor `file` beside their own: their name without its ending.
    #[serde(default)]
    pub name: Vec<String>,
    /// The descriptor with the subject: the animal, person or trained network.
    #[serde(default)]
    pub subject: Option<String>,
    /// The descriptor with the region, layer or other group.
    #[serde(default)]
    pub region: Option<String>,
    /// The descriptor with the recording.
    #[serde(default)]
    pub recording: Option<String>,
    /// Estimator and transforms that made the RDMs; by default what the file says.
    #[serde(default)]
    pub measure: Option<String>,
    /// Unit of the dissimilarities, which files do not keep.
    #[serde(default = "arbitrary")]
    pub unit: String,
    /// What to do with a dissimilarity that is NaN.
    #[serde(default)]
    pub nan: NanPolicy,
    /// What to do with files whose conditions differ.
    #[serde(default)]
    pub different_conditions: DifferentConditions,
}

fn arbitrary() -> String {
    neuroloom_core::Unit::ARBITRARY.as_str().to_owned()
}

/// How dissimilarities lie in an array.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Square where the last two extents are equal, otherwise vectors.
    #[default]
    Auto,
    /// `[n_pairs]` or `[n_rdms, n_pairs]`: upper triangles, row-major.
    Vectors,
    /// `[n_conditions, n_conditions]` or `[n_rdms, n_conditions, n_conditions]`.
    Square,
}

/// What to do with a dissimilarity that is NaN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NanPolicy {
    /// Refuse the file and name the pair.
    #[default]
    Error,
    /// Keep it: a pair without a value, which methods refuse or leave out as they are told.
    Keep,
}

/// What to do with files whose conditions differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DifferentConditions {
    /// Refuse them and list the labels.
    #[default]
    Error,
    /// Keep the conditions that all files have, in the order of the first.
    Intersect,
}

/// Values of a descriptor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Wanted {
    /// This value.
    One(Scalar),
    /// One of these.
    Several(Vec<Scalar>),
}

/// A value of a descriptor; `1` and `"1"` are the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A word.
    Text(String),
}

impl Wanted {
    pub(super) fn has(&self, value: &str) -> bool {
        self.values().iter().any(|wanted| *wanted == value)
    }

    pub(super) fn values(&self) -> Vec<String> {
        match self {
            Self::One(value) => vec![value.text()],
            Self::Several(values) => values.iter().map(Scalar::text).collect(),
        }
    }
}

impl Scalar {
    fn text(&self) -> String {
        match self {
            Self::Integer(value) => value.to_string(),
            Self::Number(value) => value.to_string(),
            Self::Text(value) => value.clone(),
        }
    }
}

impl Params {
    /// Parameters with which all RDMs of the file at `path` are read under their numbers.
    pub fn new(path: &str) -> Self {
        Self {
            path: Paths::One(DataPath::new(path)),
            object: None,
            layout: Layout::default(),
            conditions: None,
            select: BTreeMap::new(),
            name: Vec::new(),
            subject: None,
            region: None,
            recording: None,
            measure: None,
            unit: arbitrary(),
            nan: NanPolicy::default(),
            different_conditions: DifferentConditions::default(),
        }
    }
}

impl StepParams for Params {
    fn check(&self, issues: &mut ParamIssues) {
        let paths = self.path.as_slice();
        issues.require(!paths.is_empty(), "path", || "must name at least one file, got none".into());
        for path in paths {
            issues.require_path(path, "a file");
        }
        let names = [
            ("object", &self.object),
            ("conditions", &self.conditions),
            ("subject", &self.subject),
            ("region", &self.region),
            ("recording", &self.recording),
            ("measure", &self.measure),
        ];
        for (field, name) in names {
            issues.require_name(name.as_deref(), field);
        }
        issues.require_name(Some(&self.unit), "unit");
        for (descriptor, wanted) in &self.select {
            issues.require(!wanted.values().is_empty(), &format!("select.{descriptor}"), || {
                "must name at least one value, got none".into()
            });
        }
    }
}
