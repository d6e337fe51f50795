//! Several starts, the best of them, and how alike they are.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::factors::Model;
use crate::operand::Operand;
use crate::options::FitOptions;
use crate::similarity::similarity;
use crate::start::Start;
use crate::sweep::Problem;

/// Sweeps of every start between two boundaries.
const ROUND: usize = 10;

/// Share of the tolerance on the compressed tensor: sweeps are cheap there.
const COMPRESSED_TOLERANCE: f64 = 0.1;

/// All starts of one rank on their way: what a checkpoint keeps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fitting {
    starts: Vec<Start>,
    phase: Phase,
}

/// Where the starts are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Phase {
    /// All starts, on the compressed tensor.
    Compressed,
    /// All starts, on the tensor.
    Exact,
    /// One sweep of every start on the tensor, after the compressed one.
    Evaluation,
    /// The best start, on the tensor.
    Polish {
        /// Its number.
        best: usize,
        /// Its sweeps before.
        from: usize,
    },
    /// The end.
    Done,
}

/// Sweeps of the best start on the tensor itself, after those on the compressed one.
pub const POLISH: usize = 5;

/// A finished factorisation.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The starts, with their factors.
    pub starts: Vec<Start>,
    /// Number of the best: the lowest objective, the first of equals.
    pub best: usize,
    /// Of every start, the similarity with the best.
    pub similarities: Vec<f64>,
    /// The best model.
    pub model: Model,
}

impl Fitting {
    /// Begins with `starts`, on the compressed tensor where there will be one.
    pub fn new(starts: Vec<Start>, compressed: bool) -> Self {
        Self { starts, phase: if compressed { Phase::Compressed } else { Phase::Exact } }
    }

    /// Whether it still needs the compressed tensor.
    pub fn needs_compressed(&self) -> bool {
        self.phase == Phase::Compressed
    }

    /// Whether all is done.
    pub fn is_done(&self) -> bool {
        self.phase == Phase::Done
    }

    /// Starts that are still on their way.
    pub fn n_open(&self) -> usize {
        self.starts.iter().filter(|start| start.status.is_none()).count()
    }

    /// The starts.
    pub fn starts(&self) -> &[Start] {
        &self.starts
    }

    /// A round of sweeps of all starts that are not at their end; the same result whatever the number of threads and
    /// however often the state was kept and taken up again between rounds.
    ///
    /// # Errors
    /// When the loss is not available for the tensor.
    pub fn round(&mut self, problem: &Problem, compressed: Option<&dyn Operand>) -> Result<()> {
        match self.phase {
            Phase::Compressed => {
                let operand = compressed.unwrap_or(problem.operand);
                let options = FitOptions {
                    tolerance: problem.options.tolerance * COMPRESSED_TOLERANCE,
                    ..problem.options.clone()
                };
                self.advance_all(&Problem { operand, options: &options, ..*problem }, ROUND)?;
                if self.n_open() == 0 {
                    self.starts.iter_mut().for_each(Start::reopen);
                    self.phase = Phase::Evaluation;
                }
            }
            Phase::Exact => {
                self.advance_all(problem, ROUND)?;
                if self.n_open() == 0 {
                    self.phase = Phase::Done;
                }
            }
            Phase::Evaluation => {
                self.advance_all(problem, 1)?;
                let best = self.best();
                self.phase = Phase::Polish { best, from: self.starts[best].iterations() };
            }
            Phase::Polish { best, from } => {
                let start = &mut self.starts[best];
                let left = POLISH.saturating_sub(1 + start.iterations() - from);
                problem.advance(start, left)?;
                self.close();
                self.phase = Phase::Done;
            }
            Phase::Done => {}
        }
        Ok(())
    }

    fn advance_all(&mut self, problem: &Problem, sweeps: usize) -> Result<()> {
        self.starts.par_iter_mut().map(|start| problem.advance(start, sweeps)).collect()
    }

    /// Starts that were reopened had converged on the compressed tensor.
    fn close(&mut self) {
        for start in &mut self.starts {
            start.status.get_or_insert(crate::start::Status::Converged);
        }
    }

    fn best(&self) -> usize {
        let objectives = self.starts.iter().map(Start::last_objective).enumerate();
        objectives.min_by(|a, b| a.1.total_cmp(&b.1)).map_or(0, |(number, _)| number)
    }

    /// The finished factorisation.
    pub fn finish(self) -> Fit {
        let best = self.best();
        let models: Vec<Model> =
            self.starts.iter().map(|start| Model::from_factors(&start.factors)).collect();
        let similarities = models.par_iter().map(|model| similarity(&models[best], model)).collect();
        let model = models.into_iter().nth(best).unwrap_or_else(|| Model::from_factors(&[]));
        Fit { starts: self.starts, best, similarities, model }
    }
}
