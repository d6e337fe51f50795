//! Archives: good ones, damaged ones, hostile ones.

use std::io::{Cursor, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use neuroloom_core::{CancelToken, Digest, Result};
use neuroloom_fetch::{Outcome, Unpack, UnpackLimits, unpack};
use neuroloom_testkit::assert_survives;
use serde_json::json;
use tar::{EntryType, Header};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::harness::{Place, list, source_of};
use crate::server::{Server, file};

const LIMITS: UnpackLimits = UnpackLimits { bytes: 1000, entries: 5 };

/// Unpacks `archive` and gives the files that appear, or the error; in that case nothing may appear.
fn unpacked(archive: &[u8], kind: Unpack, limits: UnpackLimits) -> Result<Vec<String>> {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("archive");
    std::fs::write(&path, archive).unwrap();
    let target = root.path().join("target");
    let result = unpack(&path, kind, &target, limits, b"mark", &CancelToken::default());
    if result.is_err() {
        assert_eq!(list(root.path()), ["archive"]);
    }
    result.map(|()| list(&target))
}

fn refused(archive: &[u8], kind: Unpack, why: &str) {
    let error = unpacked(archive, kind, LIMITS).unwrap_err();
    assert!(error.to_string().contains(why), "{why}: {error}");
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// One entry of a tar archive: head and contents, whatever its name.
fn tar_entry(name: &[u8], kind: EntryType, contents: &[u8]) -> Vec<u8> {
    let mut header = Header::new_gnu();
    let field = &mut header.as_old_mut().name;
    let length = name.len().min(field.len());
    field[..length].copy_from_slice(&name[..length]);
    header.set_entry_type(kind);
    header.set_size(contents.len() as u64);
    header.set_mode(0o644);
    header.set_link_name("elsewhere").unwrap();
    header.set_cksum();
    let padding = vec![0; contents.len().next_multiple_of(512) - contents.len()];
    [header.as_bytes().as_slice(), contents, &padding].concat()
}

fn tar_gz(entries: &[Vec<u8>]) -> Vec<u8> {
    gz(&[entries.concat(), vec![0; 1024]].concat())
}

/// An archive of files with these names; names of more than 100 bytes are cut.
pub fn tar_gz_with_names(names: &[Vec<u8>]) -> Vec<u8> {
    tar_gz(&names.iter().map(|name| tar_entry(name, EntryType::Regular, b"x")).collect::<Vec<_>>())
}

fn good_tar_gz() -> Vec<u8> {
    tar_gz(&[
        tar_entry(b"pax_global_header", EntryType::XGlobalHeader, b"16 comment=abcd\n"),
        tar_entry(b"./", EntryType::Directory, b""),
        tar_entry(b"./session/", EntryType::Directory, b""),
        tar_entry(b"./session/F.npy", EntryType::Regular, b"traces"),
        tar_entry(b"README", EntryType::Regular, b"read me"),
    ])
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, contents) in files {
        if name.ends_with('/') {
            writer.add_directory(*name, SimpleFileOptions::default()).unwrap();
        } else {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(contents).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

/// A zip archive in which one name was exchanged for another of the same length, which a writer would refuse.
fn zip_renamed(files: &[(&str, &[u8])], from: &str, to: &str) -> Vec<u8> {
    let mut bytes = zip(files);
    let places: Vec<usize> =
        (0..bytes.len()).filter(|&at| bytes[at..].starts_with(from.as_bytes())).collect();
    for at in &places {
        bytes[*at..*at + to.len()].copy_from_slice(to.as_bytes());
    }
    assert_eq!(places.len(), 2, "a name stands in the head of its entry and in the directory");
    bytes
}

fn good_zip() -> Vec<u8> {
    zip(&[("session/", b""), ("session/F.npy", b"traces"), ("README", b"read me")])
}

const GOOD: [&str; 3] = [".neuroloom-archive", "README", "session/F.npy"];

#[test]
fn good_archives_are_unpacked() {
    assert_eq!(unpacked(&good_tar_gz(), Unpack::TarGz, LIMITS).unwrap(), GOOD);
    assert_eq!(unpacked(&good_zip(), Unpack::Zip, LIMITS).unwrap(), GOOD);
}

#[test]
fn an_archive_is_fetched_unpacked_and_known_the_next_time() {
    for (name, kind, archive) in
        [("session.zip", "zip", good_zip()), ("session.tar.gz", "tar.gz", good_tar_gz())]
    {
        let served = archive.clone();
        let server = Server::start(move |request, _| file(request, &served, "\"1\""));
        let place = Place::new();
        let entry = |digest: Digest| {
            let address = server.address(name);
            let file = json!({ "address": address, "digest": { "blake3": digest }, "unpack": kind });
            source_of("it", vec![file])
        };
        let source = entry(Digest::of(&archive));
        assert_eq!(place.fetch(&source).unwrap().files[0].outcome, Outcome::Downloaded);
        assert_eq!(place.read("session/session/F.npy"), b"traces");
        assert_eq!(place.files().len(), 1 + GOOD.len(), "{:?}", place.files());
        assert_eq!(place.fetch(&source).unwrap().files[0].outcome, Outcome::AlreadyThere);
        assert_eq!(server.requests().len(), 1);
        assert!(place.fail(&entry(Digest::of(b"other"))).to_string().contains("another archive"));
    }
}

#[test]
fn names_that_lead_out_are_refused() {
    for (name, why) in [
        ("../x", "leads out"),
        ("/etc", "absolute"),
        ("a/..", "leads out"),
        ("a\\.x", "backslash"),
        ("C:/x", "drive"),
        ("a//x", "empty part"),
        ("a\0bc", "control character"),
        ("a\nbc", "control character"),
    ] {
        refused(&zip_renamed(&[("QQQQ", b"x")], "QQQQ", name), Unpack::Zip, why);
        // A tar head ends a name at its first zero byte.
        if !name.contains('\0') {
            refused(&tar_gz_with_names(&[name.into()]), Unpack::TarGz, why);
        }
    }
}

#[test]
fn links_and_devices_are_refused() {
    for (kind, why) in [
        (EntryType::Symlink, "a link"),
        (EntryType::Link, "a link"),
        (EntryType::Fifo, "a device"),
        (EntryType::Char, "a device"),
        (EntryType::Block, "a device"),
        (EntryType::GNUSparse, "cannot be read"),
        (EntryType::new(b'Z'), "unusual"),
    ] {
        refused(&tar_gz(&[tar_entry(b"x", kind, b"")]), Unpack::TarGz, why);
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("x", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    refused(&writer.finish().unwrap().into_inner(), Unpack::Zip, "a link");
}

#[test]
fn a_name_stands_once() {
    refused(&tar_gz_with_names(&[b"a".into(), b"./a".into()]), Unpack::TarGz, "two files");
    let twice = zip_renamed(&[("aaaa", b"1"), ("bbbb", b"2")], "bbbb", "aaaa");
    refused(&twice, Unpack::Zip, "two files");
}

#[test]
fn a_file_is_no_folder() {
    refused(&tar_gz_with_names(&[b"a".into(), b"a/b".into()]), Unpack::TarGz, "a file where");
    refused(&tar_gz_with_names(&[b"a/b".into(), b"a".into()]), Unpack::TarGz, "a file where");
    refused(&zip(&[("a", b"1"), ("a/b", b"2")]), Unpack::Zip, "a file where");
}

#[test]
fn bombs_do_not_go_off() {
    let zeros = vec![0; 2 << 20];
    let bomb = zip(&[("a", &zeros)]);
    assert!(bomb.len() < 5000);
    refused(&bomb, Unpack::Zip, "more than it may");
    refused(&tar_gz(&[tar_entry(b"a", EntryType::Regular, &zeros)]), Unpack::TarGz, "more than it may");
    // Each small enough, together too much.
    let halves =
        [tar_entry(b"a", EntryType::Regular, &[0; 600]), tar_entry(b"b", EntryType::Regular, &[0; 600])];
    refused(&tar_gz(&halves), Unpack::TarGz, "more than it may");
}

#[test]
fn a_long_name_does_not_fill_the_memory() {
    let endless = tar_entry(b"././@LongLink", EntryType::GNULongName, &vec![b'a'; 8 << 20]);
    refused(
        &tar_gz(&[endless, tar_entry(b"a", EntryType::Regular, b"x")]),
        Unpack::TarGz,
        "longer than it may",
    );
    let pax = tar_entry(b"pax", EntryType::XHeader, &vec![b'a'; 8 << 20]);
    refused(&tar_gz(&[pax, tar_entry(b"a", EntryType::Regular, b"x")]), Unpack::TarGz, "longer than it may");
}

#[test]
fn long_names_of_both_kinds_are_read() {
    let name = format!("{}/file", "folder/".repeat(20).trim_end_matches('/'));
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = Header::new_gnu();
    header.set_size(1);
    header.set_mode(0o644);
    builder.append_data(&mut header, &name, b"x".as_slice()).unwrap();
    let gnu = builder.into_inner().unwrap();
    let record = format!("{} path={name}\n", name.len() + 10);
    assert_eq!(record.len(), name.len() + 10);
    let pax = [
        tar_entry(b"pax", EntryType::XHeader, record.as_bytes()),
        tar_entry(b"short", EntryType::Regular, b"x"),
        vec![0; 1024],
    ]
    .concat();
    for archive in [gnu, pax] {
        assert_eq!(unpacked(&gz(&archive), Unpack::TarGz, LIMITS).unwrap()[1], name);
    }
}

#[test]
fn too_many_entries_are_refused() {
    let names: Vec<Vec<u8>> = (0..6).map(|n| vec![b'a' + n]).collect();
    refused(&tar_gz_with_names(&names), Unpack::TarGz, "too many");
    let files: Vec<String> = (0..6).map(|n| format!("{n}")).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();
    refused(&zip(&files), Unpack::Zip, "too many");
}

#[test]
fn usual_limits_follow_the_size_of_the_archive() {
    assert_eq!(UnpackLimits::new(10, None).bytes, 16 << 20);
    assert_eq!(UnpackLimits::new(1 << 30, None).bytes, 100 << 30);
    assert_eq!(UnpackLimits::new(u64::MAX, None).bytes, 256 << 30);
    assert_eq!(UnpackLimits::new(1 << 30, Some(5)).bytes, 5);
}

#[test]
fn damaged_archives_are_refused_or_read() {
    let unpack_into = |path: &Path, kind| {
        let root = tempfile::tempdir().unwrap();
        let limits = UnpackLimits { bytes: 1 << 20, entries: 100 };
        unpack(path, kind, &root.path().join("target"), limits, b"mark", &CancelToken::default())
    };
    assert_survives(&good_zip(), 200, move |path| unpack_into(path, Unpack::Zip));
    assert_survives(&good_tar_gz(), 200, move |path| unpack_into(path, Unpack::TarGz));
    assert!(unpacked(b"no archive", Unpack::Zip, LIMITS).is_err());
    assert!(unpacked(b"no archive", Unpack::TarGz, LIMITS).is_err());
    assert!(unpacked(&good_tar_gz()[..60], Unpack::TarGz, LIMITS).is_err());
}
