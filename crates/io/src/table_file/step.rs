//! `ingest.table`: the step.

use std::path::{Path, PathBuf};

use neuroloom_core::{
    Description, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, files,
};
use neuroloom_table::kinds;

use super::params::{Kind, Params};
use super::read::read;
use crate::{Format, detect};

/// Reads CSV, TSV and Parquet files in any layout.
#[derive(Clone, Copy, Debug, Default)]
pub struct IngestTable;

impl Step for IngestTable {
    type Params = Params;
    const ID: &'static str = "ingest.table";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Read a CSV, TSV or Parquet file in any layout",
            about: "Reads traces, spikes, behaviour, intervals, responses, or what is known of channels (residuals, positions, \
                    neighbourhoods) from a table by a mapping of its columns: \
                    wide (a column or a row per unit), long (a row per value or spike) or nested (lists, Parquet). \
                    Regular clocks are recognised, irregular ones kept. A cell that is no number is an error with its \
                    line and column.",
            reference: None,
            inputs: vec![],
            outputs: vec![
                PortSpec::required("recordings", kinds::RECORDINGS, "A row per recording."),
                PortSpec::optional("traces", kinds::TRACES, "Sampled signals, with `as: traces`."),
                PortSpec::optional("spikes", kinds::SPIKES, "Spike times, with `as: spikes`."),
                PortSpec::optional("behaviour", kinds::BEHAVIOUR, "Sampled signals, with `as: behaviour`."),
                PortSpec::optional("intervals", kinds::INTERVALS, "Stretches of time, with `as: intervals`."),
                PortSpec::optional("responses", kinds::RESPONSES, "Responses, with `as: responses`."),
                PortSpec::optional("residuals", kinds::RESIDUALS, "Residuals, with `as: residuals`."),
                PortSpec::optional("positions", kinds::POSITIONS, "Positions, with `as: positions`."),
                PortSpec::optional(
                    "neighbourhoods",
                    kinds::NEIGHBOURHOODS,
                    "Neighbours of every centre, with `as: neighbourhoods`.",
                ),
            ],
        }
    }

    fn files(&self, params: &Params, base: &Path) -> Result<Vec<PathBuf>> {
        Ok(params.path.as_slice().iter().map(|path| path.resolve(base)).collect())
    }

    fn plan(&self, ctx: &PlanContext, params: &Params, _: &PlannedInputs) -> Result<StepPlan> {
        let mut bytes = 0_u64;
        for path in params.path.as_slice() {
            bytes = bytes.saturating_add(memory(&path.resolve(&ctx.base))?);
        }
        let n = params.path.as_slice().len() as u64;
        let has_many = params.columns.recording.is_some();
        let recordings = if has_many { vec![] } else { vec![("recordings", n), ("rows", n)] };
        let plan =
            StepPlan::new(Resources::memory(bytes)).output("recordings", kinds::RECORDINGS, recordings);
        let (port, kind) = match params.kind {
            Kind::Traces => ("traces", kinds::TRACES),
            Kind::Spikes => ("spikes", kinds::SPIKES),
            Kind::Behaviour => ("behaviour", kinds::BEHAVIOUR),
            Kind::Intervals => ("intervals", kinds::INTERVALS),
            Kind::Responses => ("responses", kinds::RESPONSES),
            Kind::Residuals => ("residuals", kinds::RESIDUALS),
            Kind::Positions => ("positions", kinds::POSITIONS),
            Kind::Neighbourhoods => ("neighbourhoods", kinds::NEIGHBOURHOODS),
        };
        Ok(plan.output(port, kind, (!has_many).then_some(("recordings", n))))
    }

    fn run(&self, ctx: &RunContext, params: &Params, _: &Inputs) -> Result<StepOutput> {
        ctx.check_cancelled()?;
        read(ctx.base(), params)?.into_output()
    }
}

/// Bytes that reading the file at `path` may take.
fn memory(path: &Path) -> Result<u64> {
    let length = files::size(path)?;
    if detect(path)? == Format::Parquet {
        let rows = neuroloom_table::parquet::inspect(path)?;
        // Numbers of eight bytes, as they stand in the file, as rows and as a table; lists are known by the file alone.
        let cells = rows.n_rows.saturating_mul(rows.schema.fields().len() as u64).saturating_mul(24);
        return Ok(cells.saturating_add(length.saturating_mul(12)));
    }
    // A cell takes at least two bytes of text, and about 40 as text, number, row and table.
    Ok(length.saturating_mul(20))
}
