//! Several sources at once.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use neuroloom_core::{CancelToken, Error, ErrorKind, Progress, Result, files};

use crate::catalogue::{RemoteFile, Source, Unpack};
use crate::client::{Client, Transport};
use crate::digests::Digests;
use crate::download::{Arrived, Downloader, Outcome, Wanted};
use crate::permission::permission;
use crate::place::{Mark, Place, mark};
use crate::provenance;
use crate::queue::Queue;
use crate::retry::Retry;
use crate::unpack::{UnpackLimits, unpack};

/// How to fetch.
#[derive(Clone, Debug)]
pub struct Options {
    /// Every source gets a folder in here, named after its id.
    pub folder: PathBuf,
    /// Files at a time.
    pub jobs: usize,
    /// Files at a time from one server.
    pub per_server: usize,
    /// Whether to download what no digest is known of.
    pub accept_unverified: bool,
    /// How patient to be.
    pub transport: Transport,
    /// When to try again.
    pub retry: Retry,
}

impl Options {
    /// Into `folder`: four files at a time, two from one server, verified ones only.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            jobs: 4,
            per_server: 2,
            accept_unverified: false,
            transport: Transport::default(),
            retry: Retry::default(),
        }
    }
}

/// A source that is there.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Its id.
    pub id: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Its files, in the order of the catalogue.
    pub files: Vec<FetchedFile>,
}

/// A file that is there.
#[derive(Clone, Debug)]
pub struct FetchedFile {
    /// Its name; of a folder, where it was an archive.
    pub name: String,
    /// Where it lies, or its contents do.
    pub path: PathBuf,
    /// Whether it was downloaded now.
    pub outcome: Outcome,
    /// Its size as it came.
    pub bytes: u64,
    /// Its digests as it came.
    pub digests: Digests,
    /// Whether a digest was known and is the same.
    pub verified: bool,
}

/// Brings `sources` into their folders and writes beside them where they are from.
///
/// What is there already is verified and not downloaded again; what a broken transfer left is gone on with. When a file
/// fails, the others are brought all the same.
///
/// # Errors
/// Before anything is asked for: when one of the sources may not be downloaded ([`permission`]). Afterwards: when the
/// network, a server or the operating system fails, when size or digest of a file is another than the catalogue says,
/// when an archive is damaged or hostile, or when a stop was asked for; parts stay then, and the next call goes on.
pub fn fetch(
    sources: &[&Source],
    options: &Options,
    cancel: &CancelToken,
    progress: &dyn Progress,
) -> Result<Vec<Fetched>> {
    for source in sources {
        permission(source, options.accept_unverified)?;
    }
    let client = Client::new(&options.transport);
    let downloader = Downloader {
        client: &client,
        transport: &options.transport,
        retry: &options.retry,
        cancel,
        progress,
    };
    let results = each_file(sources, options, &downloader);
    cancel.check()?;
    finish(sources, options, results)
}

/// A file of a source: the indices of both.
type At = (usize, usize);

fn each_file(
    sources: &[&Source],
    options: &Options,
    downloader: &Downloader<'_>,
) -> Vec<(At, Result<FetchedFile>)> {
    let jobs = sources.iter().enumerate().flat_map(|(s, source)| {
        let place = Place::new(&options.folder, source);
        let files = source.files.iter().enumerate();
        files.map(move |(f, file)| (file.address.server(), ((s, f), file, place.clone())))
    });
    let queue = Queue::new(jobs, options.per_server);
    let results = Mutex::new(Vec::new());
    let work = || {
        while let Some(job) = queue.next(downloader.cancel) {
            let (at, file, place) = &job.work;
            let result = bring(file, place, downloader);
            results.lock().unwrap_or_else(PoisonError::into_inner).push((*at, result));
        }
    };
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| cut_when_cancelled(downloader, &done));
        let workers: Vec<_> = (0..options.jobs.max(1)).map(|_| scope.spawn(work)).collect();
        for worker in workers {
            // A panic of a worker is passed on by the scope.
            let _ = worker.join();
        }
        done.store(true, Ordering::Relaxed);
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(at, _)| *at);
    results
}

