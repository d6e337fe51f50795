//! Draws of one chain in a file, as they come: memory does not grow with their number.

use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use neuroloom_core::files::{self, File};
use neuroloom_core::{Digest, Error, Result};

use crate::draw::Draw;

/// Bytes in front of a draw: the length of its form in bytes, and the first bytes of a digest of that.
const HEAD: usize = 16;

/// A file that grows by draws.
#[derive(Debug)]
pub struct DrawLog {
    path: PathBuf,
    file: BufWriter<File>,
    bytes: u64,
}

impl DrawLog {
    /// Opens the log at `path` with its first `bytes` bytes and drops the rest, which a run that was killed may have
    /// written after its last checkpoint.
    ///
    /// # Errors
    /// When the file is shorter than that, or the operating system refuses.
    pub fn open(path: &Path, bytes: u64) -> Result<Self> {
        let file = files::open_to_append(path)?;
        let io = |e| Error::io("append to", path, &e);
        let found = file.size().map_err(io)?;
        if found < bytes {
            return Err(Error::data("draws of an interrupted run are gone")
                .at_file(path)
                .expected(format!("{bytes} bytes"))
                .found(format!("{found} bytes"))
                .hint("delete the checkpoint of the task (`neuroloom clean`) and run again"));
        }
        file.set_len(bytes).map_err(io)?;
        Ok(Self { path: path.to_path_buf(), file: BufWriter::new(file), bytes })
    }

    /// Appends a draw.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn append(&mut self, draw: &Draw) -> Result<()> {
        let body =
            postcard::to_stdvec(draw).map_err(|e| Error::internal(format!("a draw cannot be kept: {e}")))?;
        let (length, digest) = ((body.len() as u64).to_le_bytes(), Digest::of(&body));
        let parts = [&length[..], &digest.as_bytes()[..HEAD - 8], &body];
        for part in parts {
            self.file.write_all(part).map_err(|e| Error::io("append to", &self.path, &e))?;
        }
        self.bytes += (HEAD + body.len()) as u64;
        Ok(())
    }

    /// Makes durable what was appended, and says how many bytes the log has.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn sync(&mut self) -> Result<u64> {
        let synced = self.file.flush().and_then(|()| self.file.get_ref().sync_all());
        synced.map_err(|e| Error::io("sync", &self.path, &e))?;
        Ok(self.bytes)
    }
}

/// The draws of a log, one after the other.
///
/// # Errors
/// When the file cannot be opened; the draws, when one cannot be read or is damaged.
pub fn read_draws(path: &Path) -> Result<impl Iterator<Item = Result<Draw>> + use<>> {
    let file = files::open(path)?;
    let mut left = file.size().map_err(|e| Error::io("read", path, &e))?;
    let (mut reader, path) = (BufReader::new(file), path.to_path_buf());
    Ok(std::iter::from_fn(move || {
        if left == 0 {
            return None;
        }
        let draw = next_draw(&mut reader, &mut left, &path);
        if draw.is_err() {
            left = 0;
        }
        Some(draw)
    }))
}

fn next_draw(reader: &mut impl Read, left: &mut u64, path: &Path) -> Result<Draw> {
    let io = |e| Error::io("read", path, &e);
    let damaged = || Error::data("the draws of a chain are damaged").at_file(path).hint("run the task again");
    let mut head = [0; HEAD];
    reader.read_exact(&mut head).map_err(io)?;
    let [length, digest] = [0, 8].map(|at| <[u8; 8]>::try_from(&head[at..at + 8]).unwrap_or_default());
    *left = left.saturating_sub(HEAD as u64);
    let length = u64::from_le_bytes(length);
    if length > *left {
        return Err(damaged());
    }
    let mut body = vec![0; usize::try_from(length).map_err(|_| damaged())?];
    reader.read_exact(&mut body).map_err(io)?;
    *left -= length;
    if Digest::of(&body).as_bytes()[..8] != digest {
        return Err(damaged());
    }
    postcard::from_bytes(&body).map_err(|_| damaged())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::Scalars;

    fn draw(sweep: u64) -> Draw {
        Draw {
            sweep,
            scalars: Scalars { log_joint: -0.1, log_lik_train: f64::MIN_POSITIVE, log_lik_test: None },
            labels: vec![0, 1],
            states: vec![0; 7],
            baselines: vec![0.3],
            dispersions: vec![1.0 / 3.0],
            latents: None,
        }
    }

    #[test]
    fn a_log_goes_on_where_it_was_synced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chain");
        let mut log = DrawLog::open(&path, 0).unwrap();
        log.append(&draw(0)).unwrap();
        log.append(&draw(1)).unwrap();
        let bytes = log.sync().unwrap();
        log.append(&draw(99)).unwrap();
        drop(log);
        let mut log = DrawLog::open(&path, bytes).unwrap();
        log.append(&draw(2)).unwrap();
        let whole = log.sync().unwrap();
        let found: Vec<Draw> = read_draws(&path).unwrap().map(Result::unwrap).collect();
        assert_eq!(found, [draw(0), draw(1), draw(2)]);
        assert!(DrawLog::open(&path, whole + 1).unwrap_err().to_string().contains("are gone"));
    }

    #[test]
    fn any_damage_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chain");
        let mut log = DrawLog::open(&path, 0).unwrap();
        log.append(&draw(0)).unwrap();
        log.sync().unwrap();
        let whole = files::read_bytes(&path).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            files::write_bytes(&path, &bytes).unwrap();
            assert!(read_draws(&path).unwrap().any(|draw| draw.is_err()), "byte {at}");
        }
    }
}
