//! A computer with a folder and a store of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use neuroloom_core::{NoProgress, Progress, files};
use neuroloom_pipeline::document;
use neuroloom_pipeline::execute::{Outcome, RunOptions, run};
use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::manifest::Manifest;
use neuroloom_pipeline::observer::{Event, Observer};
use neuroloom_pipeline::plan::{Plan, plan};
use neuroloom_pipeline::store::{Garbage, Remote, collect_garbage};
use tempfile::TempDir;

use crate::fake;

const PIPELINE: &str = "neuroloom: 1
name: small
steps:
  source: { use: fake.source, with: { values: [1, 2.5, 4] } }
  double: { use: fake.scale, in: source, with: { factor: 2 } }
  noise: { use: fake.noise, in: double }
";

/// How many tasks the pipeline has.
pub const TASKS: usize = 3;

pub struct Computer {
    folder: TempDir,
    plan: Plan,
}

impl Computer {
    pub fn new() -> Self {
        // In memory where that can be had: what is written hundreds of times need not reach a disk.
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let folder = folder.unwrap();
        let file = folder.path().join("p.yaml");
        std::fs::write(&file, PIPELINE).unwrap();
        let plan = plan(document::load(&file, &[], &fake::registry()).unwrap(), 1).unwrap();
        Self { folder, plan }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn run_folder(&self) -> RunFolder {
        RunFolder::new(self.path().join("run"))
    }

    /// Runs the pipeline, which must succeed; gives the outcome and the warnings.
    pub fn run(&self, remote: Option<&Arc<impl Remote + 'static>>) -> (Outcome, Vec<String>) {
        self.run_with(remote, RunOptions::default())
    }

    /// The same, where all results are made anew.
    pub fn run_by_force(&self, remote: Option<&Arc<impl Remote + 'static>>) -> (Outcome, Vec<String>) {
        let force: BTreeSet<String> = self.plan.iter().map(|(task, _)| task.id.clone()).collect();
        self.run_with(remote, RunOptions { force, ..RunOptions::default() })
    }

    /// One task at a time, so that the k-th call is the same in every run.
    fn run_with(
        &self,
        remote: Option<&Arc<impl Remote + 'static>>,
        options: RunOptions,
    ) -> (Outcome, Vec<String>) {
        let mut store = self.run_folder().store();
        if let Some(remote) = remote {
            store = store.with_remote(Arc::clone(remote) as Arc<dyn Remote>);
        }
        let watching = Warnings::default();
        let outcome = run(&self.plan, &self.run_folder(), &store, &options, &watching);
        let outcome = outcome.unwrap_or_else(|failure| panic!("{}", failure.error.report()));
        (outcome, watching.0.into_inner().unwrap())
    }

    /// The name of the object that makes the result of `task` one.
    pub fn record_of(&self, task: &str) -> String {
        let manifest = Manifest::read(&self.run_folder().manifest()).unwrap().unwrap();
        let key = manifest.task(task).unwrap().key.to_string();
        format!("entries/{}/{key}/record", &key[..2])
    }

    /// What a run gives: every table in the run's folder and every file of every entry in the store, by name.
    pub fn results(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let root = self.path().join("run");
        let is_result = |name: &PathBuf| {
            let extension = name.extension().and_then(|extension| extension.to_str());
            extension == Some("parquet") || name.ends_with("task.json") || name.ends_with("summary.json")
        };
        let results = self.files().into_iter().filter(|path| path.starts_with(&root) && is_result(path));
        let named = results
            .map(|path| (path.strip_prefix(&root).unwrap().to_path_buf(), std::fs::read(&path).unwrap()));
        named.collect()
    }

    /// All files; links are neither followed nor listed.
    pub fn files(&self) -> Vec<PathBuf> {
        let (mut found, mut pending) = (Vec::new(), vec![self.path().to_path_buf()]);
        while let Some(folder) = pending.pop() {
            for path in files::list(&folder).unwrap() {
                let kind = path.symlink_metadata().unwrap().file_type();
                if kind.is_dir() {
                    pending.push(path);
                } else if kind.is_file() {
                    found.push(path);
                }
            }
        }
        found
    }

    /// Forgets the run, and collects all garbage.
    pub fn clear(&self) -> Garbage {
        let store = self.run_folder().store();
        for file in ["run.lock", "manifest.json"] {
            std::fs::remove_file(self.run_folder().root().join(file)).unwrap();
        }
        collect_garbage(&store, Duration::ZERO, false).unwrap()
    }
}

/// Collects the warnings of a run.
#[derive(Default)]
struct Warnings(Mutex<Vec<String>>);

impl Observer for Warnings {
    fn event(&self, event: &Event<'_>) {
        if let Event::Finished { warnings, .. } = event {
            self.0.lock().unwrap().extend(warnings.iter().cloned());
        }
    }

    fn progress(&self, _: &str) -> Arc<dyn Progress> {
        Arc::new(NoProgress)
    }
}
