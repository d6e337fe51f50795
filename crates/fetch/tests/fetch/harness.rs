//! Sources on the test server, and patience that fits a test.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use neuroloom_core::{CancelToken, Digest, Error, NoProgress, Result};
use neuroloom_fetch::{Fetched, Options, Retry, Source, Transport, fetch};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Bytes without a pattern that could hide a mistake of order.
pub fn bytes(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1du64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// A source of files, of which all is known.
pub fn source(id: &str, files: &[(String, &[u8])]) -> Source {
    let files = files.iter().map(|(address, body)| {
        json!({ "address": address, "bytes": body.len(), "digest": { "blake3": Digest::of(body) } })
    });
    source_of(id, files.collect())
}

/// A source of files as the catalogue describes them.
pub fn source_of(id: &str, files: Vec<Value>) -> Source {
    serde_json::from_value(json!({
        "id": id, "title": "A recording", "modality": "spikes", "citation": "Nobody, 2026", "licence": "CC0-1.0",
        "automate": "allowed", "landing": "https://example.org/", "reads_with": { "step": "ingest.nwb" },
        "checked": false, "files": files,
    }))
    .unwrap()
}

/// A folder for one test.
pub struct Place {
    /// Removed with the place.
    _folder: TempDir,
    pub options: Options,
}

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut options = Options::new(folder.path().join("data"));
        options.transport = Transport {
            connect_timeout: Duration::from_secs(5),
            answer_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_millis(300),
            proxy_from_environment: false,
            ..Transport::default()
        };
        options.retry =
            Retry { attempts: 4, first_wait: Duration::from_millis(5), longest_wait: Duration::from_secs(2) };
        Self { _folder: folder, options }
    }

    pub fn fetch(&self, source: &Source) -> Result<Fetched> {
        self.fetch_until(source, &CancelToken::default())
    }

    pub fn fetch_until(&self, source: &Source, cancel: &CancelToken) -> Result<Fetched> {
        fetch(&[source], &self.options, cancel, &NoProgress).map(|mut fetched| fetched.pop().unwrap())
    }

    /// The message of the failure that must come.
    pub fn fail(&self, source: &Source) -> Error {
        self.fetch(source).unwrap_err()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.options.folder.join("it").join(name)
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// All files, sorted.
    pub fn files(&self) -> Vec<String> {
        list(&self.options.folder)
    }
}

/// All files below `folder`, sorted; none where it is absent.
pub fn list(folder: &Path) -> Vec<String> {
    let files = neuroloom_core::files::list_files(folder).unwrap_or_default();
    files.iter().map(|path| path.display().to_string()).collect()
}
