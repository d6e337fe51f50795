//! A folder with a pipeline, what it reads, and its run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use neuroloom_core::files;
use neuroloom_pipeline::execute::{Outcome, RunError, RunOptions, run};
use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::manifest::Manifest;
use neuroloom_pipeline::observer::NoObserver;
use neuroloom_pipeline::plan::{Plan, plan};
use neuroloom_pipeline::{document, frozen};
use neuroloom_table::parquet;
use serde_json::Value;
use tempfile::TempDir;

use crate::{fake, steps};

const PIPELINE: &str = "neuroloom: 1
name: small
steps:
  source: { use: fake.read, with: { path: numbers.txt } }
  units: { use: fake.split, in: source, with: { parts: 2 } }
  last: { use: fake.gather, in: units }
outputs:
  result/last.parquet: last.spikes
";

pub struct World {
    folder: TempDir,
    plan: Plan,
}

impl World {
    pub fn new() -> Self {
        // In memory where that can be had: what is written thousands of times need not reach a disk.
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let folder = folder.unwrap();
        std::fs::write(folder.path().join("numbers.txt"), "1\n2.5\n4\n").unwrap();
        let plan = planned(folder.path(), PIPELINE);
        Self { folder, plan }
    }

    /// The same folder, with a step that reads what is in the store already.
    pub fn with_one_more_reader(&self) -> Rerun<'_> {
        let text = PIPELINE
            .replace("outputs:", "  more: { use: fake.scale, in: source, with: { factor: 3 } }\noutputs:");
        Rerun { world: self, plan: planned(self.folder(), &text) }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn run(&self) -> Result<Outcome, RunError> {
        run_plan(self.folder(), &self.plan)
    }

    /// Where the store has the results of a task.
    pub fn entry_of(&self, task: &str) -> PathBuf {
        let manifest = Manifest::read(&run_folder(self.folder()).manifest()).unwrap().unwrap();
        let key = manifest.task(task).unwrap().key.to_string();
        let names = all_names(self.folder());
        let entry = names.iter().find_map(|file| file.ancestors().find(|it| it.ends_with(&key)));
        self.folder().join(entry.unwrap())
    }

    /// What a run gives: the bytes of every table, by name, and of every record of a task in the store.
    pub fn results(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        results(self.folder())
    }

    /// Whatever has its final name is whole: tables verify, records parse, tasks of the store have all their files.
    pub fn assert_nothing_partial(&self, context: &str) {
        for name in final_names(self.folder()) {
            let path = self.folder().join(&name);
            let name = format!("{context}: {}", name.display());
            match path.extension().and_then(|ending| ending.to_str()) {
                Some("parquet") => drop(parquet::read(&path).unwrap_or_else(|e| panic!("{name}: {e}"))),
                Some("json") => drop(json(&path, &name)),
                Some("lock") => drop(frozen::read(&path).unwrap_or_else(|e| panic!("{name}: {e}"))),
                _ => {}
            }
            if path.parent().unwrap().file_name().unwrap().len() == 64 {
                assert_whole(path.parent().unwrap(), &name);
            }
        }
    }

    /// Names of temporaries, and of what is in them, after the sweep that every run begins with.
    pub fn temporaries_left(&self) -> Vec<String> {
        files::sweep_temporaries(run_folder(self.folder()).root()).unwrap();
        let names = all_names(self.folder());
        let names = names.iter().map(|name| name.to_string_lossy().into_owned());
        names.filter(|name| name.contains(files::TEMPORARY_PREFIX)).collect()
    }
}

/// Another pipeline in the same folder.
pub struct Rerun<'a> {
    world: &'a World,
    plan: Plan,
}

impl Rerun<'_> {
    pub fn run(&self) -> Result<Outcome, RunError> {
        run_plan(self.world.folder(), &self.plan)
    }

    pub fn results(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        self.world.results()
    }
}

fn planned(folder: &Path, text: &str) -> Plan {
    let registry = fake::registry().with(steps::Read).with(steps::Split).with(steps::Gather);
    let file = folder.join("p.yaml");
    std::fs::write(&file, text).unwrap();
    plan(document::load(&file, &[], &registry).unwrap(), 1).unwrap()
}

fn run_folder(folder: &Path) -> RunFolder {
    RunFolder::new(folder.join("run"))
}

/// One task at a time, so that the k-th call is the same in every run.
fn run_plan(folder: &Path, plan: &Plan) -> Result<Outcome, RunError> {
    let folder = run_folder(folder);
    let options = RunOptions { threads: 1, ..RunOptions::default() };
    run(plan, &folder, &folder.store(), &options, &NoObserver)
}

fn results(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let is_result = |name: &PathBuf| {
        let is_table = name.extension().is_some_and(|ending| ending == "parquet");
        is_table || name.ends_with("task.json") || name.ends_with("summary.json")
    };
    let names = final_names(folder).into_iter().filter(is_result);
    names.map(|name| (name.clone(), std::fs::read(folder.join(name)).unwrap())).collect()
}

/// The files below `folder`, relative to it; links are neither followed nor listed.
fn all_names(folder: &Path) -> Vec<PathBuf> {
    let mut names = Vec::new();
    let mut pending = vec![folder.to_path_buf()];
    while let Some(current) = pending.pop() {
        for path in files::list(&current).unwrap() {
            match path.symlink_metadata().unwrap() {
                found if found.is_dir() => pending.push(path),
                found if found.is_file() => names.push(path.strip_prefix(folder).unwrap().to_path_buf()),
                _ => {}
            }
        }
    }
    names
}

fn final_names(folder: &Path) -> Vec<PathBuf> {
    let mut names = all_names(folder);
    names.retain(|name| !name.to_string_lossy().contains(files::TEMPORARY_PREFIX));
    names
}

/// An entry of the store has its records and the tables that they name.
fn assert_whole(entry: &Path, context: &str) {
    assert!(entry.join("summary.json").is_file(), "{context}");
    let record = json(&entry.join("task.json"), context);
    for (port, output) in record["outputs"].as_object().unwrap() {
        let size = entry.join(format!("{port}.parquet")).metadata().unwrap().len();
        assert_eq!(output["bytes"].as_u64(), Some(size), "{context}");
    }
}

fn json(path: &Path, context: &str) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{context}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{context}: {e}"))
}
