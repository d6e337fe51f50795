//! Recovery of rates that are known: a population that the Lorenz system drives, at the size of the field's benchmark.
//!
//! ```text
//! cargo run --release -p neuroloom-langevin --example recover_lorenz -- [--seeds 1,2,3,4,5] [--compare] \
//!     [--train SETTINGS.json] [--lorenz SETTINGS.json] [--file LFADS.h5 --bin-s 0.01] \
//!     [--save TRIALS.parquet]
//! ```
//!
//! Each seed is a population and a fit of its own. With `--file` all seeds fit the trials of a file that has true rates.
//! `--compare` adds what the default has to beat: the same model without latents (a GRU autoencoder), smoothed spikes, factor
//! analysis, and the mean response to the condition of a trial. Scores are those of `nlb.evaluate` on the trials to validate.

mod arguments;
mod methods;
mod scores;

use std::error::Error;
use std::sync::Arc;

use neuroloom_core::{CancelToken, Inputs, NoProgress, RunContext, Seed, Step, Table};
use neuroloom_io::nlb::IngestNlb;
use neuroloom_simulate::lorenz::LorenzStep;
use neuroloom_table::parquet;

use arguments::Arguments;
use scores::{Scores, mean_and_sd};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::read()?;
    println!("{}", Scores::HEADER);
    let mut all: Vec<(&str, Scores)> = Vec::new();
    for &seed in &arguments.seeds {
        let root = Seed::root(seed);
        let trials = trials(&arguments, root)?;
        if let Some(path) = &arguments.save {
            parquet::write(path, &trials)?;
        }
        for method in methods::all(arguments.compare) {
            let rates = (method.rates)(root, &arguments.train, &trials)?;
            let scores = Scores::of(&context(root, "evaluate"), &trials, rates)?;
            println!("{}", scores.row(&format!("{seed} {}", method.name)));
            all.push((method.name, scores));
        }
    }
    for method in methods::all(arguments.compare) {
        let own: Vec<&Scores> =
            all.iter().filter(|(name, _)| *name == method.name).map(|(_, scores)| scores).collect();
        println!("{}", mean_and_sd(method.name, &own));
    }
    Ok(())
}

/// What a step runs in: random numbers of its own.
fn context(root: Seed, name: &str) -> RunContext {
    let n_threads = rayon::current_num_threads();
    RunContext::new("", n_threads, root.child(name), Arc::new(NoProgress), CancelToken::default())
}

fn trials(arguments: &Arguments, root: Seed) -> Result<Table, Box<dyn Error>> {
    let context = context(root, "population");
    let output = match &arguments.file {
        Some(file) => IngestNlb.run(&context, file, &Inputs::default())?,
        None => LorenzStep.run(&context, &arguments.lorenz, &Inputs::default())?,
    };
    Ok(output.tables.get("trials").ok_or("no trials")?.clone())
}
