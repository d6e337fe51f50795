//! Runs of a frozen plan as batch jobs of Slurm.
//!
//! A [`Submission`] has one job array per step of the plan, an element of which works on one or several tasks with
//! `neuroloom exec`, and a small last job that puts the results into the run's folder or, where tasks were cut short,
//! submits them again with more memory or time. Nothing stays behind on the login node: what is known of a run is in
//! its folder, in the store, and in Slurm itself.
//!
//! | module | question it answers |
//! | --- | --- |
//! | `batch` | which tasks make which arrays, in which order? |
//! | `script` | what does Slurm get to read? |
//! | `submission` | what was submitted, and where is it written down? |
//! | `client` | how are `sbatch`, `squeue`, `sacct`, `scontrol` and `scancel` called? |
//! | `standing` | where does each element stand? |
//! | `again` | what is submitted again, and with how much more? |

mod again;
mod batch;
mod client;
mod script;
mod standing;
mod submission;

pub use again::{Remedy, Shortage, remedies};
pub use batch::{Batch, Limits, Needs, batches};
pub use client::{active_of, cancel, limits, requeue_this_job, states};
pub use script::{Site, last_script, script};
pub use standing::{ElementState, Standing, standings};
pub use submission::{Job, Options, Submission, latest, submissions, submit};
