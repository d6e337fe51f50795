//! Grids of cells, from workbooks of Excel (`.xlsx`, `.xls`) and from text (`.csv`, `.tsv`).
//!
//! Both workbook readers are our own and small: they take values, never formulas or formats, keep cells sparse,
//! and allocate nothing on the word of a file. Every part of an archive is bounded.

mod biff;
mod compound;
mod delimited;
mod sheet;
mod sst;
mod workbook;
mod xls;
mod xlsx;
mod xml;

pub use delimited::{parse_delimited, read_delimited};
pub use sheet::{Cell, Sheet};
pub use workbook::Workbook;
