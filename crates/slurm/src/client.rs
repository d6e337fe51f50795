//! Calls of Slurm's own programs.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use neuroloom_core::{Error, ErrorKind, Result};
use neuroloom_pipeline::host;

use crate::batch::Limits;
use crate::standing::ElementState;

/// Submits a script and gives the number of its job.
pub(crate) fn sbatch(script: &Path) -> Result<String> {
    let said = call("sbatch", &["--parsable", &script.display().to_string()])?;
    // On a federation the cluster's name follows a semicolon.
    let id = said.trim().split(';').next().unwrap_or_default().to_owned();
    if !id.is_empty() && id.chars().all(|c| c.is_ascii_digit()) {
        return Ok(id);
    }
    Err(Error::new(ErrorKind::Io, "sbatch did not give the number of a job").found(said))
}

/// What the scheduler allows; Slurm's default where it does not say.
pub fn limits() -> Limits {
    let said = call("scontrol", &["show", "config"]).unwrap_or_default();
    let value = |name: &str| {
        let line = said.lines().find_map(|line| line.trim_start().strip_prefix(name))?;
        line.trim_start().strip_prefix('=')?.trim().parse::<usize>().ok()
    };
    // The largest index is one below the size; and one array must not fill the queue.
    let array = value("MaxArraySize").and_then(|size| size.checked_sub(1)).filter(|&size| size > 0);
    let queue = value("MaxJobCount").map(|count| (count / 4).max(1));
    let default = Limits::default().array_elements;
    Limits { array_elements: array.unwrap_or(default).min(queue.unwrap_or(usize::MAX)) }
}

/// What Slurm knows of the elements of `jobs`, by `12_3` (or `12` for a job that is no array). Jobs that ended long ago
/// are known to its accounting only, and to nobody where there is none.
pub fn states(jobs: &[String]) -> BTreeMap<String, ElementState> {
    let mut found = BTreeMap::new();
    for chunk in jobs.chunks(100) {
        let ids = chunk.join(",");
        let columns = ["-n", "-P", "-X", "-o", "JobID,State,NodeList"];
        if let Ok(said) = call("sacct", &[columns.as_slice(), &["-j", &ids]].concat()) {
            found.extend(said.lines().filter_map(accounted));
        }
        let queued = |ids: &str| call("squeue", &["-h", "-r", "-t", "all", "-o", "%i|%T|%r|%N", "-j", ids]);
        match queued(&ids) {
            Ok(said) => found.extend(said.lines().filter_map(in_queue)),
            // One number that has been forgotten makes all unknown.
            Err(_) => {
                for id in chunk {
                    let said = queued(id).unwrap_or_default();
                    found.extend(said.lines().filter_map(in_queue));
                }
            }
        }
    }
    found
}

/// `12_3|PENDING|Priority|`.
fn in_queue(line: &str) -> Option<(String, ElementState)> {
    let mut fields = line.split('|').map(str::trim);
    let (id, state, reason, node) = (fields.next()?, fields.next()?, fields.next()?, fields.next()?);
    let reason = if reason == "None" { "" } else { reason };
    Some((
        id.to_owned(),
        ElementState { word: state.to_owned(), reason: reason.to_owned(), node: node.to_owned() },
    ))
}

/// `12_3|CANCELLED by 1000|n1`.
fn accounted(line: &str) -> Option<(String, ElementState)> {
    let mut fields = line.split('|').map(str::trim);
    let (id, state, node) = (fields.next()?, fields.next()?, fields.next()?);
    let word = state.split_whitespace().next().unwrap_or_default();
    Some((
        id.to_owned(),
        ElementState { word: word.to_owned(), reason: String::new(), node: node.to_owned() },
    ))
}

/// Those of `jobs` that have elements which have not ended.
pub fn active_of(jobs: &[String]) -> Vec<String> {
    let states = states(jobs);
    let is_active = |job: &&String| {
        states.iter().any(|(id, state)| id.split('_').next() == Some(job.as_str()) && state.is_active())
    };
    jobs.iter().filter(is_active).cloned().collect()
}

/// Ends jobs.
///
/// # Errors
/// When Slurm refuses.
pub fn cancel(jobs: &[String]) -> Result<()> {
    if jobs.is_empty() {
        return Ok(());
    }
    let arguments: Vec<&str> = jobs.iter().map(String::as_str).collect();
    call("scancel", &arguments).map(drop)
}

/// Puts the job that this process runs in back into the queue, and waits for its end.
///
/// # Errors
/// When this is no batch job, or Slurm refuses.
pub fn requeue_this_job() -> Result<()> {
    let job = host::batch_job().ok_or_else(|| Error::internal("this is no batch job"))?;
    call("scontrol", &["requeue", &job])?;
    // Slurm ends this process now; to end before that would count as a failure.
    std::thread::sleep(Duration::from_secs(120));
    Ok(())
}

fn call(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output().map_err(|e| {
        Error::new(ErrorKind::Io, format!("cannot call {program}: {e}"))
            .expected("the programs of Slurm on the search path")
            .hint("submit from a login node of the cluster, or run here with `neuroloom run`")
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Error::new(ErrorKind::Io, format!("{program} refused")).found(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_queue_and_of_the_accounting_are_understood() {
        let (id, state) = in_queue("12_3|PENDING|Dependency|").unwrap();
        assert_eq!(
            (id.as_str(), state.word.as_str(), state.reason.as_str()),
            ("12_3", "PENDING", "Dependency")
        );
        let (id, state) = accounted("12_3|CANCELLED by 1000|n1").unwrap();
        assert_eq!((id.as_str(), state.word.as_str(), state.node.as_str()), ("12_3", "CANCELLED", "n1"));
        assert!(in_queue("garbage").is_none());
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = call("no-such-program-of-slurm", &[]).unwrap_err();
        assert!(error.report().contains("no-such-program-of-slurm"), "{}", error.report());
    }
}
