//! One row per reading, with a header.

use std::collections::BTreeMap;

use neuroloom_celegans::connectome::Reading;
use neuroloom_core::{Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{check, check_q};
use crate::spreadsheet::Sheet;

/// Sheet of the connections in OpenWorm's tables; the others list muscles and sensory neurons.
pub(crate) const OPENWORM_SHEET: &str = "Connectome";

/// Header of nemanode's exports: White et al. and Witvliet et al.
pub(crate) const NEMANODE: [&str; 4] = ["pre", "post", "type", "synapses"];
/// Header of the table of Varshney et al.
pub(crate) const CHKLOVSKII: [&str; 4] = ["Neuron 1", "Neuron 2", "Type", "Nbr"];
/// Header of OpenWorm's connections.
pub(crate) const OPENWORM: [&str; 4] = ["Origin", "Target", "Type", "Number of Connections"];

/// Names of the columns of an edge list, as its header has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EdgeColumns {
    /// Column of the presynaptic, or stimulated, neuron.
    pub pre: String,
    /// Column of the postsynaptic, or responding, neuron.
    pub post: String,
    /// Column of the type of connection.
    #[serde(rename = "type")]
    pub kind: String,
    /// Column of the weight.
    pub weight: String,
    /// Column of the false discovery rate of functional connections.
    pub q_value: Option<String>,
}

impl Default for EdgeColumns {
    fn default() -> Self {
        ["pre", "post", "type", "weight"].into()
    }
}

impl From<[&str; 4]> for EdgeColumns {
    fn from([pre, post, kind, weight]: [&str; 4]) -> Self {
        Self { pre: pre.into(), post: post.into(), kind: kind.into(), weight: weight.into(), q_value: None }
    }
}

/// How an edge list of one's own is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgeList {
    /// Name that the source gets.
    pub source: String,
    /// Unit of the weights.
    pub weight_unit: String,
    /// Names of the columns.
    pub columns: EdgeColumns,
    /// Sheet of a workbook; by default the first.
    pub sheet: Option<String>,
    /// Words of the type column, and what they mean: `chemical`, `electrical` or `functional`.
    pub types: BTreeMap<String, String>,
}

impl EdgeList {
    /// The columns `pre`, `post`, `type` and `weight` of the first sheet.
    pub fn new(source: impl Into<String>, weight_unit: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            weight_unit: weight_unit.into(),
            columns: EdgeColumns::default(),
            sheet: None,
            types: BTreeMap::new(),
        }
    }
}

/// The readings in `sheet`, whose first row with a value is the header. `types` translates the words of the type column.
/// The row of a reading counts from the header.
///
/// # Errors
/// When a column is missing, or a row lacks a value, has no number for its weight, a negative one (unless functional), an
/// unknown type, or a q-value outside `[0, 1]`.
pub(crate) fn edges(
    sheet: &Sheet,
    columns: &EdgeColumns,
    types: &BTreeMap<String, String>,
) -> Result<Vec<Reading>> {
    let header = sheet.first_row().ok_or_else(|| {
        Error::data("there are no rows")
            .at_object(format!("sheet {:?}", sheet.name()))
            .expected("a header and readings")
    })?;
    let rows = Rows::new(sheet, header, columns)?;
    let numbers = sheet.rows_from(header.saturating_add(1));
    numbers.into_iter().map(|row| rows.reading(row, types)).collect()
}

struct Rows<'a> {
    sheet: &'a Sheet,
    header: u32,
    pre: u32,
    post: u32,
    kind: u32,
    weight: u32,
    q_value: Option<u32>,
}

impl<'a> Rows<'a> {
    fn new(sheet: &'a Sheet, header: u32, columns: &EdgeColumns) -> Result<Self> {
        Ok(Self {
            sheet,
            header,
            pre: sheet.column(header, &columns.pre)?,
            post: sheet.column(header, &columns.post)?,
            kind: sheet.column(header, &columns.kind)?,
            weight: sheet.column(header, &columns.weight)?,
            q_value: columns.q_value.as_deref().map(|name| sheet.column(header, name)).transpose()?,
        })
    }

    fn reading(&self, row: u32, types: &BTreeMap<String, String>) -> Result<Reading> {
        let written = self.word(row, self.kind)?;
        let reading = Reading {
            row: u64::from(row - self.header) - 1,
            pre: self.word(row, self.pre)?,
            post: self.word(row, self.post)?,
            kind: types.get(&written).cloned().unwrap_or(written),
            weight: self.sheet.number(row, self.weight)?.ok_or_else(|| self.blank(row, self.weight))?,
            q_value: self.q_value.map(|column| self.sheet.number(row, column)).transpose()?.flatten(),
        };
        check(&reading, || self.sheet.row_place(row).trim_end_matches(", ").to_owned())?;
        if let (Some(q_value), Some(column)) = (reading.q_value, self.q_value) {
            check_q(q_value, || self.sheet.place(row, column))?;
        }
        Ok(reading)
    }

    fn word(&self, row: u32, column: u32) -> Result<String> {
        self.sheet.text(row, column).ok_or_else(|| self.blank(row, column))
    }

    fn blank(&self, row: u32, column: u32) -> Error {
        Error::data("a cell is empty")
            .at_object(self.sheet.place(row, column))
            .expected(self.sheet.text(self.header, column).unwrap_or_default())
    }
}
