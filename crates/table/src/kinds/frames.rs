//! Tables without a schema of their own.

use crate::KindSpec;

pub const TABLE: KindSpec = KindSpec {
    kind: super::TABLE,
    doc: "Any columns, in the order in which a join, a grouping or a query gives them.",
    columns: &[],
    key: &[],
    open: true,
};
