//! The scripts that `sbatch` reads.

use std::path::{Path, PathBuf};

use neuroloom_pipeline::resources::ResourceRequest;

use crate::batch::{Batch, Needs};

/// Seconds before the end of its time at which a job is told to keep its state.
const WARNING_S: u64 = 60;
/// What the last job needs.
const LAST: Needs = Needs { cores: 1, memory_bytes: 512 << 20, time_s: 3600 };

/// Where things are, from the root of the file system.
#[derive(Clone, Debug)]
pub struct Site {
    /// The program.
    pub program: PathBuf,
    /// The run's folder.
    pub run: PathBuf,
    /// The folder of the submission.
    pub submission: PathBuf,
    /// Name of the pipeline.
    pub name: String,
}

impl Site {
    /// Where the jobs write what they say. Job and element are in the names: a log is that of one element.
    pub fn logs(&self) -> PathBuf {
        self.submission.join("logs")
    }
}

/// The script of an array whose tasks stand in `list`, after the jobs `after`, with `throttle` elements at a time.
pub fn script(site: &Site, batch: &Batch, list: &Path, after: &[String], throttle: Option<usize>) -> String {
    let last = batch.elements.len().saturating_sub(1);
    let at_a_time = throttle.map(|most| format!("%{most}")).unwrap_or_default();
    let mut lines = head(site, &batch.step, "%A_%a.log", &batch.needs, &batch.request);
    lines.push(format!("--array=0-{last}{at_a_time}"));
    // The program itself gets the signal: the shell becomes it.
    lines.push(format!("--signal=B:USR1@{}", WARNING_S.min(batch.needs.time_s / 2)));
    if !after.is_empty() {
        lines.push(format!("--dependency=afterok:{}", after.join(":")));
        lines.push("--kill-on-invalid-dep=yes".into());
    }
    let command = format!(
        "{} exec {} --list {} --line \"$SLURM_ARRAY_TASK_ID\" --threads {}",
        quoted(&site.program),
        quoted(&site.run),
        quoted(list),
        batch.needs.cores
    );
    text(&lines, &command)
}

/// The script of the job that comes after all others, whatever became of them.
pub fn last_script(site: &Site, request: &ResourceRequest, after: &[String]) -> String {
    let request = ResourceRequest { gres: None, ..request.clone() };
    let mut lines = head(site, "finish", "%j.log", &LAST, &request);
    if !after.is_empty() {
        lines.push(format!("--dependency=afterany:{}", after.join(":")));
    }
    let command = format!(
        "{} finish {} --submission {}",
        quoted(&site.program),
        quoted(&site.run),
        quoted(&site.submission)
    );
    text(&lines, &command)
}

fn head(site: &Site, step: &str, log: &str, needs: &Needs, request: &ResourceRequest) -> Vec<String> {
    let mut lines = vec![
        format!("--job-name={}.{step}", site.name),
        format!("--output={}/{log}", site.logs().display()),
        "--open-mode=append".into(),
        "--requeue".into(),
        "--nodes=1".into(),
        "--ntasks=1".into(),
        format!("--cpus-per-task={}", needs.cores),
        format!("--mem={}M", needs.memory_bytes.div_ceil(1 << 20)),
        format!("--time={}", needs.time_s.div_ceil(60).max(1)),
    ];
    let words = [
        ("partition", &request.partition),
        ("account", &request.account),
        ("qos", &request.qos),
        ("constraint", &request.constraint),
        ("gres", &request.gres),
    ];
    lines.extend(words.iter().filter_map(|(name, word)| Some(format!("--{name}={}", word.as_ref()?))));
    lines
}

fn text(options: &[String], command: &str) -> String {
    let options: String = options.iter().map(|option| format!("#SBATCH {}\n", escaped(option))).collect();
    format!("#!/bin/bash\n{options}\nexec {command}\n")
}

/// White space in an option ends it, unless it is in quotes.
fn escaped(option: &str) -> String {
    match option.split_once('=') {
        Some((name, value)) if value.contains(char::is_whitespace) => format!("{name}=\"{value}\""),
        _ => option.to_owned(),
    }
}

/// For the shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        Site {
            program: "/opt/it's here/neuroloom".into(),
            run: "/data/my run".into(),
            submission: "/data/my run/.neuroloom/batch/01".into(),
            name: "sweep".into(),
        }
    }

    fn batch(elements: usize) -> Batch {
        let request = ResourceRequest { gres: Some("gpu:1".into()), ..ResourceRequest::default() };
        Batch {
            step: "fit".into(),
            elements: (0..elements).map(|n| vec![format!("fit[n={n}]")]).collect(),
            needs: Needs { cores: 4, memory_bytes: (2 << 30) + 1, time_s: 61 },
            request,
            after: ["source".to_owned()].into(),
        }
    }

    #[test]
    fn an_array_says_all_that_it_needs() {
        let ids = ["12".to_owned(), "13".to_owned()];
        let text = script(&site(), &batch(200), Path::new("/l"), &ids, Some(20));
        for line in [
            "#SBATCH --job-name=sweep.fit",
            "#SBATCH --output=\"/data/my run/.neuroloom/batch/01/logs/%A_%a.log\"",
            "#SBATCH --open-mode=append",
            "#SBATCH --requeue",
            "#SBATCH --cpus-per-task=4",
            "#SBATCH --mem=2049M",
            "#SBATCH --time=2",
            "#SBATCH --gres=gpu:1",
            "#SBATCH --array=0-199%20",
            "#SBATCH --signal=B:USR1@30",
            "#SBATCH --dependency=afterok:12:13",
            "#SBATCH --kill-on-invalid-dep=yes",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(text.ends_with(
            "exec '/opt/it'\\''s here/neuroloom' exec '/data/my run' --list '/l' --line \"$SLURM_ARRAY_TASK_ID\" --threads 4\n"
        ));
    }

    #[test]
    fn the_last_job_waits_for_all_whatever_becomes_of_them() {
        let text = last_script(&site(), &batch(1).request, &["7".to_owned()]);
        assert!(text.contains("--dependency=afterany:7\n") && !text.contains("gres"), "{text}");
    }
}
