//! Parameters of `ingest.celegans`.

use std::path::Path;

use neuroloom_celegans::Profile;
use neuroloom_core::{DataPath, ParamIssues, Result, StepParams};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::collection::{self, Folder};
use crate::{Listing, ReadOptions, Source};

/// Parameters of `ingest.celegans`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// A folder of one source, one of its files, or a folder whose folders are named after sources (`Dag2023`,
    /// `Flavell2023` …, in any case of letters); relative to the pipeline file.
    pub path: DataPath,
    /// The source that the files are of, where neither the folder nor those above it are named after it.
    #[serde(default)]
    pub source: Option<Source>,
    /// The sources to read from a folder of several; by default all that are there.
    #[serde(default)]
    pub sources: Option<Vec<Source>>,
    /// The label dictionary of Dag2023 (`NeuroPAL_labels_dict.json`), where it lies neither beside the files nor one
    /// folder above.
    #[serde(default)]
    pub labels: Option<DataPath>,
    /// `exact`: samples as measured. `compat`: as the published pipeline reads them.
    #[serde(default)]
    pub profile: Profile,
    /// Whether a recording that cannot be read ends the run; otherwise it is skipped with the reason.
    #[serde(default)]
    pub strict: bool,
    /// At most so many recordings of each source, the first ones by name.
    #[serde(default)]
    pub limit: Option<usize>,
}

impl StepParams for Params {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require(!self.path.as_str().is_empty(), "path", || {
            "must name a folder or a file, got nothing".into()
        });
        let both = self.source.is_some() && self.sources.is_some();
        issues.require(!both, "sources", || "must be absent where `source` names the only one".into());
        let is_empty = self.sources.as_ref().is_some_and(Vec::is_empty);
        issues.require(!is_empty, "sources", || "must name at least one source, got none".into());
        issues.require(self.limit != Some(0), "limit", || "must be at least 1, got 0".into());
    }
}

impl Params {
    pub(super) fn folders(&self, base: &Path) -> Result<Vec<Folder>> {
        collection::find(&self.path.resolve(base), self.source, self.sources.as_deref().unwrap_or_default())
    }

    pub(super) fn listing(&self, base: &Path) -> Result<Listing> {
        let options = ReadOptions {
            profile: self.profile,
            labels: self.labels.as_ref().map(|labels| labels.resolve(base)),
            strict: self.strict,
            limit: self.limit,
        };
        Listing::of(&self.folders(base)?, &options)
    }
}
