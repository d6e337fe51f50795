//! Public recordings: a catalogue, and downloads that are resumed, verified and unpacked safely.
//!
//! A [`Catalogue`] says for every source what it is, under which licence it stands, whether a program may download
//! it, and for every file its address, size and digest. [`fetch`] brings sources into a folder: several files at once
//! and few from one server, going on where a broken transfer stopped, and giving a file its name only when its bytes
//! are those that the catalogue names.
//!
//! ```
//! use neuroloom_fetch::Catalogue;
//!
//! let catalogue = Catalogue::shipped()?;
//! let lorenz = catalogue.get("lfads-lorenz")?;
//! assert_eq!(lorenz.licence, "MIT");
//! assert_eq!(lorenz.files[0].bytes, Some(1_772_551));
//! # Ok::<(), neuroloom_core::Error>(())
//! ```

mod address;
mod catalogue;
mod client;
mod digests;
mod download;
mod entry_name;
mod fetch;
mod pace;
mod part;
mod permission;
mod place;
mod provenance;
mod queue;
mod retry;
mod trouble;
mod unpack;

pub use address::Address;
pub use catalogue::{Automation, Catalogue, ReadsWith, RemoteFile, Source, Unpack};
pub use client::Transport;
pub use digests::{Digests, Hashes, HexDigest};
pub use download::Outcome;
pub use entry_name::EntryName;
pub use fetch::{Fetched, FetchedFile, Options, fetch};
pub use permission::{Permission, permission};
pub use place::{Place, State};
pub use retry::Retry;
pub use unpack::{UnpackLimits, unpack};
