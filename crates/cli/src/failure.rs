//! How a command fails: what is printed, and the exit code.

use std::process::ExitCode;

use neuroloom_core::{Error, ErrorKind};
use neuroloom_pipeline::document::Diagnostics;
use neuroloom_pipeline::execute::RunError;
use serde_json::json;

use crate::signals;

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub enum Failure {
    /// The pipeline file is wrong.
    Pipeline(Diagnostics),
    /// A step, or the operating system.
    Run(RunError),
    /// Two things that were compared are not the same; what is to be said of it was said.
    Different,
    /// Two things could not be compared.
    Incomparable(Error),
}

impl Failure {
    /// The documented exit code.
    pub fn exit_code(&self) -> ExitCode {
        let code = match self {
            Self::Pipeline(_) => 2,
            Self::Different => 1,
            // 1 says that they differ.
            Self::Incomparable(error) if error.kind() == ErrorKind::Data => 2,
            Self::Incomparable(error) => return Self::from(error.clone()).exit_code(),
            Self::Run(run) => match run.error.kind() {
                ErrorKind::Data => 1,
                ErrorKind::Params => 2,
                ErrorKind::Io => 3,
                ErrorKind::Memory => 4,
                ErrorKind::Internal => 70,
                ErrorKind::Cancelled => signals::exit_code(),
            },
        };
        ExitCode::from(code)
    }

    /// Prints it: for people on standard error, for machines on standard output.
    pub fn print(&self, json: bool) {
        match (self, json) {
            (Self::Pipeline(diagnostics), false) => eprint!("{diagnostics}"),
            (Self::Pipeline(diagnostics), true) => {
                println!("{}", json!({ "event": "invalid", "diagnostics": diagnostics.to_json() }));
            }
            (Self::Run(run), false) => {
                let step = run.task.as_ref().map(|task| format!(" in `{task}`")).unwrap_or_default();
                eprintln!("error{step}: {}", run.error.report());
                if run.others > 0 {
                    eprintln!("{} more tasks failed; `neuroloom status` lists them", run.others);
                }
            }
            (Self::Different, _) => {}
            (Self::Incomparable(error), json) => Self::from(error.clone()).print(json),
            (Self::Run(run), true) => println!("{}", error_json(run)),
        }
    }
}

fn error_json(run: &RunError) -> serde_json::Value {
    let error = &run.error;
    let location = error.location();
    json!({
        "event": "failed",
        "task": run.task,
        "message": error.message(),
        "file": location.file,
        "object": location.object,
        "offset": location.offset,
        "expected": error.expected_text(),
        "found": error.found_text(),
        "hint": error.hint_text(),
    })
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Run(error.into())
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        Self::Run(error)
    }
}

impl From<Diagnostics> for Failure {
    fn from(diagnostics: Diagnostics) -> Self {
        Self::Pipeline(diagnostics)
    }
}
