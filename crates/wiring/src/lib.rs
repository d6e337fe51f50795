//! Published connectomes of *C. elegans*, and edge lists of one's own, as tables of readings.
//!
//! A reading is a row (source, pre, post, type, weight) as its source writes it: nothing is summed, renamed or
//! dropped here, that is the work of `celegans.connectome`. [`Source`] lists the annotations that are known with
//! their layouts, [`read_folder`] reads all of them that it finds, [`read_source`] one, [`read_edge_list`] a
//! table of one's own. [`spreadsheet`] reads the workbooks, [`atlas`] a table of the neurons.
//!
//! ```
//! use neuroloom_wiring::{EdgeList, read_edge_list};
//!
//! let folder = tempfile::tempdir().unwrap();
//! let path = folder.path().join("mine.csv");
//! neuroloom_core::files::write_bytes(&path, b"from,to,kind,n\nAVAL,VA2,syn,7\n")?;
//! let mut list = EdgeList::new("mine", "synapses");
//! list.columns.pre = "from".into();
//! list.columns.post = "to".into();
//! list.columns.kind = "kind".into();
//! list.columns.weight = "n".into();
//! list.types.insert("syn".into(), "chemical".into());
//! let readings = read_edge_list(&path, &list)?.readings;
//! assert_eq!((readings[0].pre.as_str(), readings[0].weight), ("AVAL", 7.0));
//! # Ok::<(), neuroloom_core::Error>(())
//! ```

pub mod atlas;
mod collection;
mod document;
mod layout;
mod read;
mod recognise;
mod source;
pub mod spreadsheet;
mod step;

use neuroloom_core::Registry;

pub use collection::{Collection, SourceReadings};
pub use layout::{EdgeColumns, EdgeList};
pub use read::{candidates, read_edge_list, read_file, read_folder, read_source};
pub use source::{Source, Strain};
pub use step::{IngestConnectome, Params};

/// Adds the step of this crate: `ingest.connectome`.
#[must_use]
pub fn register(registry: Registry) -> Registry {
    registry.with(IngestConnectome)
}
