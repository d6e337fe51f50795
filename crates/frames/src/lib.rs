//! Tables worked on as data frames: filter, join, group, pivot, explode and SQL, by polars.
//!
//! The functions take and give Arrow record batches. Polars decides which rows there are; the rows themselves are moved
//! by arrow-rs, so that types, dictionaries and units come through untouched, and no type of polars is seen outside this
//! crate. Everything polars does it does on one thread: the same input gives the same bytes on every machine.
//!
//! ```
//! use std::sync::Arc;
//! use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray};
//! use neuroloom_frames::query;
//!
//! let region: ArrayRef = Arc::new(StringArray::from(vec!["adn", "ca1", "adn"]));
//! let rate: ArrayRef = Arc::new(Float64Array::from(vec![4.0, 1.0, 6.0]));
//! let units = RecordBatch::try_from_iter([("region", region), ("rate_hz", rate)]).unwrap();
//! let means = query(&[("t", &units)], "SELECT region, avg(rate_hz) AS mean_hz FROM t GROUP BY region ORDER BY region")?;
//! assert_eq!((means.num_rows(), means.num_columns()), (2, 2));
//! # Ok::<(), neuroloom_core::Error>(())
//! ```

mod collect;
mod columns;
mod engine;
mod explode;
mod filter;
mod group;
mod join;
mod pivot;
mod rows;
mod sql;
mod steps;

pub mod describe;
pub mod files;

pub use collect::collect;
pub use explode::explode;
pub use filter::filter;
pub use group::{Aggregation, Function, group};
pub use join::{How, Join, join};
pub use pivot::{Pivot, pivot};
pub use sql::query;
pub use steps::{
    CollectParams, CollectStep, ExplodeParams, ExplodeStep, FilterParams, FilterStep, GroupParams, GroupStep,
    JoinParams, JoinStep, PivotParams, PivotStep, SqlParams, SqlStep,
};

use neuroloom_core::Registry;

/// Adds the steps `table.*`.
pub fn register(registry: Registry) -> Registry {
    registry
        .with(CollectStep)
        .with(ExplodeStep)
        .with(FilterStep)
        .with(GroupStep)
        .with(JoinStep)
        .with(PivotStep)
        .with(SqlStep)
}
