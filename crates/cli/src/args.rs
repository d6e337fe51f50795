//! The command line.

mod mds;
mod nlb;
mod provenance;
mod remote;
#[cfg(feature = "tables")]
mod tables;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueHint};
use clap_complete::Shell;
use neuroloom_pipeline::document::Override;
use neuroloom_pipeline::store::LeaseTimes;

pub use mds::{DesignFile, MdsCommand};
pub use nlb::{NlbCommand, NlbFile};
pub use provenance::{DiffArguments, ExportArguments};
pub use remote::RemoteArguments;
#[cfg(feature = "tables")]
pub use tables::{ExportFormat, TablesCommand};

/// Neural recordings in, results a paper can rest on out: declarative pipelines of published analyses.
///
/// Exit codes: 0 done; 1 a step failed on its data; 2 the command line or the pipeline file is wrong;
/// 3 the operating system refused; 4 not enough memory; 70 a defect of neuroloom; 75 stopped by SIGTERM or SIGUSR1,
/// to go on later; 130 stopped on request.
#[derive(Debug, Parser)]
#[command(name = "neuroloom", version, max_term_width = 110)]
pub struct Arguments {
    /// Speak JSON, a line per message, on standard output.
    #[arg(long, global = true)]
    pub json: bool,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a pipeline: what is done already is not done again.
    Run(RunArguments),
    /// Hand a pipeline to a batch system: nothing stays behind on the login node.
    Submit(SubmitArguments),
    /// End the jobs of a submitted run.
    Cancel {
        /// The run's folder.
        #[arg(value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
    /// Submit again what was cut short or went wrong, with more memory or time where that was lacking.
    Retry {
        /// The run's folder.
        #[arg(value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
    /// Print what a task said and what became of it.
    Logs {
        /// The run's folder.
        #[arg(value_hint = ValueHint::DirPath)]
        folder: PathBuf,
        /// Id of the task: `fit`, `fit[rank=4]`.
        task: String,
    },
    /// Put the results of a submitted run into its folder; the last batch job does it with this.
    #[command(hide = true)]
    Finish {
        /// The run's folder.
        folder: PathBuf,
        /// The folder of the submission.
        #[arg(long)]
        submission: PathBuf,
    },
    /// Run single tasks of a planned run; batch jobs do it with this.
    #[command(hide = true)]
    Exec(ExecArguments),
    /// Remove from a store what no run needs any more.
    Gc(GcArguments),
    /// Compute every digest of a run or of a store anew, and say what is damaged.
    Verify {
        /// The run's folder, or a store.
        #[arg(value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
    /// Show what a run would do: shapes, memory and the graph of steps, reading no data.
    Plan(PlanArguments),
    /// Check a pipeline file and report every mistake.
    Validate(PipelineArguments),
    /// Say for every step whether it would run, and why.
    Explain(LocatedArguments),
    /// Show how far the run in a folder has come.
    Status {
        /// The run's folder.
        #[arg(value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
    /// Say in what two runs differ, and why: parameters, sources, versions, and how far apart the results are.
    ///
    /// Exit codes: 0 the results are the same, byte for byte; 1 they differ; 2 or more: they could not be compared.
    Diff(DiffArguments),
    /// Pack a run so that it can be repeated elsewhere: pipeline, plan, digests of the sources.
    ///
    /// With --check, exit code 1 says that a source is missing or another one than the run read.
    Export(ExportArguments),
    /// List all steps, or describe one: parameters, units, defaults, ports and the paper.
    Steps {
        #[command(subcommand)]
        command: Option<StepsCommand>,
    },
    /// Print the JSON Schema of the pipeline file, or of the tables.
    Schema {
        /// What to print the schema of.
        #[arg(value_enum, default_value = "pipeline")]
        of: SchemaOf,
    },
    /// Say what is in a file or a folder of any format, and which step reads it.
    Inspect {
        /// The file.
        #[arg(value_hint = ValueHint::FilePath)]
        file: PathBuf,
        /// Rows to show of a table.
        #[arg(long, default_value_t = 5)]
        rows: usize,
    },
    /// List public recordings, or download them: resumed, verified, with their licence beside them.
    Fetch(FetchArguments),
    /// Look at tables, ask them questions in SQL, and write them for other programs.
    #[cfg(feature = "tables")]
    Tables {
        #[command(subcommand)]
        command: TablesCommand,
    },
    /// Write rates, and what they are scored against, in the file layout of the Neural Latents Benchmark.
    Nlb {
        #[command(subcommand)]
        command: NlbCommand,
    },
    /// Write most discriminative stimuli for the rig, and encoders for other programs.
    Mds {
        #[command(subcommand)]
        command: MdsCommand,
    },
    /// Start a pipeline file from a template.
    New {
        /// The template; leave it out to see them.
        template: Option<String>,
        /// The file to write.
        #[arg(long, value_hint = ValueHint::FilePath)]
        to: Option<PathBuf>,
    },
    /// Print a completion script for your shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

#[derive(Debug, Subcommand)]
pub enum StepsCommand {
    /// Describe a step.
    Describe {
        /// Its id: `rsa.rdm`.
        id: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum SchemaOf {
    /// The pipeline file: an editor completes it with this.
    Pipeline,
    /// All tables: columns, types, units.
    Tables,
}

/// A pipeline file and what is changed in it.
#[derive(Debug, Args)]
pub struct PipelineArguments {
    /// The pipeline file.
    #[arg(value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// Change a value of the file: `--set steps.rdm.with.method=correlation`, `--set vars.bins=18`.
    #[arg(long = "set", value_name = "PATH=VALUE")]
    pub overrides: Vec<Override>,
    /// Threads [default: as many processors as we may use].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
}

/// A pipeline file and where its results lie.
#[derive(Debug, Args)]
pub struct LocatedArguments {
    #[command(flatten)]
    pub pipeline: PipelineArguments,
    /// Folder for the results [default: results/NAME].
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Folder for the cache of finished tasks; runs that share it share results [default: DIR/.neuroloom/store].
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub store: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct RunArguments {
    #[command(flatten)]
    pub located: LocatedArguments,
    #[command(flatten)]
    pub behind: RemoteArguments,
    /// Memory for all steps that run at once: `8G`, `500M` [default: what we may use].
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub memory: Option<u64>,
    /// No progress bars, only a line per step.
    #[arg(long)]
    pub quiet: bool,
    /// Run these steps or tasks only; what they read from must be done.
    #[arg(long, value_name = "STEP", value_delimiter = ',')]
    pub only: Vec<String>,
    /// Run these steps or tasks and what they need.
    #[arg(long, value_name = "STEP", value_delimiter = ',', conflicts_with = "only")]
    pub until: Vec<String>,
    /// Run these steps also where their results are there.
    #[arg(long, value_name = "STEP", value_delimiter = ',')]
    pub force: Vec<String>,
    /// After a task that failed, run those that do not need it.
    #[arg(long)]
    pub keep_going: bool,
    #[command(flatten)]
    pub patience: PatienceArguments,
}

#[derive(Debug, Args)]
pub struct SubmitArguments {
    #[command(flatten)]
    pub located: LocatedArguments,
    #[command(flatten)]
    pub behind: RemoteArguments,
    /// The batch system.
    #[arg(long, value_enum, default_value = "slurm")]
    pub executor: Executor,
    /// Only print the scripts.
    #[arg(long)]
    pub dry_run: bool,
    /// Jobs of one step that run at once.
    #[arg(long, value_name = "N")]
    pub max_running: Option<usize>,
    /// How often tasks that were cut short are submitted again, with half as much again of what was lacking.
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub retries: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Executor {
    /// Slurm, by sbatch.
    Slurm,
}

/// How long things may take.
#[derive(Debug, Args)]
pub struct PatienceArguments {
    /// Time between two checkpoints of a long step: `60s`, `5m`.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = parse_time)]
    pub checkpoint_every: Duration,
    /// A task that another process holds is taken over when that process has shown no life for so long.
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = parse_time)]
    pub lease_expiry: Duration,
}

impl PatienceArguments {
    /// Leases show life six times before they expire.
    pub fn leases(&self) -> LeaseTimes {
        LeaseTimes { beat: self.lease_expiry / 6, expiry: self.lease_expiry }
    }
}

/// Tasks of a planned run.
#[derive(Debug, Args)]
pub struct ExecArguments {
    /// The run's folder.
    #[arg(value_hint = ValueHint::DirPath)]
    pub folder: PathBuf,
    /// Ids of the tasks.
    #[arg(required_unless_present = "list")]
    pub tasks: Vec<String>,
    /// A file with the ids of the tasks of one job in each line, as a list in JSON.
    #[arg(long, value_name = "FILE", requires = "line", conflicts_with = "tasks")]
    pub list: Option<PathBuf>,
    /// The line, from 0.
    #[arg(long, value_name = "N")]
    pub line: Option<usize>,
    /// Threads [default: as many processors as we may use].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    #[command(flatten)]
    pub patience: PatienceArguments,
}

#[derive(Debug, Args)]
pub struct GcArguments {
    /// The store, or the folder of a run.
    #[arg(value_hint = ValueHint::DirPath)]
    pub folder: PathBuf,
    /// Only say what would be removed.
    #[arg(long)]
    pub dry_run: bool,
    /// Keep what is younger than this: `12h`, `7d`.
    #[arg(long, value_name = "TIME", default_value = "1d", value_parser = parse_time)]
    pub older_than: Duration,
}

#[derive(Debug, Args)]
pub struct PlanArguments {
    #[command(flatten)]
    pub pipeline: PipelineArguments,
    /// How to show the plan.
    #[arg(long, value_enum, default_value = "text")]
    pub format: PlanFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum PlanFormat {
    /// A table of steps with shapes and memory.
    Text,
    /// The graph for Markdown pages.
    Mermaid,
    /// The graph for Graphviz.
    Dot,
}

#[derive(Debug, Args)]
pub struct FetchArguments {
    /// The sources; leave them out to see all.
    #[arg(value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// Folder for the sources; each gets a folder of its own in it.
    #[arg(long, value_name = "DIR", default_value = "data", value_hint = ValueHint::DirPath)]
    pub to: PathBuf,
    /// Files at a time; two at most come from one server.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=32))]
    pub jobs: u16,
    /// Only say what would be downloaded.
    #[arg(long)]
    pub dry_run: bool,
    /// A catalogue of your own in place of the one that comes with the program.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub catalogue: Option<PathBuf>,
    /// Also download files of which no digest is known; the one that was found is written down.
    #[arg(long)]
    pub accept_unverified: bool,
    /// No progress bars.
    #[arg(long)]
    pub quiet: bool,
}

/// `30s`, `5m`, `12h`, `7d`.
fn parse_time(text: &str) -> Result<Duration, String> {
    let units = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0), ("d", 86400.0)];
    let found = units.iter().find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, *seconds)));
    let seconds = found.and_then(|(digits, unit)| Some(digits.trim().parse::<f64>().ok()? * unit));
    let time = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    time.ok_or_else(|| format!("expected a time such as 30s, 5m, 12h or 7d, found {text:?}"))
}

/// `8G`, `500M`, `4096K` or plain bytes.
fn parse_size(text: &str) -> Result<u64, String> {
    let (digits, factor) = match text.trim_end_matches(['B', 'b', 'i']).to_ascii_uppercase() {
        upper if upper.ends_with('T') => (upper, 1u64 << 40),
        upper if upper.ends_with('G') => (upper, 1 << 30),
        upper if upper.ends_with('M') => (upper, 1 << 20),
        upper if upper.ends_with('K') => (upper, 1 << 10),
        upper => (upper, 1),
    };
    let number: f64 = digits
        .trim_end_matches(['T', 'G', 'M', 'K'])
        .trim()
        .parse()
        .map_err(|_| format!("expected a size such as 8G or 500M, found {text:?}"))?;
    let bytes = number * factor as f64;
    if bytes.is_finite() && bytes >= 1.0 { Ok(bytes as u64) } else { Err(format!("{text:?} is no size")) }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn sizes_are_read() {
        assert_eq!(parse_size("8G"), Ok(8 << 30));
        assert_eq!(parse_size("1.5MiB"), Ok(3 << 19));
        assert!(parse_size("lots").is_err());
        assert!(parse_size("-1G").is_err());
    }

    #[test]
    fn times_are_read() {
        assert_eq!(parse_time("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(parse_time("1.5h"), Ok(Duration::from_secs(5400)));
        assert_eq!(parse_time("20ms"), Ok(Duration::from_millis(20)));
        assert!(parse_time("20").is_err() && parse_time("-1s").is_err());
    }
}
