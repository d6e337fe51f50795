//! Readers of the published whole-brain activity recordings of C. elegans, each from its original files.
//!
//! [`Source`] names the twelve data sets. [`collection`] finds their files, [`Listing`] the worms in them by headers
//! only, and [`Unit::read`] reads one [`Worm`]: traces as the file has them, the label of every column as it is written,
//! the clock, behaviour and stretches of time. Names, clocks and normalisation are made alike by
//! `celegans.homogenise`; nothing is interpreted here.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use neuroloom_worms::{Listing, ReadOptions, Source, collection};
//!
//! let folders = collection::find(Path::new("data/Dag2023"), Some(Source::Dag2023), &[])?;
//! let listing = Listing::of(&folders, &ReadOptions::default())?;
//! for unit in &listing.units {
//!     let worm = unit.read()?;
//!     println!("{}: {} columns", unit.id, worm.recording.columns.len());
//! }
//! # Ok::<(), neuroloom_core::Error>(())
//! ```

pub mod collection;
mod listing;
mod published;
mod shape;
mod source;
mod sources;
mod step;
mod worm;

use neuroloom_core::Registry;

pub use listing::{Listing, ReadOptions, Unit};
pub use published::{IngestPublished, PublishedParams};
pub use source::Source;
pub use step::{IngestCelegans, Params};
pub use worm::{Behaviour, Stretch, Worm};

/// Adds the steps of this crate: `ingest.celegans` and `ingest.celegans_published`.
#[must_use]
pub fn register(registry: Registry) -> Registry {
    registry.with(IngestCelegans).with(IngestPublished)
}
