//! Tables in any layout: CSV, TSV and Parquet, by a mapping of columns.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use neuroloom_io::table_file::{self, Params};
//!
//! let params: Params = serde_json::from_str(
//!     r#"{ "path": "dff.csv", "columns": { "time": "t" }, "signal": "dff", "value_unit": "1" }"#,
//! ).unwrap();
//! let read = table_file::read(Path::new("."), &params)?;
//! println!("{} traces", read.traces.map_or(0, |traces| traces.n_rows()));
//! # Ok::<(), neuroloom_core::Error>(())
//! ```

mod arrow_cells;
mod channels;
mod delimited;
mod frame;
mod gather;
mod long;
mod nested;
mod params;
mod parquet;
mod read;
mod records;
mod sniff;
mod step;
mod wide;

pub use params::{ColumnMap, ColumnName, Delimiter, Header, Kind, Layout, Params, Paths, UnitsIn};
pub use read::read;
pub use step::IngestTable;

pub(crate) use delimited::parse as frame_of_text;
pub(crate) use frame::Frame;
pub(crate) use sniff::delimiter;
