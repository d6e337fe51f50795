//! The tables, written as the centres are done.

use std::sync::Arc;

use neuroloom_core::{Result, RunContext, StepOutput, Table};
use neuroloom_table::parquet::PartsWriter;
use neuroloom_table::{TableBuilder, kinds};

use super::params::SearchlightParams;
use super::run::{Local, Outcome};
use crate::pairs;

/// Files that grow with every chunk of centres.
pub(super) struct Writers {
    similarities: PartsWriter,
    rdms: Option<PartsWriter>,
}

/// A chunk of the centres of one recording.
pub(super) struct Chunk<'a> {
    pub recording: &'a str,
    pub centres: &'a [String],
    pub locals: &'a [Local],
    pub models: &'a [String],
    pub n_conditions: usize,
    pub unit: &'a str,
}

impl Writers {
    /// # Errors
    /// When the operating system refuses.
    pub(super) fn new(ctx: &RunContext, params: &SearchlightParams) -> Result<Self> {
        let writer = |kind| PartsWriter::new(ctx.scratch(), kind);
        Ok(Self {
            similarities: writer(kinds::SEARCHLIGHT)?,
            rdms: params.rdms.then(|| writer(kinds::SEARCHLIGHT_RDMS)).transpose()?,
        })
    }

    /// # Errors
    /// When the operating system refuses.
    pub(super) fn append(&mut self, chunk: &Chunk<'_>, params: &SearchlightParams) -> Result<()> {
        self.similarities.append(&chunk.similarities(params)?)?;
        match &mut self.rdms {
            Some(writer) => writer.append(&chunk.rdms()?),
            None => Ok(()),
        }
    }

    /// # Errors
    /// When the operating system refuses.
    pub(super) fn finish(self, output: StepOutput) -> Result<StepOutput> {
        let output = output.stored("similarities", Arc::new(self.similarities.finish()?));
        match self.rdms {
            Some(writer) => Ok(output.stored("rdms", Arc::new(writer.finish()?))),
            None => Ok(output),
        }
    }
}

impl Chunk<'_> {
    fn similarities(&self, params: &SearchlightParams) -> Result<Table> {
        let rows = || {
            self.centres.iter().zip(self.locals).flat_map(|(centre, local)| {
                self.models.iter().enumerate().flat_map(move |(model, name)| {
                    let measures = params.measures.iter().enumerate();
                    measures.map(move |(place, measure)| {
                        (centre, local, name, *measure, value(local, place, model))
                    })
                })
            })
        };
        TableBuilder::new(kinds::SEARCHLIGHT)
            .text("recording_id", rows().map(|_| self.recording))
            .text("centre_id", rows().map(|(centre, ..)| centre))
            .text("model_id", rows().map(|(_, _, name, ..)| name))
            .text("measure", rows().map(|(.., measure, _)| measure.name()))
            .integers("n_channels", rows().map(|(_, local, ..)| local.n_channels as i64))
            .optional_numbers("similarity", rows().map(|(.., value)| value))
            .text("status", rows().map(|(_, local, .., value)| status(local, value)))
            .finish()
    }

    fn rdms(&self) -> Result<Table> {
        let rows = || {
            self.centres.iter().zip(self.locals).flat_map(|(centre, local)| {
                let found = match &local.outcome {
                    Outcome::Found { rdm, .. } => rdm.dissimilarities(),
                    Outcome::None(_) => &[],
                };
                pairs(self.n_conditions).zip(found).map(move |((i, j), &value)| (centre, i, j, value))
            })
        };
        TableBuilder::new(kinds::SEARCHLIGHT_RDMS)
            .text("recording_id", rows().map(|_| self.recording))
            .text("centre_id", rows().map(|(centre, ..)| centre))
            .integers("i", rows().map(|(_, i, ..)| i as i64))
            .integers("j", rows().map(|(_, _, j, _)| j as i64))
            .numbers("dissimilarity", rows().map(|(.., value)| value))
            .text("dissimilarity_unit", rows().map(|_| self.unit))
            .finish()
    }
}

/// The similarity around a centre with one of the models by one of the measures.
pub(super) fn value(local: &Local, measure: usize, model: usize) -> Option<f64> {
    match &local.outcome {
        Outcome::Found { similarities, .. } => similarities.get(measure)?.get(model).copied().flatten(),
        Outcome::None(_) => None,
    }
}

fn status(local: &Local, value: Option<f64>) -> &str {
    match (&local.outcome, value) {
        (Outcome::None(why), _) => why,
        (Outcome::Found { .. }, Some(_)) => "ok",
        (Outcome::Found { .. }, None) => "the measure is not defined for these dissimilarities",
    }
}
