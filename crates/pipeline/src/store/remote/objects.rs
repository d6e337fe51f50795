//! Entries and recipes as objects of a remote.

use std::path::Path;

use neuroloom_core::files::{self, StagedFolder};
use neuroloom_core::{Digest, Error, Result};
use serde::{Deserialize, Serialize};

use super::Remote;
use super::sealed::{seal, unseal};
use crate::store::entry::{RECORD, SUMMARY};
use crate::store::{Entry, OutputRecord, Record, Store, file_name};

/// No record is as long as this, bytes: a guard against what is none.
const LONGEST_RECORD: u64 = 256 << 20;
/// A sealed key has less, bytes.
const LONGEST_RECIPE: u64 = 1 << 10;

/// The records of an entry, word for word.
#[derive(Debug, Serialize, Deserialize)]
struct Records {
    task: String,
    summary: String,
}

/// Puts `entry` into `remote`: its tables, then the record that makes it an entry.
///
/// # Errors
/// When the remote fails, or a file of the entry cannot be read.
pub fn put_entry(remote: &dyn Remote, entry: &Entry) -> Result<()> {
    let key = entry.key();
    for port in entry.record.outputs.keys() {
        let path = entry.file(port);
        let mut file = files::open(&path)?;
        let bytes = file.size().map_err(|e| Error::io("read", &path, &e))?;
        remote.put(&table_name(key, port), bytes, &mut file)?;
    }
    let text = |name: &str| files::read_text(&entry.folder().join(name));
    let records = Records { task: text(RECORD)?, summary: text(SUMMARY)? };
    let body = serde_json::to_vec(&records)
        .map_err(|e| Error::internal(format!("a record cannot be written as JSON: {e}")))?;
    put_sealed(remote, &record_name(key), &body)
}

/// Brings the entry of `key` from `remote` into `store`, every byte verified; none if it is not there.
///
/// # Errors
/// Of the kind `Data` when the entry is damaged; when the remote fails, or the operating system refuses.
pub fn get_entry(remote: &dyn Remote, key: Digest, store: &Store) -> Result<Option<Entry>> {
    let name = record_name(key);
    let damaged = |found: String| damaged(remote, &name, "the record of a finished task", found);
    let Some(body) = get_sealed(remote, &name, LONGEST_RECORD)? else { return Ok(None) };
    let records: Records = serde_json::from_slice(&body).map_err(|e| damaged(e.to_string()))?;
    let record: Record = serde_json::from_str(&records.task).map_err(|e| damaged(e.to_string()))?;
    if record.ingredients.key() != key {
        return Err(damaged(format!("that of {}", record.ingredients.key())));
    }
    let staged = StagedFolder::new(store.root())?;
    for (port, output) in &record.outputs {
        // The name becomes that of a file.
        if !is_plain(port) {
            return Err(damaged(format!("a port {port:?}")));
        }
        get_table(remote, &table_name(key, port), output, &staged.path().join(file_name(port)))?;
    }
    files::write_bytes(&staged.path().join(SUMMARY), records.summary.as_bytes())?;
    files::write_bytes(&staged.path().join(RECORD), records.task.as_bytes())?;
    store.commit(key, staged, false).map(Some)
}

/// Puts what `recipe` led to.
///
/// # Errors
/// When the remote fails.
pub fn put_recipe(remote: &dyn Remote, recipe: Digest, key: Digest) -> Result<()> {
    put_sealed(remote, &recipe_name(recipe), key.to_string().as_bytes())
}

/// The key that `recipe` led to; none if it is not there.
///
/// # Errors
/// Of the kind `Data` when the object is damaged; when the remote fails.
pub fn get_recipe(remote: &dyn Remote, recipe: Digest) -> Result<Option<Digest>> {
    let name = recipe_name(recipe);
    let Some(body) = get_sealed(remote, &name, LONGEST_RECIPE)? else { return Ok(None) };
    let text = String::from_utf8_lossy(&body).into_owned();
    text.parse().map(Some).map_err(|_| damaged(remote, &name, "a key", text))
}

fn get_table(remote: &dyn Remote, name: &str, output: &OutputRecord, to: &Path) -> Result<()> {
    let damaged = |found: String| damaged(remote, name, &output.digest.to_string(), found);
    let mut is_there = false;
    files::write_atomic_checked(to, |file| {
        is_there = remote.get(name, output.bytes, file)?;
        Ok(())
    })?;
    if !is_there {
        return Err(damaged("no such object".into()));
    }
    // What reached the disk counts, not what was sent.
    let found = files::digest(to)?;
    if found != output.digest {
        return Err(damaged(found.to_string()));
    }
    files::make_read_only(to)
}

fn put_sealed(remote: &dyn Remote, name: &str, body: &[u8]) -> Result<()> {
    let object = seal(body);
    remote.put(name, object.len() as u64, &mut object.as_slice())
}

fn get_sealed(remote: &dyn Remote, name: &str, limit: u64) -> Result<Option<Vec<u8>>> {
    let mut object = Vec::new();
    if !remote.get(name, limit, &mut object)? {
        return Ok(None);
    }
    let body = unseal(&object).ok_or_else(|| {
        damaged(remote, name, "an object as it was put", format!("{} bytes that are not", object.len()))
    })?;
    Ok(Some(body.to_vec()))
}

fn damaged(remote: &dyn Remote, name: &str, expected: &str, found: String) -> Error {
    Error::data("an object of the remote is damaged")
        .at_file(remote.address())
        .at_object(name)
        .expected(expected)
        .found(found)
}

fn is_plain(port: &str) -> bool {
    !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

fn record_name(key: Digest) -> String {
    format!("entries/{}/record", sharded(key))
}

fn table_name(key: Digest, port: &str) -> String {
    format!("entries/{}/{}", sharded(key), file_name(port))
}

fn recipe_name(recipe: Digest) -> String {
    format!("recipes/{}", sharded(recipe))
}

/// `ab/abcdef…`: a remote that is a folder has no folder with too many entries.
fn sharded(digest: Digest) -> String {
    let name = digest.to_string();
    format!("{}/{name}", name.get(..2).unwrap_or_default())
}
