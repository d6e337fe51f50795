//! Description length and CPU seconds of a fit of an edge list.
//!
//! `benches/peers/compare_sbm.py` writes the lists, runs graph-tool and this program on them, and prints ratios.
//! A line of the list is `PRE POST` or `PRE POST WEIGHT`, with nodes from 0.
//!
//!     cargo run --release --package neuroloom-community --example bench_sbm -- FILE WEIGHTS DEG_CORR NESTED COMPAT SEED RESTARTS
#![allow(clippy::disallowed_methods, reason = "a program of its own, which touches files as any other")]

use std::error::Error;
use std::time::{Duration, Instant};

use neuroloom_community::{Graph, SbmOptions, fit};
use neuroloom_core::Seed;
use serde_json::json;

type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// The clock of a thread moves in steps of a few milliseconds.
const LEAST_TIME: Duration = Duration::from_millis(200);

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, weights, deg_corr, nested, compat, seed, restarts] = arguments.as_slice() else {
        return Err("give FILE WEIGHTS DEG_CORR NESTED COMPAT SEED RESTARTS".into());
    };
    let options = SbmOptions {
        weights: serde_json::from_value(json!(weights))?,
        deg_corr: serde_json::from_value(json!(deg_corr))?,
        compat: serde_json::from_value(json!(compat))?,
        nested: nested.parse()?,
        restarts: restarts.parse()?,
        ..SbmOptions::default()
    };
    let graph = read(file)?;
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()?
        .install(|| measure(&graph, &options, seed.parse()?))
}

/// Fits of the same seed on this thread, as many as take long enough to be measured.
fn measure(graph: &Graph, options: &SbmOptions, seed: u64) -> Outcome {
    let run = || fit(graph, options, Seed::root(seed), &());
    let (cpu, wall) = (cpu_seconds(), Instant::now());
    let found = run()?;
    let mut fits = 1;
    while wall.elapsed() < LEAST_TIME {
        run()?;
        fits += 1;
    }
    let seconds = match (cpu, cpu_seconds()) {
        (Some(before), Some(after)) => after - before,
        _ => wall.elapsed().as_secs_f64(),
    };
    let seconds = seconds / f64::from(fits);
    let groups: Vec<usize> =
        found.levels.iter().map(|level| level.iter().max().map_or(0, |&last| last as usize + 1)).collect();
    let report = json!({
        "total": found.description_length.total,
        "groups": groups,
        "seconds": seconds,
        "labels": found.levels[0],
        "terms": found.description_length.terms,
        "restarts": found.restarts.iter().map(|restart| restart.total).collect::<Vec<_>>(),
    });
    println!("{report}");
    Ok(())
}

/// CPU seconds of this thread, where the system tells them.
fn cpu_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse::<f64>().ok().map(|nanoseconds| nanoseconds * 1e-9)
}

fn read(file: &str) -> Outcome<Graph> {
    let (mut edges, mut weights) = (Vec::new(), Vec::new());
    for line in std::fs::read_to_string(file)?.lines() {
        let mut fields = line.split_whitespace();
        let mut node = || -> Outcome<u32> { Ok(fields.next().ok_or("a line needs two nodes")?.parse()?) };
        edges.push((node()?, node()?));
        if let Some(weight) = fields.next() {
            weights.push(weight.parse::<f64>()?);
        }
    }
    let n_nodes = edges.iter().map(|&(pre, post)| pre.max(post)).max().map_or(0, |last| last as usize + 1);
    Ok(Graph::new(n_nodes, &edges, (!weights.is_empty()).then_some(weights.as_slice()))?)
}
