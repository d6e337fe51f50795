//! The command line of Neuroloom: arguments and printing, nothing else.

mod args;
mod commands;
mod failure;
mod page;
mod registry;
mod watch;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};
use failure::Failure;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print(arguments.json);
            failure.exit_code()
        }
    }
}

fn dispatch(arguments: &Arguments) -> Result<(), Failure> {
    let json = arguments.json;
    match &arguments.command {
        Command::Run(run) => commands::run::run(run, json),
        Command::Plan(plan) => commands::plan::plan(plan, json),
        Command::Validate(pipeline) => commands::validate::validate(pipeline, json),
        Command::Explain(located) => commands::explain::explain(located, json),
        Command::Status { folder } => commands::status::status(folder, json),
        Command::Steps { command } => commands::steps::steps(command.as_ref(), json),
        Command::Schema { of } => commands::schema::schema(*of),
        Command::Inspect { file, rows } => commands::inspect::inspect(file, *rows, json),
        Command::New { template, to } => commands::new::new(template.as_deref(), to.as_deref()),
        Command::Completions { shell } => commands::completions::completions(*shell),
    }
}
