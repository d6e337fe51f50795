//! What is made of the rows of a group.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field};
use neuroloom_core::{Error, ParamIssues, Result, Unit};
use neuroloom_table::UNIT;
use polars::prelude::{Expr, QuantileMethod, col, len, lit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::columns::column;
use crate::engine::comparable;
use crate::rows::ROW;

/// One value per group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Aggregation {
    /// The column; `count` counts rows where it is left out, and its values where it is given.
    #[serde(default)]
    pub column: Option<String>,
    /// What to make of its values.
    pub function: Function,
    /// Which quantile, from 0 to 1; with `quantile` only.
    #[serde(default)]
    pub q: Option<f64>,
}

/// What to make of the values of a column. Absent values are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// Mean of numbers; NaN where one of them is.
    Mean,
    /// Sum of numbers, 0 where there are none.
    Sum,
    /// Smallest number, or first text in the order of bytes. NaN does not count.
    Min,
    /// Largest number, or last text in the order of bytes. NaN does not count.
    Max,
    /// Median of numbers.
    Median,
    /// Standard deviation of numbers, of a sample: divided by n − 1; absent for fewer than two.
    Std,
    /// Number of values, or of rows.
    Count,
    /// Number of different values, absence being one.
    NUnique,
    /// Value in the first row of the group, also where it is absent.
    First,
    /// Value in the last row of the group, also where it is absent.
    Last,
    /// Quantile `q` of numbers, interpolated linearly.
    Quantile,
}

impl Aggregation {
    /// `function` of `column`.
    pub fn new(function: Function, column: &str) -> Self {
        Self { column: Some(column.to_owned()), function, q: None }
    }

    /// Reports what is wrong with the aggregation that the parameter `path` describes.
    pub fn check(&self, path: &str, issues: &mut ParamIssues) {
        let needs_column = self.function != Function::Count;
        issues.require(self.column.is_some() || !needs_column, &format!("{path}.column"), || {
            "is required and missing".into()
        });
        let path = format!("{path}.q");
        match (self.function, self.q) {
            (Function::Quantile, Some(q)) => {
                issues.require((0.0..=1.0).contains(&q), &path, || format!("must be from 0 to 1, got {q}"));
            }
            (Function::Quantile, None) => issues.require(false, &path, || "is required and missing".into()),
            (_, given) => issues.require(given.is_none(), &path, || "belongs to `quantile` only".into()),
        }
    }

    /// The values that the expression works on; none where it only counts or picks rows.
    pub(super) fn input(&self, batch: &RecordBatch, name: &str) -> Result<Option<ArrayRef>> {
        let Some(column_name) = &self.column else { return Ok(None) };
        let array = column(batch, column_name, &format!("aggregations.{name}.column"))?;
        let unfit = |expected: &str| {
            Err(Error::params(format!("`{}` does not fit this column", self.function.name()))
                .at_object(column_name.as_str())
                .expected(expected)
                .found(array.data_type().to_string()))
        };
        match self.function {
            Function::First | Function::Last => Ok(None),
            Function::Count => Ok(Some(Arc::clone(array))),
            Function::Min | Function::Max => match comparable(array)? {
                Some(values) if *values.data_type() != DataType::Boolean => Ok(Some(values)),
                _ => unfit("numbers or text"),
            },
            Function::NUnique => match comparable(array)? {
                Some(values) => Ok(Some(values)),
                None => unfit("text, numbers or truth values"),
            },
            _ => match comparable(array)? {
                Some(values) if values.data_type().is_numeric() => Ok(Some(values)),
                Some(values) if *values.data_type() == DataType::Boolean => {
                    let numbers = arrow_cast::cast(&values, &DataType::Int64);
                    Ok(Some(numbers.map_err(|e| Error::internal(e.to_string()))?))
                }
                _ => unfit("numbers or truth values"),
            },
        }
    }

    pub(super) fn expression(&self, input: &str) -> Expr {
        let values = || col(input);
        match self.function {
            Function::Mean => values().mean(),
            Function::Sum => values().sum(),
            Function::Min => values().min(),
            Function::Max => values().max(),
            Function::Median => values().median(),
            Function::Std => values().std(1),
            Function::Count if self.column.is_none() => len(),
            Function::Count => values().count(),
            Function::NUnique => values().n_unique(),
            Function::First => col(ROW).first(),
            Function::Last => col(ROW).last(),
            Function::Quantile => values().quantile(lit(self.q.unwrap_or(0.5)), QuantileMethod::Linear),
        }
    }
}

impl Function {
    /// Whether the value is that of one row, whatever its type.
    pub(super) fn picks_a_row(self) -> bool {
        matches!(self, Self::First | Self::Last)
    }

    /// The unit of the result for values of `source`.
    pub(super) fn metadata(self, source: Option<&Field>) -> HashMap<String, String> {
        let unit = match self {
            Self::Count | Self::NUnique => Some(Unit::ONE.as_str()),
            _ => source.and_then(|field| field.metadata().get(UNIT)).map(String::as_str),
        };
        unit.map(|unit| (UNIT.to_owned(), unit.to_owned())).into_iter().collect()
    }

    fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Sum => "sum",
            Self::Min => "min",
            Self::Max => "max",
            Self::Median => "median",
            Self::Std => "std",
            Self::Count => "count",
            Self::NUnique => "n_unique",
            Self::First => "first",
            Self::Last => "last",
            Self::Quantile => "quantile",
        }
    }
}
