//! How fits went.

use neuroloom_core::{Result, Table};
use neuroloom_table::{TableBuilder, kinds};

use crate::factors::Model;
use crate::fit::Fit;
use crate::options::{Loss, Method};

/// A fit of one start.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::steps) struct Run {
    pub(in crate::steps) rank: usize,
    pub(in crate::steps) start: usize,
    pub(in crate::steps) error: f64,
    pub(in crate::steps) objective: f64,
    pub(in crate::steps) status: &'static str,
    pub(in crate::steps) effective_rank: usize,
    pub(in crate::steps) similarity: f64,
    pub(in crate::steps) is_best: bool,
    pub(in crate::steps) trace: Vec<f64>,
}

impl Run {
    /// The runs of a fit.
    pub(in crate::steps) fn of(fit: &Fit, rank: usize) -> Vec<Self> {
        let run = |(number, start): (usize, &crate::Start)| Self {
            rank,
            start: number,
            error: start.error(),
            objective: start.last_objective(),
            status: start.status.map_or("max_iter", crate::Status::name),
            effective_rank: Model::from_factors(&start.factors).effective_rank(),
            similarity: fit.similarities[number],
            is_best: number == fit.best,
            trace: start.trace.clone(),
        };
        fit.starts.iter().enumerate().map(run).collect()
    }
}

/// The runs as a table.
pub(in crate::steps) fn runs_table(runs: &[Run], method: Method, loss: Loss, dtype: &str) -> Result<Table> {
    let whole = |pick: fn(&Run) -> usize| runs.iter().map(move |run| pick(run) as i64);
    TableBuilder::new(kinds::NTF_RUNS)
        .integers("rank", whole(|run| run.rank))
        .integers("start", whole(|run| run.start))
        .text("method", runs.iter().map(|_| method.name()))
        .text("loss", runs.iter().map(|_| loss.name()))
        .text("dtype", runs.iter().map(|_| dtype))
        .numbers("error", runs.iter().map(|run| run.error))
        .numbers("objective", runs.iter().map(|run| run.objective))
        .integers("iterations", whole(|run| run.trace.len()))
        .text("status", runs.iter().map(|run| run.status))
        .integers("effective_rank", whole(|run| run.effective_rank))
        .numbers("similarity", runs.iter().map(|run| run.similarity))
        .optional_bools("best", runs.iter().map(|run| Some(run.is_best)))
        .lists("trace", runs.iter().map(|run| run.trace.clone()))
        .finish()
}
