//! A recording and what became of it.

use neuroloom_core::{Error, Result, RunContext};

use super::read::{Source, SourcePart};
use crate::{Fate, HomogeniseParams, Homogenised, LabelDecision, Outcome, QualityWarning, homogenise};

/// A recording and what became of it.
pub(super) struct Processed {
    pub source: Source,
    pub n_samples: usize,
    pub labels: Vec<LabelDecision>,
    pub warnings: Vec<QualityWarning>,
    pub state: State,
}

pub(super) enum State {
    Used(Homogenised),
    Skipped(String),
    Failed(String),
}

impl Processed {
    /// Homogenises the recording `source` of `part`.
    ///
    /// # Errors
    /// That of a broken recording, where `params` are strict; otherwise it is failed, with a reason.
    pub fn new(
        part: &SourcePart,
        source: &Source,
        ctx: &RunContext,
        params: &HomogeniseParams,
    ) -> Result<Self> {
        if let Some(reason) = &source.skip_reason {
            return Ok(Self::skipped(source.clone(), reason.clone()));
        }
        let mut result = Self::skipped(source.clone(), String::new());
        let outcome = part.recording(source).and_then(|recording| {
            result.n_samples = recording.times_s.len();
            homogenise(&recording, params, ctx.seed().child(&source.id))
        });
        match outcome {
            Ok(Outcome { labels, warnings, fate }) => {
                (result.labels, result.warnings) = (labels, warnings);
                result.state = match fate {
                    Fate::Used(recording) => State::Used(recording),
                    Fate::Skipped(reason) => State::Skipped(reason),
                };
            }
            Err(error) => result.fail(error, params)?,
        }
        Ok(result)
    }

    /// A recording that has no traces.
    pub fn without_traces(mut source: Source) -> Self {
        let reason = source.skip_reason.take().unwrap_or_else(|| "it has no traces".to_owned());
        Self::skipped(source, reason)
    }

    fn skipped(source: Source, reason: String) -> Self {
        Self { source, n_samples: 0, labels: Vec::new(), warnings: Vec::new(), state: State::Skipped(reason) }
    }

    fn fail(&mut self, error: Error, params: &HomogeniseParams) -> Result<()> {
        let error = error.at_file(&self.source.file);
        if params.strict {
            return Err(error);
        }
        self.warnings.push(QualityWarning::new("failed", error.to_string()));
        self.state = State::Failed(error.to_string());
        Ok(())
    }

    pub fn used(&self) -> Option<&Homogenised> {
        match &self.state {
            State::Used(recording) => Some(recording),
            State::Skipped(_) | State::Failed(_) => None,
        }
    }

    /// Frees the signals, once they are written.
    pub fn drop_signals(&mut self) {
        if let State::Used(recording) = &mut self.state {
            recording.signals.clear();
        }
    }
}
