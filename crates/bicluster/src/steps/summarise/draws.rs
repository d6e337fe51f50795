//! The draws of every recording, read a part at a time.

mod rows;

use std::collections::BTreeMap;

use neuroloom_core::{Error, Result, RunContext, TableParts};

use self::rows::{DrawRow, Rows};
use super::SummariseParams;
use super::index::Recording;
use crate::LatentDraw;

/// Log expected counts whose convergence is looked at, in every recording.
const N_CELLS: usize = 50;

/// What is kept of the draws of a chain.
#[derive(Default)]
pub(super) struct Chain {
    pub(super) sweeps: Vec<f64>,
    pub(super) log_joint: Vec<f64>,
    pub(super) log_lik_train: Vec<f64>,
    pub(super) n_clusters: Vec<f64>,
    pub(super) n_states: Vec<f64>,
    pub(super) labels: Vec<Vec<u16>>,
    pub(super) states: Vec<Vec<u16>>,
    /// r, `[n_draws][N]`.
    pub(super) dispersions: Vec<Vec<f64>>,
    /// Log expected counts of [`cells`], of the draws that have latents.
    pub(super) cells: Vec<Vec<f64>>,
    n_seen: usize,
}

/// A scalar of every draw of a chain.
pub(super) type ScalarOf = fn(&Chain) -> &Vec<f64>;

/// The draws of a recording.
#[derive(Default)]
pub(super) struct Draws {
    /// By the number of the chain.
    pub(super) chains: BTreeMap<i64, Chain>,
    /// Draws with latents, among all.
    pub(super) n_with_latents: usize,
}

impl Draws {
    /// Number of draws of all chains.
    pub(super) fn n_draws(&self) -> usize {
        self.chains.values().map(|chain| chain.sweeps.len()).sum()
    }

    /// Clusters of the neurons in all draws, chain by chain.
    pub(super) fn labels(&self) -> Vec<Vec<u16>> {
        self.chains.values().flat_map(|chain| chain.labels.iter().cloned()).collect()
    }

    /// States of the bins in at most `most` draws, evenly spread.
    pub(super) fn states(&self, most: usize) -> Vec<Vec<u16>> {
        let all = self.chains.values().flat_map(|chain| &chain.states);
        all.step_by(self.n_draws().div_ceil(most).max(1)).cloned().collect()
    }
}

/// Neurons and bins whose log expected counts are looked at: spread over all of both.
pub(super) fn cells(n_units: usize, n_bins: usize) -> Vec<(usize, usize)> {
    let n = N_CELLS.min(n_units.saturating_mul(n_bins));
    (0..n).map(|k| (k % n_units.max(1), (2 * k + 1) * n_bins / (2 * n))).collect()
}

/// All draws of every recording, of large tables every second, third, ... draw.
///
/// # Errors
/// When draws are of other neurons or bins than the index says, or cannot be read.
pub(super) fn read(
    ctx: &RunContext,
    parts: &dyn TableParts,
    recordings: &[Recording],
    params: &SummariseParams,
) -> Result<Vec<Draws>> {
    let most = params.max_draws.saturating_mul(recordings.len().max(1));
    let every = parts.n_rows().div_ceil(most).max(1);
    let mut draws: Vec<Draws> = recordings.iter().map(|_| Draws::default()).collect();
    let cells: Vec<_> = recordings.iter().map(|of| cells(of.units.len(), of.bins.len())).collect();
    for_each_row(ctx, parts, recordings, |place, row| {
        let Some(draws) = draws.get_mut(place) else { return Ok(()) };
        let chain = draws.chains.entry(row.chain()).or_default();
        chain.n_seen += 1;
        let kept = (chain.n_seen - 1).is_multiple_of(every);
        if row.has_latents() {
            draws.n_with_latents += 1;
            if kept {
                let latents = row.latents()?;
                chain
                    .cells
                    .push(cells[place].iter().map(|&(unit, bin)| latents.log_rate(unit, bin)).collect());
            }
        }
        if kept {
            chain.sweeps.push(row.number("sweep")?);
            chain.log_joint.push(row.number("log_joint")?);
            chain.log_lik_train.push(row.number("log_lik_train")?);
            chain.n_clusters.push(row.number("n_clusters")?);
            chain.n_states.push(row.number("n_states")?);
            chain.labels.push(row.labels()?);
            chain.states.push(row.states()?);
            chain.dispersions.push(row.dispersions()?);
        }
        Ok(())
    })?;
    for (recording, draws) in recordings.iter().zip(&draws) {
        if draws.n_draws() == 0 {
            return Err(Error::data("there are no draws of a recording")
                .at_object(format!("recording {:?}", recording.name))
                .hint("connect `draws`, `units` and `bins` of the same step"));
        }
    }
    Ok(draws)
}

/// A draw with its latents, and its states.
pub(super) type WithStates = (LatentDraw, Vec<u16>);

/// At most `latent_draws` draws with latents of every recording, evenly spread.
///
/// # Errors
/// As [`read`].
pub(super) fn read_latents(
    ctx: &RunContext,
    parts: &dyn TableParts,
    recordings: &[Recording],
    draws: &[Draws],
    params: &SummariseParams,
) -> Result<Vec<Vec<WithStates>>> {
    let every: Vec<usize> =
        draws.iter().map(|of| of.n_with_latents.div_ceil(params.latent_draws).max(1)).collect();
    let mut seen = vec![0_usize; recordings.len()];
    let mut found: Vec<Vec<WithStates>> = recordings.iter().map(|_| Vec::new()).collect();
    for_each_row(ctx, parts, recordings, |place, row| {
        if !row.has_latents() {
            return Ok(());
        }
        seen[place] += 1;
        if (seen[place] - 1).is_multiple_of(every[place]) {
            found[place].push((row.latents()?, row.states()?));
        }
        Ok(())
    })?;
    Ok(found)
}

fn for_each_row(
    ctx: &RunContext,
    parts: &dyn TableParts,
    recordings: &[Recording],
    mut with: impl FnMut(usize, &DrawRow<'_>) -> Result<()>,
) -> Result<()> {
    let work = ctx.begin("draws", Some(parts.n_rows() as u64));
    for part in 0..parts.n_parts() {
        ctx.check_cancelled()?;
        let table = parts.part(part)?;
        let rows = Rows::new(&table)?;
        for row in 0..table.n_rows() {
            let name = rows.recording(row);
            let Ok(place) = recordings.binary_search_by(|of| of.name.as_str().cmp(name)) else {
                return Err(Error::data("draws are of a recording that `bins` does not have")
                    .at_object(format!("recording {name:?}"))
                    .hint("connect `draws`, `units` and `bins` of the same step"));
            };
            with(place, &DrawRow::new(&rows, row, &recordings[place]))?;
        }
        work.advance(table.n_rows() as u64);
    }
    Ok(())
}
