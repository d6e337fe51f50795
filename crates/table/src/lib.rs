//! Arrow schemas of every table and Parquet files that verify themselves.
//!
//! This is the only crate with column names in it. [`TableBuilder`] checks columns against the schema of a
//! kind and sorts the rows by its key; [`Columns`] reads them back; [`parquet::write`] and [`parquet::read`]
//! keep them in files in which one flipped bit is found.
//!
//! ```
//! use neuroloom_table::{Columns, TableBuilder, kinds};
//!
//! let spikes = TableBuilder::new(kinds::SPIKES)
//!     .text("recording_id", ["a", "a"])
//!     .text("unit_id", ["2", "1"])
//!     .lists("spike_times_s", [vec![0.5], vec![0.1, 0.2]])
//!     .finish()?;
//! assert_eq!(spikes.text("unit_id")?.get(0), Some("1"));
//! assert_eq!(spikes.lists("spike_times_s")?.get(0).unwrap().as_ref(), [0.1, 0.2]);
//!
//! let folder = tempfile::tempdir().unwrap();
//! let path = folder.path().join("spikes.parquet");
//! neuroloom_table::parquet::write(&path, &spikes)?;
//! assert_eq!(neuroloom_table::parquet::read(&path)?, spikes);
//! # Ok::<(), neuroloom_core::Error>(())
//! ```

mod builder;
mod column;
mod columns;
mod describe;
mod joined;
pub mod kinds;
pub mod parquet;
mod schema;
mod whole;

pub use builder::TableBuilder;
pub use column::{ColumnSpec, ColumnType, DOC, UNIT};
pub use columns::{Columns, ListColumn, NumberColumn, TextColumn, TextListColumn};
pub use describe::schemas_json;
pub use joined::Joined;
pub use schema::{KindSpec, check, spec};
pub use whole::whole;
