//! One file: attempts until all its bytes are there, then its digest, then its name.

use std::io::{ErrorKind as IoKind, Read};
use std::path::{Path, PathBuf};

use neuroloom_core::{CancelToken, Error, ErrorKind, Progress, Result, Task, files};
use ureq::http::StatusCode;

use crate::address::Address;
use crate::client::{Client, Reply, Resume, Transport};
use crate::digests::{Digests, Hashes};
use crate::pace::Pace;
use crate::part::Part;
use crate::retry::{Retry, sleep};
use crate::trouble::Trouble;

const BUFFER: usize = 64 << 10;

/// What an attempt must bring for the count of fruitless ones to start anew.
const FRUITFUL: u64 = 1 << 20;

/// How a file came to be where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was downloaded.
    Downloaded,
    /// It was there, with the bytes that the catalogue names.
    AlreadyThere,
}

/// A file that is wanted under a name.
pub(crate) struct Wanted<'a> {
    pub address: &'a Address,
    pub target: PathBuf,
    /// Its size, where that is known.
    pub bytes: Option<u64>,
    /// Its digests, where any is known.
    pub digest: Digests,
}

/// A file that is there.
#[derive(Debug)]
pub(crate) struct Arrived {
    pub outcome: Outcome,
    pub bytes: u64,
    pub digests: Digests,
}

/// Downloads files.
pub(crate) struct Downloader<'a> {
    pub client: &'a Client,
    pub transport: &'a Transport,
    pub retry: &'a Retry,
    pub cancel: &'a CancelToken,
    pub progress: &'a dyn Progress,
}

impl Downloader<'_> {
    /// Brings `wanted` to its target, unless it is there.
    pub fn bring(&self, wanted: &Wanted<'_>) -> Result<Arrived> {
        if files::exists(&wanted.target) {
            return self.already_there(wanted);
        }
        let mut part = Part::open(&wanted.target, wanted.address, wanted.digest, self.cancel)?;
        match self.attempts(&mut part, wanted) {
            Err(error) if error.kind() == ErrorKind::Data => {
                part.discard()?;
                Err(error)
            }
            Err(error) => Err(error),
            Ok(()) => commit(part, wanted),
        }
    }

    /// The digests of the file at `path`, computed like those of `expected`.
    pub fn digests_of(&self, path: &Path, expected: &Digests) -> Result<(u64, Digests)> {
        let mut file = files::open(path)?;
        let (mut hashes, mut length, mut buffer) = (Hashes::for_comparison(expected), 0, vec![0; BUFFER]);
        loop {
            self.cancel.check()?;
            match file.read(&mut buffer) {
                Ok(0) => return Ok((length, hashes.finish())),
                Ok(n) => {
                    hashes.update(buffer.get(..n).unwrap_or_default());
                    length += n as u64;
                }
                Err(e) if e.kind() == IoKind::Interrupted => {}
                Err(e) => return Err(Error::io("read", path, &e)),
            }
        }
    }

    fn already_there(&self, wanted: &Wanted<'_>) -> Result<Arrived> {
        let (bytes, digests) = self.digests_of(&wanted.target, &wanted.digest)?;
        let size = wanted.bytes.filter(|expected| *expected != bytes);
        let differs = size.map(|expected| (size_text(expected), size_text(bytes)));
        match differs.or_else(|| wanted.digest.mismatch(&digests)) {
            None => Ok(Arrived { outcome: Outcome::AlreadyThere, bytes, digests }),
            Some((expected, found)) => Err(Error::data("another file has this name already")
                .at_file(&wanted.target)
                .expected(expected)
                .found(found)
                .hint("move it away, or name another folder with --to")),
        }
    }

    fn attempts(&self, part: &mut Part, wanted: &Wanted<'_>) -> Result<()> {
        let (mut fruitless, mut furthest) = (0, part.length());
        loop {
            let (error, asked) = match self.attempt(part, wanted) {
                Ok(()) => return Ok(()),
                Err(Trouble::Lasting(error)) => return Err(error),
                Err(Trouble::Passing { error, wait }) => (error, wait),
            };
            // A connection that we cut ourselves looks like one that broke.
            self.cancel.check()?;
            if part.length() >= furthest.saturating_add(FRUITFUL) {
                (fruitless, furthest) = (0, part.length());
            }
            fruitless += 1;
            let Some(wait) = self.retry.wait(fruitless, asked, &wanted.address.to_string()) else {
                return Err(given_up(error, asked, part.length()));
            };
            let note = format!("{}: {}", label(&wanted.target), error.message());
            let _waiting = self.progress.begin(&note, None);
            sleep(wait, self.cancel)?;
        }
    }

    fn attempt(&self, part: &mut Part, wanted: &Wanted<'_>) -> Result<(), Trouble> {
        self.cancel.check()?;
        if wanted.bytes.is_some_and(|bytes| part.length() > bytes) {
            part.restart()?;
        }
        if wanted.bytes == Some(part.length()) {
            return Ok(());
        }
        let Some(reply) = self.ask(part, wanted)? else { return Ok(()) };
        let task = self.progress.begin(&label(&wanted.target), wanted.bytes.or_else(|| total(&reply, part)));
        task.advance(part.length());
        self.receive(reply, part, wanted, task.as_ref())
    }

    /// Asks for the bytes that are missing; leaves `part` at the place where the answer begins. `None`: none is missing.
    fn ask(&self, part: &mut Part, wanted: &Wanted<'_>) -> Result<Option<Reply>, Trouble> {
        let validator = part.validator();
        // Without a digest nobody would notice that two halves are of two versions.
        if validator.is_none() && !wanted.digest.is_known() && part.length() > 0 {
            part.restart()?;
        }
        let resume = Resume { from: part.length(), validator: validator.as_ref() };
        let resumed = part.length() > 0;
        let reply = self.client.get(wanted.address, resumed.then_some(&resume))?;
        match reply.status() {
            StatusCode::OK => {
                refuse_wrong(&reply, reply.content_length(), wanted)?;
                part.restart()?;
                part.set_validator(reply.validator().as_ref())?;
                Ok(Some(reply))
            }
            StatusCode::PARTIAL_CONTENT if resumed => {
                let range = reply.content_range();
                refuse_wrong(&reply, range.and_then(|range| range.total), wanted)?;
                if range.and_then(|range| range.from) == Some(part.length()) {
                    return Ok(Some(reply));
                }
                part.restart()?;
                Err(Trouble::passing(odd(
                    &reply,
                    "the server sends another part of the file than we asked for",
                )))
            }
            StatusCode::RANGE_NOT_SATISFIABLE if resumed => {
                let total = reply.content_range().and_then(|range| range.total);
                refuse_wrong(&reply, total, wanted)?;
                if wanted.bytes.is_none() && total == Some(part.length()) {
                    return Ok(None);
                }
                part.restart()?;
                Err(Trouble::passing(odd(&reply, "the server has no such part of the file")))
            }
            _ => Err(reply.trouble()),
        }
    }

    fn receive(
        &self,
        reply: Reply,
        part: &mut Part,
        wanted: &Wanted<'_>,
        task: &dyn Task,
    ) -> Result<(), Trouble> {
        let address = reply.address().to_string();
        let mut pace = Pace::new(self.transport.pace_window, self.transport.pace_bytes);
        let (mut body, mut buffer) = (reply.into_body(), vec![0; BUFFER]);
        loop {
            self.cancel.check()?;
            let n = match body.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => n,
                Err(e) if e.kind() == IoKind::Interrupted => continue,
                Err(e) => return Err(Trouble::network("the transfer broke off", &e).at_object(&address)),
            };
            let bytes = buffer.get(..n).unwrap_or_default();
            if let Some(expected) = wanted.bytes.filter(|expected| part.length() + n as u64 > *expected) {
                let error = Error::data("the server sends more than the catalogue says").at_object(address);
                return Err(error.expected(size_text(expected)).found("more").into());
            }
            part.append(bytes)?;
            task.advance(n as u64);
            if pace.is_too_slow(n as u64) {
                let error = Error::new(ErrorKind::Io, "the transfer is hardly moving").at_object(address);
                return Err(Trouble::passing(error));
            }
        }
        // The end of a connection that we cut ourselves looks like the end of a file.
        self.cancel.check()?;
        match wanted.bytes.filter(|expected| part.length() < *expected) {
            None => Ok(()),
            Some(expected) => {
                let error = Error::new(ErrorKind::Io, "the transfer ended early").at_object(address);
                Err(Trouble::passing(error.expected(size_text(expected)).found(size_text(part.length()))))
            }
        }
    }
}

