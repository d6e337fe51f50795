//! `neuroloom nlb`.

use neuroloom_core::Table;
use neuroloom_nlb::submission::{Dataset, bin_s, group_name, rates, targets, write};
use neuroloom_table::parquet;
use serde_json::json;

use crate::args::{NlbCommand, NlbFile};
use crate::failure::Failure;

pub fn nlb(command: &NlbCommand, json: bool) -> Result<(), Failure> {
    match command {
        NlbCommand::Submission { file, rates: table } => {
            let trials = parquet::read(&file.trials)?;
            let datasets = rates(&trials, &parquet::read(table)?, file.split.name())?;
            finish(file, &trials, &datasets, json)
        }
        NlbCommand::Target { file, psth, behaviour } => {
            let trials = parquet::read(&file.trials)?;
            let psth = psth.as_ref().map(|psth| parquet::read(psth)).transpose()?;
            let datasets = targets(&trials, psth.as_ref(), behaviour.as_deref(), file.split.name())?;
            finish(file, &trials, &datasets, json)
        }
    }
}

fn finish(file: &NlbFile, trials: &Table, datasets: &[Dataset], json: bool) -> Result<(), Failure> {
    let group = group_name(&file.dataset, bin_s(trials)?);
    write(&file.out, &group, datasets)?;
    let names: Vec<&str> = datasets.iter().map(|dataset| dataset.name.as_str()).collect();
    if json {
        println!("{}", json!({ "to": file.out, "group": group, "datasets": names }));
    } else {
        println!("{}: {group}: {}", file.out.display(), names.join(", "));
    }
    Ok(())
}
