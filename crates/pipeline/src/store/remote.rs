//! The second tier: named objects that other computers reach too.
//!
//! ```text
//! entries/ab/abcdef…/PORT.parquet   a table of a finished task, as it lies in the store
//! entries/ab/abcdef…/record         its task.json and summary.json, sealed; put last, so that it makes the entry
//! recipes/12/1234…                  the key that a recipe led to, sealed
//! ```
//!
//! The store on this computer stays the working copy: what is not there is fetched, and what is made is put into both.
//! Whatever comes from a remote is checked against its digest before it counts.

mod objects;
mod sealed;
mod tier;

use std::fmt::Debug;
use std::io::{Read, Write};

use neuroloom_core::Result;

pub(super) use tier::{Shared, Tier};

/// A place for named objects: a shared folder, a bucket. Names are words of ASCII letters, digits, `.`, `_` and `-`
/// with `/` between them. No object is empty.
///
/// An object that is put while others read or put it must never be mixed: a reader gets the one or the other.
pub trait Remote: Debug + Send + Sync {
    /// What the user calls it: `s3://bucket/prefix`.
    fn address(&self) -> &str;

    /// Writes the object `name` to `to`; gives whether there is one. What was written before an error is worth nothing.
    ///
    /// # Errors
    /// Of the kind `Data` when it is longer than `limit` bytes; of the kind `Io` when the remote or `to` fails.
    fn get(&self, name: &str, limit: u64, to: &mut dyn Write) -> Result<bool>;

    /// Puts the `bytes` bytes of `from` under `name`, in place of what was there.
    ///
    /// # Errors
    /// When the remote or `from` fails; then what was there before may be there still.
    fn put(&self, name: &str, bytes: u64, from: &mut dyn Read) -> Result<()>;
}
