//! Checking every byte of a store.

use std::path::{Path, PathBuf};

use neuroloom_core::{Digest, Error, Result, files};

use super::{Entry, Store};

/// A stored result that is not what it was.
#[derive(Clone, Debug)]
pub struct Damage {
    /// Its key, by the name of its folder.
    pub key: Digest,
    /// What is wrong, with the file.
    pub error: Error,
}

/// What a check found.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// Entries that were checked.
    pub entries: usize,
    /// Tables that were checked.
    pub tables: usize,
    /// Size of the tables, bytes.
    pub bytes: u64,
    /// What is wrong.
    pub damaged: Vec<Damage>,
}

/// Computes the digest of every table of `store` anew and compares it with the record, and every key with what it
/// stands for. `advance` is told of each entry that was checked.
///
/// # Errors
/// When the store cannot be listed.
pub fn verify_entries(store: &Store, advance: &dyn Fn(usize)) -> Result<Verified> {
    let mut verified = Verified::default();
    let entries = store.entries()?;
    for (key, folder) in &entries {
        verified.entries += 1;
        if let Err(error) = verify(*key, folder, &mut verified) {
            verified.damaged.push(Damage { key: *key, error });
        }
        advance(entries.len());
    }
    Ok(verified)
}

fn verify(key: Digest, folder: &Path, verified: &mut Verified) -> Result<()> {
    let entry = Entry::open(folder.to_path_buf())?.ok_or_else(|| {
        damaged(folder.to_path_buf(), "a whole entry", "one with files that are missing, short or unreadable")
    })?;
    if entry.key() != key {
        return Err(damaged(folder.to_path_buf(), &key.to_string(), &entry.key().to_string()));
    }
    entry.summary()?;
    for (port, output) in &entry.record.outputs {
        let file = entry.file(port);
        let found = files::digest(&file)?;
        if found != output.digest {
            return Err(damaged(file, &output.digest.to_string(), &found.to_string()));
        }
        verified.tables += 1;
        verified.bytes += output.bytes;
    }
    Ok(())
}

fn damaged(path: PathBuf, expected: &str, found: &str) -> Error {
    Error::data("a stored result is damaged").at_file(path).expected(expected).found(found)
}
