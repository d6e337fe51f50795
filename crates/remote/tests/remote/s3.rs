//! A bucket of an S3 server on this computer: `moto_server`, which `NEUROLOOM_MOTO` names.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use neuroloom_core::ErrorKind;
use neuroloom_pipeline::store::Remote;
use neuroloom_remote::Bucket;
use neuroloom_testkit::skip;

use crate::{contract, two_stores};

const BUCKET: &str = "results";

/// A server, which ends with the test.
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    /// None where there is no program for it.
    fn start() -> Option<Self> {
        let Some(program) = std::env::var_os("NEUROLOOM_MOTO") else {
            skip("NEUROLOOM_MOTO does not name a moto_server");
            return None;
        };
        let port = free_port();
        let arguments = ["-H", "127.0.0.1", "-p", &port.to_string()];
        let silent = || Stdio::null();
        let process =
            Command::new(program).args(arguments).stdout(silent()).stderr(silent()).spawn().unwrap();
        let server = Self { process, port };
        server.wait();
        server.make_bucket();
        Some(server)
    }

    fn wait(&self) {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the server does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn make_bucket(&self) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let request = format!(
            "PUT /{BUCKET} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    fn open(&self, prefix: &str) -> Arc<dyn Remote> {
        Arc::new(Bucket::open(&format!("s3://{BUCKET}/{prefix}"), settings(self.port)).unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

fn settings(port: u16) -> Vec<(String, String)> {
    let endpoint = format!("http://127.0.0.1:{port}");
    let all = [
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_ENDPOINT_URL", endpoint.as_str()),
    ];
    all.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

#[test]
fn a_bucket_keeps_the_contract() {
    let Some(server) = Server::start() else { return };
    contract::assert_kept(&server.open("some/prefix"));
    // Another prefix is another remote, and so is none.
    for prefix in ["other", ""] {
        assert!(!server.open(prefix).get("sizes/1", 1, &mut Vec::new()).unwrap(), "{prefix:?}");
    }
    assert!(server.open("").get("some/prefix/sizes/1", 1, &mut Vec::new()).unwrap());
}

#[test]
fn results_reach_another_store_through_a_bucket() {
    let Some(server) = Server::start() else { return };
    two_stores::assert_shared(|| server.open("shared"));
}

#[test]
fn a_bucket_that_is_not_there_cannot_be_written() {
    let Some(server) = Server::start() else { return };
    let remote = Bucket::open("s3://no-such-bucket/x", settings(server.port)).unwrap();
    let error = remote.put("a", 1, &mut b"a".as_slice()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(error.location().object.as_deref(), Some("a"));
}

#[test]
fn a_server_that_is_gone_is_an_error_soon() {
    let remote = Bucket::open("s3://results/x", settings(free_port())).unwrap();
    let begun = Instant::now();
    let error = remote.get("a", 1, &mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(error.location().file.as_deref(), Some(std::path::Path::new("s3://results/x")));
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
}
