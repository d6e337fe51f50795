//! Running the binary and looking at what it left.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use neuroloom_core::files;
use neuroloom_core::{Digest, Table};
use neuroloom_table::parquet;
use tempfile::TempDir;

/// The root of the project.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A pipeline that ships with the project.
pub fn pipeline(name: &str) -> String {
    project().join("pipelines").join(name).display().to_string()
}

/// The recording that ships with the project.
pub fn recording() -> PathBuf {
    project().join("data/a2929/A2929-200711.nwb")
}

/// The binary with arguments, in `folder`.
pub fn neuroloom(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_neuroloom"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub fn output(folder: &Path, arguments: &[&str]) -> Output {
    neuroloom(folder, arguments).output().unwrap()
}

/// Runs it to its end, which must be a good one; gives standard output.
pub fn succeed(folder: &Path, arguments: &[&str]) -> String {
    let output = output(folder, arguments);
    let (stdout, stderr) = texts(&output);
    assert!(output.status.success(), "neuroloom {arguments:?}\n{stdout}\n{stderr}");
    stdout
}

/// Runs it to its end, which must be the exit code `code`, without a panic; gives standard error.
pub fn fail(folder: &Path, code: i32, arguments: &[&str]) -> String {
    let output = output(folder, arguments);
    let (stdout, stderr) = texts(&output);
    assert_eq!(output.status.code(), Some(code), "neuroloom {arguments:?}\n{stdout}\n{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    stderr
}

/// Starts it and comes back at once.
pub fn start(folder: &Path, arguments: &[&str]) -> Child {
    neuroloom(folder, arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Standard output and error.
pub fn texts(output: &Output) -> (String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

/// The events of a run with `--json`, a value per line.
pub fn events(folder: &Path, arguments: &[&str]) -> Vec<serde_json::Value> {
    let stdout = succeed(folder, &[&["--json"], arguments].concat());
    stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The tasks that really ran in `events`, sorted.
pub fn ran(events: &[serde_json::Value]) -> Vec<String> {
    let finished = events.iter().filter(|event| event["event"] == "finished" && event["cached"] == false);
    let mut tasks: Vec<String> = finished.map(|event| event["task"].as_str().unwrap().to_owned()).collect();
    tasks.sort();
    tasks
}

/// A pipeline of a simulated compass that turns for `minutes`, in `folder`: one long step that keeps its state.
pub fn compass(folder: &Path, minutes: u32) -> String {
    let seconds = 60 * minutes;
    let text = format!(
        "neuroloom: 1
name: compass
seed: 3
steps:
  compass: {{ use: simulate.ring_attractor, with: {{ duration_s: {seconds}, n_units: 8 }} }}
  tuning:
    use: prepare.tuning
    in: {{ spikes: compass.spikes, behaviour: compass.behaviour }}
    with: {{ behaviour: {{ signal: heading, geometry: circular, n_bins: 12 }}, min_occupancy_s: 0 }}
"
    );
    let file = folder.join("compass.yaml");
    write(&file, text);
    file.display().to_string()
}

/// Digests of all that a run promises to be the same every time: everything but the times in the manifest and the
/// RO-Crate, the frozen plan (which holds the number of threads), and the journal and store in `.neuroloom`.
pub fn results(run: &Path) -> BTreeMap<PathBuf, Digest> {
    let apart = [".neuroloom", "manifest.json", "ro-crate-metadata.json", "run.lock"];
    let files = files::list_files(run).unwrap().into_iter();
    let files = files.filter(|file| !apart.iter().any(|name| file.starts_with(name)));
    files.map(|file| (file.clone(), files::digest(&run.join(&file)).unwrap())).collect()
}

/// A table of a run.
pub fn table(run: &Path, file: &str) -> Table {
    parquet::read(&run.join(file)).unwrap()
}

/// An empty folder that goes away with the test.
pub fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Writes a file of the test.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) {
    std::fs::write(path, bytes).unwrap();
}
