//! Recordings through the method, a few at a time.

use neuroloom_core::{Error, Result, RunContext, TableParts};
use rayon::prelude::*;

use super::processed::Processed;
use super::read::{Known, SourcePart};
use super::writers::{Batch, Writers};
use crate::HomogeniseParams;

/// Homogenises all recordings of `traces` and writes their signals, in order. As many recordings as there are threads
/// are worked on while those before them are written: memory does not grow with their number.
///
/// # Errors
/// When the tables are malformed, a recording is broken and `params` are strict, the user asked to stop, or the
/// operating system refuses.
pub(super) fn all(
    ctx: &RunContext,
    params: &HomogeniseParams,
    traces: &dyn TableParts,
    known: &mut Known,
    writers: &mut Writers,
) -> Result<Vec<Processed>> {
    let progress = ctx.begin("homogenise", Some(traces.n_rows() as u64));
    let mut done: Vec<Processed> = Vec::new();
    let mut waiting: Vec<Batch> = Vec::new();
    let workers = ctx.threads().max(1);
    let part_numbers: Vec<usize> = (0..traces.n_parts()).collect();
    for numbers in part_numbers.chunks(workers) {
        let parts = numbers.par_iter().map(|&number| traces.part(number)).collect::<Result<Vec<_>>>()?;
        let signal = params.signal.as_deref();
        let parts = parts.into_iter().map(|part| known.part(part, signal)).collect::<Result<Vec<_>>>()?;
        let jobs: Vec<_> =
            parts.iter().flat_map(|part| (0..part.list.len()).map(move |i| (part, i))).collect();
        for jobs in jobs.chunks(workers) {
            ctx.check_cancelled()?;
            let (written, batches) = rayon::join(|| writers.write(waiting), || batches(ctx, params, jobs));
            done.extend(written?);
            waiting = batches?;
            progress.advance(waiting.iter().map(|batch| batch.result.source.rows.len() as u64).sum());
        }
    }
    done.extend(writers.write(waiting)?);
    Ok(done)
}

fn batches(ctx: &RunContext, params: &HomogeniseParams, jobs: &[(&SourcePart, usize)]) -> Result<Vec<Batch>> {
    let work = |(part, source): &(&SourcePart, usize)| {
        let source = part.list.get(*source).ok_or_else(|| Error::internal("a recording was lost"))?;
        Batch::new(Processed::new(part, source, ctx, params)?, params)
    };
    jobs.par_iter().map(work).collect()
}
