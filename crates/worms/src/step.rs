//! `ingest.celegans`: the step.

mod params;
mod read;
mod report;
mod sink;
mod tables;

use std::path::{Path, PathBuf};

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan,
};
use neuroloom_table::kinds;
use rayon::prelude::*;

pub use self::params::Params;
use self::read::Read;
use self::sink::Sink;

/// Reads recordings of C. elegans from the original files of the published sources.
#[derive(Clone, Copy, Debug, Default)]
pub struct IngestCelegans;

impl Step for IngestCelegans {
    type Params = Params;
    const ID: &'static str = "ingest.celegans";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Read whole-brain recordings of C. elegans from their original files",
            about: "Twelve published sources, each in the files of its laboratory: MATLAB 5 and 7.3, HDF5, NWB, JSON, text \
                    and zipped tables. Traces, labels and clocks are passed on as the files have them, one recording at a \
                    time; behaviour and stretches of time stand in tables of their own. A recording that cannot be read \
                    is kept with the reason, and the others go on. `celegans.homogenise` brings all to one naming and \
                    one clock.",
            reference: Some("Simeon et al., arXiv 2411.12091, and the papers of the sources"),
            inputs: vec![],
            outputs: vec![
                PortSpec::required(
                    "traces",
                    kinds::TRACES,
                    "A row per column of a recording, with label_given and raw_column; in parts, one recording each.",
                ),
                PortSpec::required("recordings", kinds::RECORDINGS, "A row per recording, read or not."),
                PortSpec::optional(
                    "behaviour",
                    kinds::BEHAVIOUR,
                    "Velocity, head angle, pumping … on the clock of the traces, where the source has them.",
                ),
                PortSpec::optional(
                    "intervals",
                    kinds::INTERVALS,
                    "Reversals and the encounter of food, where the source has them.",
                ),
            ],
        }
    }

    fn files(&self, params: &Params, base: &Path) -> Result<Vec<PathBuf>> {
        let labels = params.labels.as_ref().map(|labels| labels.resolve(base));
        let folders = params.folders(base)?;
        Ok(folders.iter().flat_map(|folder| folder.all_files(labels.as_deref())).collect())
    }

    fn plan(&self, ctx: &PlanContext, params: &Params, _: &PlannedInputs) -> Result<StepPlan> {
        // As read, as columns, with a time per sample, as a table and encoded: 8 times 8 bytes.
        const BYTES_PER_VALUE: u64 = 64;
        let listing = params.listing(&ctx.base)?;
        let at_once = ctx.threads.max(1) as u64;
        let of_one =
            listing.most_values().saturating_mul(BYTES_PER_VALUE).saturating_add(listing.held_bytes());
        let recordings = ("recordings", listing.units.len() as u64);
        let mut dims = vec![recordings, ("values_per_part", listing.most_values())];
        dims.extend(listing.n_columns().map(|n| ("units", n)));
        dims.extend(listing.n_samples().map(|n| ("samples", n)));
        Ok(StepPlan::new(Resources::memory(of_one.saturating_mul(at_once)).cores(ctx.threads))
            .output("traces", kinds::TRACES, dims)
            .output("recordings", kinds::RECORDINGS, [recordings])
            .output("behaviour", kinds::BEHAVIOUR, [recordings])
            .output("intervals", kinds::INTERVALS, [recordings]))
    }

    fn run(&self, ctx: &RunContext, params: &Params, _: &Inputs) -> Result<StepOutput> {
        let listing = params.listing(ctx.base())?;
        let work = ctx.begin("read recordings", Some(listing.units.len() as u64));
        let mut sink = Sink::new(ctx.scratch())?;
        // As many recordings at once as there are threads; written in their order, whichever is read first.
        for units in listing.units.chunks(ctx.threads().max(1)) {
            ctx.check_cancelled()?;
            let read = units.par_iter().map(|unit| {
                let read = Read::of(unit, params.strict);
                work.advance(1);
                read
            });
            for read in read.collect::<Vec<_>>() {
                sink.append(read?)?;
            }
        }
        sink.finish()
    }
}
