//! Files of another size or content than the catalogue says.

use neuroloom_core::{Digest, ErrorKind};
use serde_json::json;

use crate::harness::{Place, bytes, source, source_of};
use crate::server::{Act, Server, file, reply, reply_without_length};

const TAG: &str = "\"v1\"";

/// Fetches `expected` from a server that sends `acts`; gives the error and the number of requests.
fn fail(
    expected: &[u8],
    acts: impl Fn() -> Vec<Act> + Send + Sync + 'static,
) -> (neuroloom_core::Error, usize) {
    let server = Server::start(move |_, _| acts());
    let place = Place::new();
    let error = place.fail(&source("it", &[(server.address("a.nwb"), expected)]));
    let files = place.files();
    assert!(files.iter().all(|name| !name.ends_with("a.nwb")), "{files:?}");
    if error.kind() == ErrorKind::Data {
        assert!(files.is_empty(), "{files:?}");
    }
    (error, server.requests().len())
}

#[test]
fn a_file_of_another_size_is_refused_by_its_announcement() {
    for length in [4999, 5001] {
        let (error, requests) = fail(&bytes(5000), move || reply(200, &[], &bytes(length)));
        assert_eq!((error.kind(), requests), (ErrorKind::Data, 1));
        assert_eq!(error.expected_text(), Some("5000 bytes"));
        assert_eq!(error.found_text(), Some(format!("{length} bytes").as_str()));
    }
}

#[test]
fn a_file_that_does_not_end_is_cut_off() {
    let (error, requests) = fail(&bytes(5000), || reply_without_length("", &bytes(2_000_000)));
    assert_eq!((error.kind(), requests), (ErrorKind::Data, 1));
    assert!(error.to_string().contains("more than the catalogue says"), "{error}");
}

#[test]
fn a_chunked_file_that_is_longer_is_cut_off() {
    let (error, _) =
        fail(&bytes(5), || reply(200, &[("Transfer-Encoding", "chunked")], b"6\r\nabcdef\r\n0\r\n\r\n"));
    assert_eq!(error.kind(), ErrorKind::Data);
}

#[test]
fn an_announcement_that_is_not_kept_is_no_file() {
    let (error, requests) = fail(&bytes(5000), || reply(200, &[("Content-Length", "5000")], &bytes(4000)));
    assert_eq!((error.kind(), requests), (ErrorKind::Io, 4));
}

#[test]
fn more_than_was_announced_is_not_read() {
    let body = bytes(5000);
    let longer = [body.clone(), vec![1; 100]].concat();
    let server = Server::start(move |_, _| reply(200, &[("Content-Length", "5000")], &longer));
    let place = Place::new();
    place.fetch(&source("it", &[(server.address("a.nwb"), &body)])).unwrap();
    assert_eq!(place.read("a.nwb"), body);
}

#[test]
fn wrong_bytes_are_not_kept() {
    let (error, requests) = fail(&bytes(5000), || reply(200, &[], &[7; 5000]));
    assert_eq!((error.kind(), requests), (ErrorKind::Data, 1));
    assert!(error.expected_text().unwrap().contains(&Digest::of(&bytes(5000)).to_string()));
    assert!(error.found_text().unwrap().contains(&Digest::of(&[7; 5000]).to_string()));
}

#[test]
fn published_digests_are_compared_too() {
    // FIPS 180-4 and RFC 1321: the digests of "abc".
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let md5 = "900150983cd24fb0d6963f7d28e17f72";
    for digest in [json!({ "sha256": sha256 }), json!({ "md5": md5 })] {
        let server = Server::start(|request, _| file(request, request.path.as_bytes(), TAG));
        let wanted = |path| json!({ "address": server.address(path), "name": "a.txt", "digest": digest });
        let place = Place::new();
        let fetched = place.fetch(&source_of("it", vec![wanted("abc")])).unwrap();
        assert!(fetched.files[0].verified);
        assert_eq!(place.read("a.txt"), b"abc");
        assert!(Place::new().fail(&source_of("it", vec![wanted("abd")])).to_string().contains("not those"));
    }
}

#[test]
fn a_file_that_is_compressed_on_the_way_is_refused() {
    let (error, _) = fail(b"abc", || reply(200, &[("Content-Encoding", "gzip")], b"xyz"));
    assert!(error.to_string().contains("compresses"), "{error}");
}

#[test]
fn an_empty_file_is_a_file() {
    let server = Server::start(|request, _| file(request, b"", TAG));
    let place = Place::new();
    place.fetch(&source("it", &[(server.address("empty.txt"), b"")])).unwrap();
    assert_eq!(place.read("empty.txt"), b"");
}
