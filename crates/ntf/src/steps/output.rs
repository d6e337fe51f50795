//! Tables and figures of models.

mod components;
mod edges;
mod factors;
mod figures;
mod runs;

pub(super) use components::{Component, components, components_table};
pub(super) use edges::edges_table;
pub(super) use factors::{factors_table, read_factors};
pub(super) use figures::{error_figure, factor_figures, rank_figure};
pub(super) use runs::{Run, runs_table};
