//! The steps `table.*`.

mod collect;
mod explode;
mod filter;
mod group;
mod join;
mod pivot;
mod resources;
mod sql;

pub use collect::{CollectParams, CollectStep};
pub use explode::{ExplodeParams, ExplodeStep};
pub use filter::{FilterParams, FilterStep};
pub use group::{GroupParams, GroupStep};
pub use join::{JoinParams, JoinStep};
pub use pivot::{PivotParams, PivotStep};
pub use sql::{SqlParams, SqlStep};

use std::collections::BTreeSet;

use arrow_array::RecordBatch;
use neuroloom_core::{ParamIssues, Result, StepOutput, Summary, Table};
use neuroloom_table::{check, kinds};

/// The port of the table that comes in, and of the one that goes out.
const TABLE: &str = "table";

/// `batch` as the output of a step that was given tables with `rows_in` rows.
fn finished(rows_in: usize, batch: RecordBatch) -> Result<StepOutput> {
    let summary = Summary::default().count("rows in", rows_in).count("rows out", batch.num_rows());
    let summary = match batch.num_rows() {
        0 => summary.warn("the result has no rows"),
        _ => summary,
    };
    Ok(StepOutput::new(summary).table(TABLE, check(kinds::TABLE, batch)?))
}

/// Reports an empty list of columns, and one that stands in it twice.
fn check_columns(names: &[String], path: &str, issues: &mut ParamIssues) {
    issues.require(!names.is_empty(), path, || "must name at least one column".into());
    check_repeated(names, path, issues);
}

fn check_repeated(names: &[String], path: &str, issues: &mut ParamIssues) {
    let mut seen = BTreeSet::new();
    for name in names {
        issues.require(seen.insert(name), path, || format!("names `{name}` twice"));
    }
}

fn rows(tables: &[&Table]) -> usize {
    tables.iter().map(|table| table.n_rows()).sum()
}
