//! `neuroloom diff`.

use neuroloom_core::Result;
use neuroloom_provenance::diff::{RunDifference, compare};
use neuroloom_provenance::run::Run;

use super::pretty;
use crate::args::DiffArguments;
use crate::failure::Failure;

pub fn diff(arguments: &DiffArguments, json: bool) -> Result<(), Failure> {
    let found = difference(arguments).map_err(Failure::Incomparable)?;
    if json {
        println!("{}", pretty(&found)?);
    } else {
        print!("{found}");
    }
    if found.equal { Ok(()) } else { Err(Failure::Different) }
}

fn difference(arguments: &DiffArguments) -> Result<RunDifference> {
    compare(&Run::open(&arguments.run_a)?, &Run::open(&arguments.run_b)?)
}
