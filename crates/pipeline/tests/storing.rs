//! A task that only waits for the disk leaves its processor to the next.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at what it did not expect")]

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use neuroloom_core::{
    Description, Digest, Error, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec, Registry,
    Resources, Result, RunContext, Step, StepOutput, StepParams, StepPlan, StoredParts, Summary, Table,
    TableKind, TableParts, files,
};
use neuroloom_pipeline::document;
use neuroloom_pipeline::execute::{Outcome, RunOptions, run};
use neuroloom_pipeline::layout::RunFolder;
use neuroloom_pipeline::observer::NoObserver;
use neuroloom_pipeline::plan::plan;
use neuroloom_table::parquet::{PartsFile, PartsWriter};
use neuroloom_table::{TableBuilder, kinds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const TASKS: usize = 3;

/// What the tasks of a run see of each other.
#[derive(Debug, Default)]
struct Sight {
    begun: Mutex<usize>,
    changed: Condvar,
    computing: AtomicUsize,
    most_computing: AtomicUsize,
}

impl Sight {
    fn begin(&self) {
        *self.begun.lock().unwrap() += 1;
        self.changed.notify_all();
    }

    /// Waits until all tasks have begun; whether they have.
    fn all_begun(&self) -> bool {
        let waited =
            self.changed.wait_timeout_while(self.begun.lock().unwrap(), Duration::from_secs(20), |begun| {
                *begun < TASKS
            });
        !waited.unwrap().1.timed_out()
    }
}

/// Gives a table that is stored only when all tasks have begun.
struct Slow(Arc<Sight>);

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct SlowParams {
    value: f64,
}

impl StepParams for SlowParams {
    fn check(&self, _: &mut ParamIssues) {}
}

impl Step for Slow {
    type Params = SlowParams;
    const ID: &'static str = "fake.slow";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        let outputs = vec![PortSpec::required("spikes", kinds::SPIKES, "Some numbers.")];
        Description { title: "A step for tests", about: "", reference: None, inputs: vec![], outputs }
    }

    fn plan(&self, _: &PlanContext, _: &SlowParams, _: &PlannedInputs) -> Result<StepPlan> {
        Ok(StepPlan::new(Resources::default()).output("spikes", kinds::SPIKES, [("units", 1)]))
    }

    fn run(&self, ctx: &RunContext, params: &SlowParams, _: &Inputs) -> Result<StepOutput> {
        let sight = &self.0;
        let computing = sight.computing.fetch_add(1, Ordering::SeqCst) + 1;
        sight.most_computing.fetch_max(computing, Ordering::SeqCst);
        sight.begin();
        let builder = TableBuilder::new(kinds::SPIKES).text("recording_id", ["r"]).text("unit_id", ["u"]);
        let mut writer = PartsWriter::new(ctx.scratch(), kinds::SPIKES)?;
        writer.append(&builder.lists("spike_times_s", [vec![params.value]]).finish()?)?;
        let parts = SlowParts { file: writer.finish()?, sight: Arc::clone(sight) };
        sight.computing.fetch_sub(1, Ordering::SeqCst);
        Ok(StepOutput::new(Summary::default()).stored("spikes", Arc::new(parts)))
    }
}

#[derive(Debug)]
struct SlowParts {
    file: PartsFile,
    sight: Arc<Sight>,
}

impl TableParts for SlowParts {
    fn kind(&self) -> TableKind {
        self.file.kind()
    }

    fn n_rows(&self) -> usize {
        self.file.n_rows()
    }

    fn n_parts(&self) -> usize {
        self.file.n_parts()
    }

    fn part(&self, index: usize) -> Result<Table> {
        self.file.part(index)
    }
}

impl StoredParts for SlowParts {
    fn digest(&self) -> Digest {
        self.file.digest()
    }

    fn move_to(&self, target: &Path) -> Result<()> {
        let begun = self.sight.all_begun();
        begun.then_some(()).ok_or_else(|| Error::internal("no other task began meanwhile"))?;
        self.file.move_to(target)
    }
}

fn run_on(threads: usize) -> (Outcome, Arc<Sight>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("p.yaml");
    let text = "neuroloom: 1\nsteps:\n  slow: { use: fake.slow, matrix: { value: [1, 2, 3] } }\n";
    files::write_bytes(&file, text.as_bytes()).unwrap();
    let sight = Arc::new(Sight::default());
    let registry = Registry::default().with(Slow(Arc::clone(&sight)));
    let plan = plan(document::load(&file, &[], &registry).unwrap(), 1).unwrap();
    let run_folder = RunFolder::new(folder.path().join("run"));
    let options = RunOptions { threads, ..RunOptions::default() };
    let outcome = run(&plan, &run_folder, &run_folder.store(), &options, &NoObserver);
    (outcome.unwrap_or_else(|failure| panic!("{}", failure.error.report())), sight)
}

#[test]
fn one_processor_computes_one_task_while_others_are_stored() {
    let (outcome, sight) = run_on(1);
    assert_eq!(outcome.ran, TASKS);
    assert_eq!(sight.most_computing.load(Ordering::SeqCst), 1);
}
