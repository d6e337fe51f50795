//! The command line of Neuroloom: arguments and printing, nothing else.

mod args;
mod bars;
mod commands;
mod failure;
mod page;
mod registry;
mod signals;
mod watch;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Parser;
use signal_hook::consts::SIGPIPE;

use args::{Arguments, Command};
use failure::Failure;

fn main() -> ExitCode {
    end_quietly_with_the_reader();
    let arguments = Arguments::parse();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print(arguments.json);
            failure.exit_code()
        }
    }
}

/// `neuroloom inspect FILE | head` is no error: a closed pipe ends the process as it ends any other program.
fn end_quietly_with_the_reader() {
    let _ = signal_hook::flag::register_conditional_default(SIGPIPE, Arc::new(AtomicBool::new(true)));
}

fn dispatch(arguments: &Arguments) -> Result<(), Failure> {
    let json = arguments.json;
    match &arguments.command {
        Command::Run(run) => commands::run::run(run, json),
        Command::Submit(submit) => commands::submit::submit(submit, json),
        Command::Cancel { folder } => commands::cancel::cancel(folder, json),
        Command::Retry { folder } => commands::retry::retry(folder, json),
        Command::Logs { folder, task } => commands::logs::logs(folder, task),
        Command::Finish { folder, submission } => commands::finish::finish(folder, submission),
        Command::Exec(exec) => commands::exec::exec(exec, json),
        Command::Gc(gc) => commands::gc::gc(gc, json),
        Command::Verify { folder } => commands::verify::verify(folder, json),
        Command::Plan(plan) => commands::plan::plan(plan, json),
        Command::Validate(pipeline) => commands::validate::validate(pipeline, json),
        Command::Explain(located) => commands::explain::explain(located, json),
        Command::Status { folder } => commands::status::status(folder, json),
        Command::Diff(diff) => commands::diff::diff(diff, json),
        Command::Export(export) => commands::export::export(export, json),
        Command::Steps { command } => commands::steps::steps(command.as_ref(), json),
        Command::Schema { of } => commands::schema::schema(*of),
        Command::Inspect { file, rows } => commands::inspect::inspect(file, *rows, json),
        Command::Fetch(fetch) => commands::fetch::fetch(fetch, json),
        #[cfg(feature = "tables")]
        Command::Tables { command } => commands::tables::tables(command, json),
        Command::Mds { command } => commands::mds::mds(command, json),
        Command::Nlb { command } => commands::nlb::nlb(command, json),
        Command::New { template, to } => commands::new::new(template.as_deref(), to.as_deref()),
        Command::Completions { shell } => commands::completions::completions(*shell),
    }
}
