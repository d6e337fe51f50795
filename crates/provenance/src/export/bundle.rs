//! The files of an export, and how they become a folder or an archive.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use neuroloom_core::files::{self, StagedFile, StagedFolder};
use neuroloom_core::{Digest, Error, Result};
use tar::{EntryType, Header};

use super::folder_of;

/// Files by their paths, with `/` between folders.
#[derive(Debug, Default)]
pub(super) struct Bundle(BTreeMap<String, Content>);

#[derive(Debug)]
enum Content {
    Bytes(Vec<u8>),
    File { from: PathBuf, bytes: u64, digest: Option<Digest> },
}

impl Bundle {
    /// Adds a file with these bytes.
    ///
    /// # Errors
    /// When there is one of that name.
    pub fn bytes(&mut self, path: &str, bytes: Vec<u8>) -> Result<()> {
        self.add(path, Content::Bytes(bytes))
    }

    /// Adds the file `from`, which has `bytes` bytes and, where it is given, the digest `digest`.
    ///
    /// # Errors
    /// When there is one of that name.
    pub fn file(&mut self, path: &str, from: &Path, bytes: u64, digest: Option<Digest>) -> Result<()> {
        self.add(path, Content::File { from: from.to_path_buf(), bytes, digest })
    }

    fn add(&mut self, path: &str, content: Content) -> Result<()> {
        if self.has_place(path) {
            self.0.insert(path.to_owned(), content);
            return Ok(());
        }
        Err(Error::params("two files would have one place in the export")
            .at_file(path)
            .hint("move the source to a folder of its own, `data/` say"))
    }

    /// Whether neither a file nor a folder is at `path`, and no file where one of its folders should be.
    fn has_place(&self, path: &str) -> bool {
        let mut folders = Path::new(path).ancestors().skip(1).map(Path::to_string_lossy);
        let below = format!("{path}/");
        let next = self.0.range(below.clone()..).next();
        !self.0.contains_key(path)
            && !folders.any(|folder| self.0.contains_key(&*folder))
            && next.is_none_or(|(name, _)| !name.starts_with(&below))
    }

    /// The paths of the files and their sizes, in order.
    pub fn entries(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(path, content)| (path.as_str(), content.len()))
    }

    /// Writes all to the archive or the folder `to`, which must not be there.
    ///
    /// # Errors
    /// When a file is not what it should be, or the operating system refuses; then `to` is not there.
    pub fn write(&self, to: &Path) -> Result<()> {
        let name = to.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match name.strip_suffix(".tar.gz").or_else(|| name.strip_suffix(".tgz")) {
            Some(stem) => self.write_archive(to, stem),
            None => self.write_folder(to),
        }
    }

    fn write_folder(&self, to: &Path) -> Result<()> {
        let staged = StagedFolder::new(&folder_of(to))?;
        for (path, content) in &self.0 {
            let target = staged.path().join(path);
            files::write_atomic_checked(&target, |file| {
                content.read(|reader| io::copy(reader, file).map_err(|e| Error::io("write", to, &e)))
            })?;
        }
        staged.commit(to)
    }

    /// No times, owners or machine in it: the same files give the same bytes.
    fn write_archive(&self, to: &Path, folder: &str) -> Result<()> {
        let failed = |e: &io::Error| Error::io("write", to, e);
        let mut staged = StagedFile::new(&folder_of(to))?;
        let encoder = GzEncoder::new(BufWriter::new(staged.file()), Compression::default());
        let mut archive = tar::Builder::new(encoder);
        for (path, content) in &self.0 {
            let mut header = header(content.len());
            let name = format!("{folder}/{path}");
            content.read(|reader| {
                archive.append_data(&mut header, &name, reader).map_err(|e| failed(&e))?;
                Ok(content.len())
            })?;
        }
        let encoder = archive.into_inner().map_err(|e| failed(&e))?;
        encoder.finish().and_then(|mut file| file.flush()).map_err(|e| failed(&e))?;
        staged.commit(to)
    }
}

fn header(bytes: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::Regular);
    header.set_size(bytes);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header
}

impl Content {
    fn len(&self) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::File { bytes, .. } => *bytes,
        }
    }

    /// Gives the bytes to `write`, which says how many it took, and checks that they are the right ones.
    fn read(&self, write: impl FnOnce(&mut dyn Read) -> Result<u64>) -> Result<()> {
        match self {
            Self::Bytes(bytes) => write(&mut bytes.as_slice()).map(|_| ()),
            Self::File { from, bytes, digest } => {
                let file = files::open(from)?.take(*bytes);
                let mut reader = Hashing { inner: file, hasher: blake3::Hasher::new(), read: 0 };
                let written = write(&mut reader)?;
                let found = Digest::from(*reader.hasher.finalize().as_bytes());
                match digest {
                    Some(digest) if *digest != found => Err(differs(from, *digest, found)),
                    _ if written != *bytes || reader.read != *bytes => {
                        let error = Error::data("a file changed while it was read").at_file(from);
                        Err(error.expected(format!("{bytes} bytes")).found(reader.read.to_string()))
                    }
                    _ => Ok(()),
                }
            }
        }
    }
}

fn differs(file: &Path, expected: Digest, found: Digest) -> Error {
    Error::data("a file is not what the run read or wrote")
        .at_file(file)
        .expected(format!("the BLAKE3 {expected}"))
        .found(found.to_string())
        .hint("run the pipeline again, and export that run")
}

/// Hashes what is read.
struct Hashing<R> {
    inner: R,
    hasher: blake3::Hasher,
    read: u64,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.hasher.update(buffer.get(..n).unwrap_or_default());
        self.read += n as u64;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_takes_the_place_of_another() {
        let mut bundle = Bundle::default();
        bundle.bytes("a", vec![1]).unwrap();
        assert!(bundle.bytes("a", vec![2]).is_err());
        assert!(bundle.bytes("a/b", vec![2]).is_err(), "a file cannot be a folder");
        bundle.bytes("b/c", vec![3]).unwrap();
        assert!(bundle.bytes("b", vec![4]).is_err(), "a folder cannot be a file");
    }

    #[test]
    fn a_file_that_changed_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("source");
        files::write_bytes(&source, b"new").unwrap();
        for (name, bytes, text) in
            [("x", 3, "old"), ("x.tar.gz", 3, "old"), ("y", 2, "ne"), ("y.tgz", 4, "new")]
        {
            let mut bundle = Bundle::default();
            let digest = (bytes == 3).then(|| Digest::of(text.as_bytes()));
            bundle.bytes("README.md", vec![0]).unwrap();
            bundle.file("data/s", &source, bytes, digest).unwrap();
            let written = bundle.write(&folder.path().join(name));
            // Two of three bytes are what was asked for.
            assert_eq!(written.is_ok(), bytes == 2, "{name}");
        }
        let left = files::list_files(folder.path()).unwrap();
        assert_eq!(left, ["source", "y/README.md", "y/data/s"].map(PathBuf::from));
    }
}
