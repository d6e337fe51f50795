//! Parameters of `ingest.connectome`.

use std::collections::BTreeMap;

use neuroloom_celegans::connectome::{Reading, SYNAPSES};
use neuroloom_core::{DataPath, ParamIssue, ParamIssues, StepParams, nearest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{EdgeColumns, EdgeList, Source, Strain};

/// Parameters of `ingest.connectome`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// A folder, of which every known source is read, or a file; relative to the pipeline file.
    pub path: DataPath,
    /// The source of a file, where its name and contents do not tell: chklovskii, cook2019, funconn, openworm,
    /// white1986_whole, white1986_n2u, white1986_jsh, white1986_jse, witvliet2020_7 or witvliet2020_8. With `columns`: the
    /// name that your source gets.
    #[serde(default)]
    pub source: Option<String>,
    /// The columns of an edge list of your own (text, .xlsx or .xls, with a header).
    #[serde(default)]
    pub columns: Option<EdgeColumns>,
    /// Unit of the weights of your edge list: synapses (the default), sections or another.
    #[serde(default)]
    pub weight_unit: Option<String>,
    /// Sheet of the workbook with your edge list; by default the first.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Words that your edge list has for types, and what they mean: `{ syn: chemical, gap: electrical }`.
    #[serde(default)]
    pub types: BTreeMap<String, String>,
    /// Strain of the signal propagation atlas.
    #[serde(default)]
    pub strain: Strain,
    /// A table of the neurons with a header: neuron (or label), class, type, transmitter, x, y, z (um). By default
    /// `neurons.csv`, `neurons.tsv` or `neurons.parquet` in the folder.
    #[serde(default)]
    pub neurons: Option<DataPath>,
}

impl Params {
    /// How the edge list is read, if the file is one of the user's own.
    pub(super) fn edge_list(&self) -> Option<EdgeList> {
        Some(EdgeList {
            source: self.source.clone()?,
            weight_unit: self.weight_unit.clone().unwrap_or_else(|| SYNAPSES.into()),
            columns: self.columns.clone()?,
            sheet: self.sheet.clone(),
            types: self.types.clone(),
        })
    }

    fn check_own(&self, issues: &mut ParamIssues) {
        let named = self.source.as_deref().is_some_and(|name| !name.is_empty());
        issues.require(named, "source", || "must name your edge list, got nothing".into());
        issues.require(self.weight_unit.as_deref() != Some(""), "weight_unit", || "must not be empty".into());
        for (word, meaning) in &self.types {
            if let Err(error) = of_type(meaning).reading_type() {
                let expected = error.expected_text().unwrap_or_default().to_owned();
                let message = format!("must be one of {expected}, got {meaning:?}");
                issues.push(ParamIssue { path: format!("types.{word}"), message, hint: None });
            }
        }
    }

    fn check_known(&self, issues: &mut ParamIssues) {
        let own = [
            ("weight_unit", self.weight_unit.is_some()),
            ("sheet", self.sheet.is_some()),
            ("types", !self.types.is_empty()),
        ];
        for (path, given) in own {
            issues.require(!given, path, || "is for edge lists of your own: give `columns` too".into());
        }
        if let Some(name) = self.source.as_deref().filter(|name| Source::named(name).is_none()) {
            let known = Source::ALL.map(Source::name);
            issues.push(ParamIssue {
                path: "source".into(),
                message: format!("must be one of {} (or give `columns`), got {name:?}", known.join(", ")),
                hint: nearest(name, known.into_iter()).map(|near| format!("did you mean {near:?}?")),
            });
        }
    }
}

/// A reading of a type, to ask whether it is one.
fn of_type(kind: &str) -> Reading {
    Reading { row: 0, pre: String::new(), post: String::new(), kind: kind.into(), weight: 0.0, q_value: None }
}

impl StepParams for Params {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require(!self.path.as_str().is_empty(), "path", || {
            "must name a folder or a file, got nothing".into()
        });
        match self.columns {
            Some(_) => self.check_own(issues),
            None => self.check_known(issues),
        }
    }
}
