//! What was submitted, and where it is written down.
//!
//! ```text
//! RUN/.neuroloom/batch/01/run.lock       the plan that the jobs work on, whatever becomes of the run's own
//!                         plan/options   how it was submitted
//!                         01-fit.tasks   the tasks of each element, a line of JSON each
//!                         01-fit.sh      what sbatch got
//!                         jobs.jsonl     the jobs, a line each as soon as it has its number
//!                         logs/12_3.log  what element 3 of job 12 said
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use neuroloom_core::{Error, Result, files};
use neuroloom_pipeline::frozen::{FrozenPlan, FrozenTask};
use neuroloom_pipeline::layout::RunFolder;
use serde::{Deserialize, Serialize};

use crate::again::Remedy;
use crate::batch::{Batch, Limits, Needs, batches};
use crate::client;
use crate::script::{Site, last_script, script};

/// How to submit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Elements of one array that run at once.
    pub max_running: Option<usize>,
    /// How often tasks that were cut short are submitted again.
    pub retries: usize,
}

/// A job, or an array of jobs, that was submitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its number.
    pub id: String,
    /// Name of the step; `finish` for the last job.
    pub step: String,
    /// Ids of the tasks of each element; none for the last job.
    pub elements: Vec<Vec<String>>,
    /// What an element was given.
    pub needs: Needs,
}

/// Jobs that were submitted together.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Its folder.
    pub folder: PathBuf,
    /// Its jobs, the last one last.
    pub jobs: Vec<Job>,
    /// How it was submitted.
    pub options: Options,
}

impl Submission {
    /// The submission in `folder`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(folder: &Path) -> Result<Self> {
        let text = files::read_text_if_present(&folder.join("jobs.jsonl"))?.unwrap_or_default();
        let jobs = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let options = files::read_text_if_present(&folder.join("options.json"))?.unwrap_or_default();
        let options = serde_json::from_str(&options).unwrap_or_default();
        Ok(Self { folder: folder.to_path_buf(), jobs, options })
    }

    /// The numbers of its jobs.
    pub fn ids(&self) -> Vec<String> {
        self.jobs.iter().map(|job| job.id.clone()).collect()
    }

    /// The plan that its jobs work on.
    pub fn lock(&self) -> PathBuf {
        self.folder.join("run.lock")
    }

    /// What the elements that work on `task` said, oldest first.
    pub fn logs_of(&self, task: &str) -> Vec<PathBuf> {
        let log =
            |job: &Job, element: usize| self.folder.join("logs").join(format!("{}_{element}.log", job.id));
        let of_job = |job: &Job| {
            let of = job.elements.iter().enumerate().filter(|(_, tasks)| tasks.iter().any(|id| id == task));
            of.map(|(element, _)| log(job, element)).collect::<Vec<_>>()
        };
        self.jobs.iter().flat_map(of_job).collect()
    }
}

/// All submissions of a run, oldest first.
///
/// # Errors
/// When they cannot be read.
pub fn submissions(run: &RunFolder) -> Result<Vec<Submission>> {
    let folder = run.batch();
    if !files::is_folder(&folder) {
        return Ok(Vec::new());
    }
    files::list(&folder)?
        .iter()
        .filter(|path| files::is_folder(path))
        .map(|path| Submission::read(path))
        .collect()
}

/// The last submission of a run.
///
/// # Errors
/// When there is none, or it cannot be read.
pub fn latest(run: &RunFolder) -> Result<Submission> {
    submissions(run)?.pop().ok_or_else(|| {
        Error::params("nothing was submitted from this folder")
            .at_file(run.root())
            .hint("submit with `neuroloom submit FILE --executor slurm --out FOLDER`")
    })
}

