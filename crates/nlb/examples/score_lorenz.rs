//! Scores a baseline on the Lorenz benchmark.
//!
//! `cargo run --release -p neuroloom-nlb --example score_lorenz rates.smooth '{"sigma_bins": [2]}' '{"n_conditions": 20}'`

use neuroloom_core::{Inputs, Registry, Result, RunContext, Table};
use neuroloom_table::Columns;

fn run(id: &str, params: &str, inputs: &[(&str, &Table)]) -> Result<neuroloom_core::StepOutput> {
    let registry = neuroloom_simulate::register(neuroloom_nlb::register(Registry::default()));
    let wrong = |message: String| neuroloom_core::Error::params(message);
    let step = registry.get(id).ok_or_else(|| wrong(format!("there is no step {id}")))?;
    let params = serde_json::from_str(params).map_err(|e| wrong(e.to_string()))?;
    let params = step.check(&params).map_err(|issues| wrong(format!("{issues:?}")))?;
    let inputs = inputs.iter().map(|(port, table)| ((*port).to_owned(), (*table).clone()));
    step.run(&RunContext::for_test("."), &params, &Inputs::new(inputs))
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let (step, params, population) = (next("rates.smooth"), next("{}"), next("{}"));
    let simulated = run("simulate.lorenz", &population, &[])?;
    let trials = &simulated.tables["trials"];
    let predicted = run(&step, &params, &[("trials", trials)])?;
    for metric in predicted.summary.metrics {
        println!("{:24} {:?} {}", metric.name, metric.value, metric.unit);
    }
    let scores = run("nlb.evaluate", "{}", &[("trials", trials), ("rates", &predicted.tables["rates"])])?;
    let table = &scores.tables["metrics"];
    let (names, units, values) = (table.text("metric")?, table.text("unit_id")?, table.numbers("value")?);
    for row in (0..table.n_rows()).filter(|&row| units.get(row).is_none()) {
        println!("{:24} {:.4}", names.get_or_empty(row), values.get(row).unwrap_or(f64::NAN));
    }
    Ok(())
}
