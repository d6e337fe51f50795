//! `neuroloom completions`.

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::args::Arguments;
use crate::failure::Failure;

pub fn completions(shell: Shell) -> Result<(), Failure> {
    generate(shell, &mut Arguments::command(), "neuroloom", &mut std::io::stdout());
    Ok(())
}