/// A thread that waits for a server does not look at the token: its connection is cut from here.
fn cut_when_cancelled(downloader: &Downloader<'_>, done: &AtomicBool) {
    while !done.load(Ordering::Relaxed) {
        if downloader.cancel.is_cancelled() {
            downloader.client.cut();
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn bring(file: &RemoteFile, place: &Place, downloader: &Downloader<'_>) -> Result<FetchedFile> {
    let path = place.final_path(file)?;
    let arrived = match file.unpack {
        Unpack::None => downloader.bring(&wanted(file, place)?)?,
        Unpack::Zip | Unpack::TarGz => match unpacked_already(file, &path)? {
            Some(arrived) => arrived,
            None => bring_archive(file, place, &path, downloader)?,
        },
    };
    Ok(FetchedFile {
        name: file.final_name()?.as_str().to_owned(),
        path,
        outcome: arrived.outcome,
        bytes: arrived.bytes,
        digests: arrived.digests,
        verified: file.digest.is_known(),
    })
}

fn wanted<'a>(file: &'a RemoteFile, place: &Place) -> Result<Wanted<'a>> {
    let target = place.download_path(file)?;
    Ok(Wanted { address: &file.address, target, bytes: file.bytes, digest: file.digest })
}

/// Downloads an archive, unpacks it, and removes it: its contents carry its digest.
fn bring_archive(
    file: &RemoteFile,
    place: &Place,
    folder: &Path,
    downloader: &Downloader<'_>,
) -> Result<Arrived> {
    let wanted = wanted(file, place)?;
    let arrived = downloader.bring(&wanted)?;
    let _unpacking = downloader.progress.begin(&format!("unpacking {}", file.file_name()?.as_str()), None);
    let limits = UnpackLimits::new(arrived.bytes, file.unpacked_bytes);
    let mark = Mark { bytes: arrived.bytes, digests: arrived.digests };
    unpack(&wanted.target, file.unpack, folder, limits, &mark.to_bytes()?, downloader.cancel)?;
    files::remove_file(&wanted.target)?;
    Ok(Arrived { outcome: Outcome::Downloaded, ..arrived })
}

/// The contents of the archive `file`, if they lie in `folder`.
fn unpacked_already(file: &RemoteFile, folder: &Path) -> Result<Option<Arrived>> {
    if !files::exists(folder) {
        return Ok(None);
    }
    let error =
        |what: &str| Error::data(what).at_file(folder).hint("move it away, or name another folder with --to");
    let Some(mark) = mark(folder) else { return Err(error("something else has this name already")) };
    match file.digest.mismatch(&mark.digests) {
        None => {
            Ok(Some(Arrived { outcome: Outcome::AlreadyThere, bytes: mark.bytes, digests: mark.digests }))
        }
        Some((expected, found)) => {
            Err(error("this folder is from another archive").expected(expected).found(found))
        }
    }
}

/// Puts the files of each source together, and writes the notes of those that are complete.
fn finish(
    sources: &[&Source],
    options: &Options,
    results: Vec<(At, Result<FetchedFile>)>,
) -> Result<Vec<Fetched>> {
    let total = results.len();
    let mut failures = Vec::new();
    let mut fetched: Vec<Vec<FetchedFile>> = sources.iter().map(|_| Vec::new()).collect();
    for ((s, _), result) in results {
        match (result, fetched.get_mut(s)) {
            (Ok(file), Some(files)) => files.push(file),
            (Ok(_), None) => {}
            (Err(error), _) => failures.push(error),
        }
    }
    let mut complete = Vec::new();
    for (source, files) in
        sources.iter().zip(fetched).filter(|(source, files)| files.len() == source.files.len())
    {
        let place = Place::new(&options.folder, source);
        provenance::write(source, &place, &files)?;
        complete.push(Fetched { id: source.id.clone(), folder: place.folder().to_path_buf(), files });
    }
    match one_error(failures, total) {
        None => Ok(complete),
        Some(error) => Err(error),
    }
}

/// Several failures as one.
fn one_error(mut failures: Vec<Error>, total: usize) -> Option<Error> {
    if failures.len() < 2 {
        return failures.pop();
    }
    let kind = failures.first().map_or(ErrorKind::Io, Error::kind);
    let list: Vec<String> = failures.iter().map(|error| format!("\n  - {error}")).collect();
    let message = format!("{} of {total} files could not be had:{}", failures.len(), list.concat());
    Some(
        Error::new(kind, message)
            .hint("run the same command again: what is complete is not downloaded again"),
    )
}
