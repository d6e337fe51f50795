//! `ingest.connectome`: the step.

mod params;
mod report;

use std::path::{Path, PathBuf};

use neuroloom_core::{
    Description, Error, Inputs, PlanContext, PlannedInputs, PortSpec, Resources, Result, RunContext, Step,
    StepOutput, StepPlan, files,
};
use neuroloom_table::kinds;

pub use self::params::Params;
use crate::{Collection, Source, atlas, candidates, read};

/// Reads published connectomes, or an edge list.
#[derive(Clone, Copy, Debug, Default)]
pub struct IngestConnectome;

impl Step for IngestConnectome {
    type Params = Params;
    const ID: &'static str = "ingest.connectome";
    const VERSION: u32 = 1;

    fn describe(&self) -> Description {
        Description {
            title: "Read published connectomes of C. elegans, or an edge list",
            about: "Reads the annotations of White et al., Witvliet et al., Cook et al., Varshney et al. and OpenWorm and \
                    the signal propagation atlas of Randi et al. from their original files, a whole folder at once, or \
                    connections of your own from a table. Names, types and weights stay as the source writes them.",
            reference: Some(
                "White et al. 1986; Varshney et al. 2011; Cook et al. 2019; Witvliet et al. 2021; Randi et al. 2023",
            ),
            inputs: vec![],
            outputs: vec![
                PortSpec::required(
                    "readings",
                    kinds::CONNECTOME_READINGS,
                    "Connections as their sources write them",
                ),
                PortSpec::required(
                    "atlas",
                    kinds::NEURONS,
                    "The neurons: class, and type, transmitter and position as far as a table of them is given",
                ),
            ],
        }
    }

    fn files(&self, params: &Params, base: &Path) -> Result<Vec<PathBuf>> {
        let path = params.path.resolve(base);
        let mut files = if files::is_folder(&path) { candidates(&path)? } else { vec![path] };
        files.extend(neurons(params, base));
        Ok(files)
    }

    fn plan(&self, ctx: &PlanContext, params: &Params, _: &PlannedInputs) -> Result<StepPlan> {
        let files = self.files(params, &ctx.base)?;
        let needs = files.iter().map(|path| memory(path)).collect::<Result<Vec<u64>>>()?;
        Ok(StepPlan::new(Resources::memory(needs.into_iter().sum()))
            .output("readings", kinds::CONNECTOME_READINGS, [])
            .output("atlas", kinds::NEURONS, []))
    }

    fn run(&self, ctx: &RunContext, params: &Params, _: &Inputs) -> Result<StepOutput> {
        ctx.check_cancelled()?;
        let collection = collection(params, &params.path.resolve(ctx.base()))?;
        let atlas = match neurons(params, ctx.base()) {
            Some(path) => atlas::read(&path)?,
            None => atlas::names_only()?,
        };
        Ok(StepOutput::new(report::summary(&collection))
            .table("readings", collection.table()?)
            .table("atlas", atlas))
    }
}

fn collection(params: &Params, path: &Path) -> Result<Collection> {
    if let Some(list) = params.edge_list() {
        let mut collection = Collection::default();
        collection.add(crate::read_edge_list(path, &list)?)?;
        return Ok(collection);
    }
    let Some(name) = &params.source else {
        return if files::is_folder(path) {
            crate::read_folder(path, params.strain)
        } else {
            crate::read_file(path, params.strain)
        };
    };
    let source = Source::named(name).ok_or_else(|| Error::internal("a source was not checked"))?;
    let mut collection = Collection::default();
    collection.add(crate::read_source(path, source, params.strain)?)?;
    Ok(collection)
}

/// The table of neurons: the one that is asked for, or the one beside the readings in a folder.
fn neurons(params: &Params, base: &Path) -> Option<PathBuf> {
    let given = params.neurons.as_ref().map(|path| path.resolve(base));
    given.or_else(|| atlas::in_folder(&params.path.resolve(base)))
}

/// Memory that reading a file takes. Of HDF5 only two matrices are read; text and packed workbooks grow by the
/// bookkeeping of their cells: about a hundred bytes for each, which takes five bytes or more in a file.
fn memory(path: &Path) -> Result<u64> {
    let length = read::length(path)?;
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    Ok(match ending.as_deref() {
        Some("h5" | "hdf5") => length.saturating_add(32 << 20),
        _ => length.saturating_mul(30),
    })
}
