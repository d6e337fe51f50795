//! From counts by draws to a summary: the steps fit together.

use std::sync::Arc;

use neuroloom_bicluster::steps::{SampleParams, SampleStep, SummariseParams};
use neuroloom_core::{Inputs, Step, StepOutput, Table};
use neuroloom_simulate::bicluster::{BiclusterParams, BiclusterStep};
use neuroloom_table::Columns;

use crate::support::{context, summarise};

fn counts() -> StepOutput {
    let params = BiclusterParams {
        n_per: Some(vec![4, 3]),
        n_bins: Some(90),
        dwell_bins: Some(20.0),
        missing_share: Some(0.05),
        ..BiclusterParams::default()
    };
    BiclusterStep.run(&context(2), &params, &Inputs::default()).unwrap()
}

/// All inputs of the summary that the other two steps give.
fn inputs(sample: &SampleParams) -> Inputs {
    let mut simulated = counts();
    let folder = tempfile::tempdir().unwrap();
    let ctx = context(3).with_scratch(folder.path());
    let mut take = |port: &str| simulated.tables.remove(port).unwrap();
    let (counts, truth, epochs) = (take("counts"), take("units"), take("epochs"));
    let connected = Inputs::new([("counts".to_owned(), counts.clone())]);
    let drawn = SampleStep.run(&ctx, sample, &connected).unwrap();
    let tables = drawn.tables.into_iter().map(|(port, table)| (port.to_owned(), table));
    let mut inputs = Inputs::new(tables.collect::<Vec<(String, Table)>>())
        .with_table("counts", counts)
        .with_table("truth", truth)
        .with_table("epochs", epochs);
    for (port, parts) in drawn.stored {
        // The folder goes; tables in memory stay.
        inputs = inputs.with_parts(port, Arc::new(neuroloom_table::whole(parts.as_ref()).unwrap()));
    }
    inputs
}

fn few_sweeps() -> SampleParams {
    SampleParams { sweeps: 24, chains: 2, store_every: 2, ..SampleParams::default() }
}

#[test]
fn counts_become_a_summary() {
    let output = summarise(&SummariseParams::default(), &inputs(&few_sweeps())).unwrap();
    let rows = |port: &str| output.tables[port].n_rows();
    assert_eq!((rows("neurons"), rows("states"), rows("rates"), rows("scores")), (7, 90, 7, 1));
    assert_eq!(rows("agreement"), 7);
    assert_eq!(rows("diagnostics"), 4 + 7 + 50);
    let rates = output.tables["rates"].lists("mean").unwrap();
    let mean = |row: usize| rates.get(row).unwrap().iter().sum::<f64>() / 90.0;
    assert!((0..7).all(|row| (0.05..50.0).contains(&mean(row))));
    let bits = output.tables["scores"].numbers("bits_per_spike").unwrap().get(0).unwrap();
    assert!(bits.is_finite() && bits > -1.0, "{bits}");
    assert_eq!(output.summary.figures.len(), 4);
}

#[test]
fn without_stored_latents_there_are_partitions_alone() {
    let sample = serde_json::json!({"sweeps": 24, "chains": 2, "store": "none", "hold_out": "none"});
    let sample: SampleParams = serde_json::from_value(sample).unwrap();
    let output = summarise(&SummariseParams::default(), &inputs(&sample)).unwrap();
    let rows = |port: &str| output.tables[port].n_rows();
    assert_eq!((rows("neurons"), rows("states")), (7, 90));
    assert_eq!((rows("latents"), rows("rates"), rows("dynamics"), rows("scores")), (0, 0, 0, 0));
    assert!(output.tables["neurons"].numbers("baseline").unwrap().get(0).is_none());
}