/// Submits the tasks of `plan` that `wanted` accepts. With `dry`, nothing is written or submitted: the scripts are
/// given back as they would be, with names in place of the numbers of jobs.
///
/// # Errors
/// When the operating system or Slurm refuses; jobs that were submitted before are cancelled then.
pub fn submit(
    plan: &FrozenPlan,
    run: &RunFolder,
    wanted: &dyn Fn(&FrozenTask) -> bool,
    remedies: &BTreeMap<String, Remedy>,
    options: &Options,
    dry: bool,
) -> Result<(Submission, Vec<String>)> {
    let limits = if dry { Limits::default() } else { client::limits() };
    let batches = batches(plan, wanted, remedies, limits);
    let number = submissions(run)?.len() + 1;
    let folder = absolute(&run.batch().join(format!("{number:02}")));
    let site = Site {
        program: std::env::current_exe().map_err(|e| Error::io("find", Path::new("the program"), &e))?,
        run: absolute(run.root()),
        submission: folder.clone(),
        name: plan.run.name.clone(),
    };
    let submission = Submission { folder, jobs: Vec::new(), options: options.clone() };
    let mut submitter = Submitter { site, submission, scripts: Vec::new(), dry };
    if !dry {
        submitter.prepare(run)?;
    }
    match submitter.all(&batches) {
        Ok(()) => Ok((submitter.submission, submitter.scripts)),
        Err(error) => {
            // Half of a run would wait for jobs that never come.
            let _ = client::cancel(&submitter.submission.ids());
            Err(error)
        }
    }
}

struct Submitter {
    site: Site,
    submission: Submission,
    scripts: Vec<String>,
    dry: bool,
}

impl Submitter {
    /// The folder with the plan, before the first job can look for it.
    fn prepare(&self, run: &RunFolder) -> Result<()> {
        let submission = &self.submission;
        files::create_folders(&self.site.logs())?;
        files::link(&run.lock(), &submission.lock())?;
        let options = serde_json::to_string_pretty(&submission.options).unwrap_or_default();
        files::write_bytes(&submission.folder.join("options.json"), options.as_bytes())
    }

    fn all(&mut self, batches: &[Batch]) -> Result<()> {
        let mut ids: BTreeMap<String, String> = BTreeMap::new();
        for (at, batch) in batches.iter().enumerate() {
            let after: BTreeSet<String> =
                batch.after.iter().filter_map(|step| ids.get(step).cloned()).collect();
            let after: Vec<String> = after.into_iter().collect();
            let name = format!("{:02}-{}", at + 1, batch.step);
            let list = self.submission.folder.join(format!("{name}.tasks"));
            let text = script(&self.site, batch, &list, &after, self.submission.options.max_running);
            if !self.dry {
                let lines = batch
                    .elements
                    .iter()
                    .map(|tasks| serde_json::to_string(tasks).unwrap_or_default() + "\n");
                files::write_bytes(&list, lines.collect::<String>().as_bytes())?;
            }
            let id = self.one(&name, &batch.step, text, &batch.elements, batch.needs)?;
            ids.insert(batch.step.clone(), id);
        }
        let all: Vec<String> = self.submission.ids();
        let request = batches.first().map(|batch| batch.request.clone()).unwrap_or_default();
        let text = last_script(&self.site, &request, &all);
        let needs = Needs { cores: 1, memory_bytes: 0, time_s: 0 };
        self.one(&format!("{:02}-finish", batches.len() + 1), "finish", text, &[], needs)?;
        Ok(())
    }

    fn one(
        &mut self,
        name: &str,
        step: &str,
        text: String,
        elements: &[Vec<String>],
        needs: Needs,
    ) -> Result<String> {
        let id = if self.dry {
            format!("<{step}>")
        } else {
            let path = self.submission.folder.join(format!("{name}.sh"));
            files::write_bytes(&path, text.as_bytes())?;
            client::sbatch(&path)?
        };
        let job = Job { id: id.clone(), step: step.to_owned(), elements: elements.to_vec(), needs };
        if !self.dry {
            let line = serde_json::to_string(&job).unwrap_or_default();
            files::append_line(&self.submission.folder.join("jobs.jsonl"), &line)?;
        }
        self.submission.jobs.push(job);
        self.scripts.push(text);
        Ok(id)
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf())
}