/// Refuses an answer that cannot be the file: of another size, compressed, or a page for people.
fn refuse_wrong(reply: &Reply, size: Option<u64>, wanted: &Wanted<'_>) -> Result<()> {
    reply.refuse_encoding()?;
    if let (Some(expected), Some(found)) = (wanted.bytes, size.filter(|size| Some(*size) != wanted.bytes)) {
        return Err(odd_data(reply, "the file on the server has another size than the catalogue says")
            .expected(size_text(expected))
            .found(size_text(found))
            .hint("it was changed or replaced: look on the source's page"));
    }
    let is_page =
        wanted.target.extension().is_some_and(|extension| extension == "html" || extension == "htm");
    if !wanted.digest.is_known() && reply.is_web_page() && !is_page {
        return Err(odd_data(reply, "the server sends a web page instead of the file")
            .hint("the file may need a login: open the source's page in a browser"));
    }
    Ok(())
}

/// Compares digests, and gives the file its name.
fn commit(part: Part, wanted: &Wanted<'_>) -> Result<Arrived> {
    let (bytes, digests) = (part.length(), part.digests());
    if let Some((expected, found)) = wanted.digest.mismatch(&digests) {
        part.discard()?;
        return Err(Error::data("the bytes that came are not those that the catalogue names")
            .at_object(wanted.address.to_string())
            .expected(expected)
            .found(found)
            .hint("the file was changed on the server, or on the way; nothing was kept of it"));
    }
    part.commit(&wanted.target)?;
    Ok(Arrived { outcome: Outcome::Downloaded, bytes, digests })
}

/// Size of the whole file, where only the answer tells it.
fn total(reply: &Reply, part: &Part) -> Option<u64> {
    reply.content_length().map(|rest| rest.saturating_add(part.length()))
}

fn given_up(error: Error, asked: Option<std::time::Duration>, length: u64) -> Error {
    if error.hint_text().is_some() {
        return error;
    }
    error.hint(match asked {
        Some(wait) => format!("the server asks to come back in {} s", wait.as_secs()),
        None if length == 0 => "run the same command again later".into(),
        None => format!("run the same command again: it goes on after the first {length} bytes"),
    })
}

fn odd(reply: &Reply, what: &str) -> Error {
    Error::new(ErrorKind::Io, what).at_object(reply.address().to_string())
}

fn odd_data(reply: &Reply, what: &str) -> Error {
    Error::data(what).at_object(reply.address().to_string())
}

fn size_text(bytes: u64) -> String {
    format!("{bytes} bytes")
}

/// The name of a file, for people.
fn label(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
