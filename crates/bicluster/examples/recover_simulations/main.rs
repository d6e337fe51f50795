//! What is recovered of simulated bi-clusters, beside plain methods and the best that is possible: a row of a table per
//! simulated data set.
//!
//!     cargo run --release -p neuroloom-bicluster --example recover_simulations -- standard,imbalanced 0..3 2000
//!
//! Arguments: settings (or `all`), seeds, sweeps of each of four chains (half of them burn-in); fourth `free`, or a fixed
//! number of clusters and states as `K,L`, to compare predictions with those of poorer models; fifth the start of the
//! chains (`pilot`, `one`, `kmeans`, `random`), after a comma `blocks` for states in blocks of random lengths or `truth`
//! for true clusters and states, which tells a posterior that prefers something else from a chain that does not get there;
//! sixth the rate of the prior Gamma(1, rate) of dispersions, whose truth is 10.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints a table")]

mod begin;
mod data_set;
mod fit;
mod row;

use std::error::Error;
use std::ops::Range;

use neuroloom_bicluster::DispersionPrior;
use neuroloom_simulate::bicluster::Setting;

use begin::Begin;
use data_set::DataSet;
use fit::{Fit, Model};
use row::Row;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument =
        |place: usize, default: &str| arguments.get(place).cloned().unwrap_or_else(|| default.to_owned());
    let settings = settings(&argument(0, "standard"))?;
    let seeds = seeds(&argument(1, "0..1"))?;
    let sweeps: u64 = argument(2, "2000").parse()?;
    let model = Model::parse(arguments.get(3).map(String::as_str))?;
    let start = Begin::parse(&argument(4, "pilot"))?;
    let dispersion = DispersionPrior { shape: 1.0, rate: argument(5, "1").parse()? };
    println!("{}", Row::header());
    for setting in settings {
        for seed in seeds.clone() {
            let data = DataSet::new(setting, seed)?;
            let fit = Fit::run(&data, sweeps, model, start, dispersion)?;
            println!("{}", Row::new(&data, &fit)?);
        }
    }
    Ok(())
}

fn settings(names: &str) -> Result<Vec<Setting>, Box<dyn Error>> {
    const ALL: &str =
        "standard,poisson,imbalanced,three_states,null,overdispersed,signed_loadings,low_rate,large";
    let names = if names == "all" { ALL } else { names };
    names.split(',').map(|name| Ok(serde_json::from_value(serde_json::Value::from(name))?)).collect()
}

fn seeds(range: &str) -> Result<Range<u64>, Box<dyn Error>> {
    let (first, end) = range.split_once("..").ok_or("seeds are a range like 0..3")?;
    Ok(first.parse()?..end.parse()?)
}
