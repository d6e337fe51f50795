//! `neuroloom fetch`, against a server on this computer.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use neuroloom_core::{Digest, files};

use crate::support::{fail, folder, neuroloom, recording, succeed};

/// A server that gives the file from the byte asked for, in small pieces with a pause after each.
fn serve(body: Vec<u8>, pause: Duration) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            // A client that was killed hangs up: that is no failure of the server.
            let _ = answer(stream.unwrap(), &body, pause);
        }
    });
    port
}

fn answer(mut stream: TcpStream, body: &[u8], pause: Duration) -> std::io::Result<()> {
    let lines = BufReader::new(stream.try_clone()?).lines().map_while(Result::ok);
    let head: Vec<String> =
        lines.take_while(|line| !line.is_empty()).map(|line| line.to_lowercase()).collect();
    let range =
        head.iter().find_map(|line| line.strip_prefix("range: bytes=")?.strip_suffix('-')?.parse().ok());
    let (from, size) = (range.unwrap_or(0), body.len());
    let status = match range {
        Some(from) => format!("206 Partial Content\r\nContent-Range: bytes {from}-{}/{size}", size - 1),
        None => "200 OK".to_owned(),
    };
    let length = size - from;
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nETag: \"1\"\r\nConnection: close\r\n\r\n"
    )?;
    for piece in body[from..].chunks(1 << 16) {
        stream.write_all(piece)?;
        thread::sleep(pause);
    }
    Ok(())
}

/// A catalogue with the recording that ships with the project, on a server of ours.
fn catalogue(folder: &Path, port: u16, body: &[u8]) {
    let text = format!(
        "sources:\n  - id: a2929\n    title: A mouse\n    modality: spikes\n    citation: Nobody\n    licence: MIT\n    \
         automate: allowed\n    landing: https://example.org/\n    reads_with: {{ step: ingest.nwb, path: a.nwb }}\n    \
         checked: true\n    files:\n      - address: http://127.0.0.1:{port}/a.nwb\n        bytes: {}\n        \
         digest: {{ blake3: {} }}\n",
        body.len(),
        Digest::of(body)
    );
    files::write_bytes(&folder.join("mine.yaml"), text.as_bytes()).unwrap();
}

const FETCH: [&str; 4] = ["fetch", "a2929", "--catalogue", "mine.yaml"];

fn fetch(folder: &Path) -> Command {
    let mut command = neuroloom(folder, &FETCH);
    command.env("NO_PROXY", "127.0.0.1").stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

#[test]
fn a_killed_download_goes_on_and_its_recipe_reads_it() {
    let folder = folder();
    let body = files::read_bytes(&recording()).unwrap();
    let port = serve(body.clone(), Duration::from_millis(10));
    catalogue(folder.path(), port, &body);
    let part = folder.path().join("data/a2929/a.nwb.part");
    let mut child = fetch(folder.path()).spawn().unwrap();
    while part.metadata().map_or(0, |part| part.len()) < 1 << 20 {
        thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(part.exists() && !folder.path().join("data/a2929/a.nwb").exists());

    let output = fetch(folder.path()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(files::read_bytes(&folder.path().join("data/a2929/a.nwb")).unwrap(), body);
    let recipe = text.split_once("steps:").unwrap().1;
    let pipeline = format!("neuroloom: 1\nname: mine\nsteps:{recipe}");
    files::write_bytes(&folder.path().join("mine-pipeline.yaml"), pipeline.as_bytes()).unwrap();
    succeed(folder.path(), &["validate", "mine-pipeline.yaml"]);
    succeed(folder.path(), &["plan", "mine-pipeline.yaml"]);
}

#[test]
fn an_interrupt_ends_with_130_and_keeps_the_part() {
    let folder = folder();
    let body = files::read_bytes(&recording()).unwrap();
    let port = serve(body.clone(), Duration::from_millis(50));
    catalogue(folder.path(), port, &body);
    let part = folder.path().join("data/a2929/a.nwb.part");
    let mut child = fetch(folder.path()).spawn().unwrap();
    while part.metadata().map_or(0, |part| part.len()) == 0 {
        thread::sleep(Duration::from_millis(2));
    }
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(part.metadata().unwrap().len() > 0);
}

#[test]
fn sources_are_listed_with_what_is_here() {
    let folder = folder();
    let list = succeed(folder.path(), &["fetch"]);
    for id in ["lfads-lorenz", "dag2023", "nlb-mc-maze"] {
        assert!(list.contains(id), "{list}");
    }
    let json = succeed(folder.path(), &["fetch", "--json"]);
    let sources: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(sources.as_array().unwrap().iter().all(|source| source["state"] == "-"));
    let dry = succeed(folder.path(), &["fetch", "lfads-lorenz", "--dry-run"]);
    assert!(dry.contains("1.8 MB") && !folder.path().join("data").exists(), "{dry}");
}

#[test]
fn what_may_not_be_fetched_is_a_mistake_of_the_command() {
    let folder = folder();
    let forbidden = fail(folder.path(), 2, &["fetch", "dag2023", "--accept-unverified"]);
    assert!(forbidden.contains("no licence") && forbidden.contains("https://"), "{forbidden}");
    let by_hand = fail(folder.path(), 2, &["fetch", "nlb-mc-maze"]);
    assert!(by_hand.contains("dandiarchive.org/dandiset/000128"), "{by_hand}");
    assert!(fail(folder.path(), 2, &["fetch", "lfads-lorentz"]).contains("`lfads-lorenz`"));
    assert!(fail(folder.path(), 3, &["fetch", "x", "--catalogue", "absent.yaml"]).contains("absent.yaml"));
}
