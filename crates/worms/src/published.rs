//! `ingest.celegans_published`: the homogenised collection as it is published, for those who start from there.
//!
//! Simeon et al., arXiv 2411.12091: Parquet with 15 columns, a row per neuron of a worm.

mod columns;
mod index;
mod read;
mod tables;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use neuroloom_core::figure::{Axis, BarSeries, Bars, Content, Panel};
use neuroloom_core::{
    DataPath, Description, Error, Figure, Inputs, ParamIssues, PlanContext, PlannedInputs, PortSpec,
    Resources, Result, RunContext, Step, StepOutput, StepParams, StepPlan, Summary, files,
};
use neuroloom_io::row_groups::RowGroups;
use neuroloom_table::kinds;
use neuroloom_table::parquet::PartsWriter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::index::Index;
use self::read::{Reader, Worm};

/// Reads the published homogenised collection.
#[derive(Clone, Copy, Debug, Default)]
pub struct IngestPublished;

/// Parameters of `ingest.celegans_published`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishedParams {
    /// The Parquet file, or the folder of the files that it comes in; relative to the pipeline file.
    pub path: DataPath,
    /// The data sets to read, by their names in `source_dataset`; all by default.
    #[serde(default)]
    pub sources: Option<Vec<String>>,
}

impl StepParams for PublishedParams {
    fn check(&self, issues: &mut ParamIssues) {
        issues.require_path(&self.path, "a file or folder");
        issues.require_any(self.sources.as_deref(), "sources", "data set");
    }
}

impl Step for IngestPublished {
    type Params = PublishedParams;
    const ID: &'static str = "ingest.celegans_published";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Read the published homogenised recordings of C. elegans",
            about: "Reads the Parquet files of the published collection (15 columns, a row per neuron of a worm) into the \
                    tables that `celegans.homogenise` makes, a worm at a time. Neurons without a name have slot -1 \
                    here, whatever slot was drawn for them. worm12 is called worm0012, so that worms keep their order.",
            reference: Some(
                "Simeon et al., Homogenized C. elegans Neural Activity and Connectivity Data, arXiv 2411.12091",
            ),
            inputs: vec![],
            outputs: vec![
                PortSpec::required("traces", kinds::HOMOGENISED, "A row per neuron of a worm"),
                PortSpec::required(
                    "recordings",
                    kinds::HOMOGENISED_RECORDINGS,
                    "A row per worm: clocks, settings",
                ),
                PortSpec::required("signals", kinds::TRACES, "calcium_data for steps that take traces"),
            ],
        }
    }

    fn files(&self, params: &PublishedParams, base: &Path) -> Result<Vec<PathBuf>> {
        parquet_files(&params.path.resolve(base))
    }

    fn plan(&self, ctx: &PlanContext, params: &PublishedParams, _: &PlannedInputs) -> Result<StepPlan> {
        // Row groups are read whole, two are kept; as bytes, as a batch, as a worm and its tables.
        const COPIES: u64 = 6;
        let files = open_all(&params.path.resolve(&ctx.base))?;
        let largest = files.iter().map(RowGroups::largest_group_bytes).max().unwrap_or(0);
        Ok(StepPlan::new(Resources::memory(largest.saturating_mul(COPIES)))
            .output("traces", kinds::HOMOGENISED, [])
            .output("recordings", kinds::HOMOGENISED_RECORDINGS, [])
            .output("signals", kinds::TRACES, []))
    }

    fn run(&self, ctx: &RunContext, params: &PublishedParams, _: &Inputs) -> Result<StepOutput> {
        let files = open_all(&params.path.resolve(ctx.base()))?;
        let index = Index::of(&files, params.sources.as_deref())?;
        let work = ctx.begin("read worms", Some(index.worms.len() as u64));
        let mut traces = PartsWriter::new(ctx.scratch(), kinds::HOMOGENISED)?;
        let mut signals = PartsWriter::new(ctx.scratch(), kinds::TRACES)?;
        let mut reader = Reader::new(&files);
        let mut worms = Vec::with_capacity(index.worms.len());
        for (id, rows) in &index.worms {
            ctx.check_cancelled()?;
            let worm = reader.worm(id, rows)?;
            traces.append(&tables::traces(&worm)?)?;
            signals.append(&tables::signals(&worm)?)?;
            worms.push(worm.without_signals());
            work.advance(1);
        }
        Ok(StepOutput::new(summary(&worms))
            .table("recordings", tables::recordings(&worms)?)
            .stored("traces", Arc::new(traces.finish()?))
            .stored("signals", Arc::new(signals.finish()?)))
    }
}

fn open_all(path: &Path) -> Result<Vec<RowGroups>> {
    parquet_files(path)?.iter().map(|path| RowGroups::open(path)).collect()
}

/// The file itself, or the Parquet files in the folder, by their names.
fn parquet_files(path: &Path) -> Result<Vec<PathBuf>> {
    if !files::is_folder(path) {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = files::list(path)?;
    found.retain(|file| file.extension().is_some_and(|ending| ending == "parquet"));
    match found.is_empty() {
        true => {
            Err(Error::data("no Parquet file in the folder").at_file(path).expected("files called *.parquet"))
        }
        false => Ok(found),
    }
}

fn summary(worms: &[Worm]) -> Summary {
    let neurons = |worm: &Worm| worm.n_neurons as f64;
    let labelled = |worm: &Worm| worm.n_labeled as f64;
    let mut sources: Vec<&str> = worms.iter().map(|worm| worm.source.as_str()).collect();
    sources.dedup();
    let mean = |of: fn(&Worm) -> f64| {
        let of_source = |source: &&str| {
            let values: Vec<f64> = worms.iter().filter(|worm| worm.source == **source).map(of).collect();
            values.iter().sum::<f64>() / values.len() as f64
        };
        sources.iter().map(of_source).collect::<Vec<_>>()
    };
    let series = |name: &str, values| BarSeries { name: name.into(), values, errors: Vec::new() };
    let content = Content::Bars(Bars {
        groups: sources.iter().map(|source| (*source).to_owned()).collect(),
        series: vec![series("labelled", mean(labelled)), series("all", mean(neurons))],
    });
    let (x, y) = (Axis::new("data set"), Axis::new("neurons per worm"));
    let figure = Figure::new("neurons", "Neurons per worm", "Mean over the worms of a data set.")
        .panel(Panel { title: String::new(), x, y, content });
    let redrawn: usize = worms.iter().map(|worm| worm.n_wrong_slots).sum();
    let summary = Summary::default()
        .count("data sets", sources.len())
        .count("worms", worms.len())
        .count("neurons", worms.iter().map(|worm| worm.n_neurons).sum())
        .count("labelled neurons", worms.iter().map(|worm| worm.n_labeled).sum())
        .figure(figure);
    match redrawn {
        0 => summary,
        n => summary
            .warn(format!("{n} labelled neurons had another slot than that of their name, which they got")),
    }
}
