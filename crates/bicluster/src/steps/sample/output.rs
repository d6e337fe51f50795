//! The tables.

use std::path::PathBuf;

use neuroloom_core::{Result, RunContext, Table};
use neuroloom_table::parquet::{PartsFile, PartsWriter};
use neuroloom_table::{TableBuilder, kinds};

use super::input::Recording;
use crate::draw::{Draw, Latents};
use crate::draw_log::read_draws;
use crate::held_out_score::HeldOutScore;

/// Numbers that a part of the table of draws holds at least, unless it is the last: some 16 MB.
const NUMBERS_PER_PART: usize = 1 << 21;

/// The draws of a recording's chains, by the paths of their logs.
pub(super) struct RecordingDraws {
    pub recording: String,
    pub chains: Vec<PathBuf>,
}

/// The table of draws, a part at a time.
///
/// # Errors
/// When a log cannot be read, or the operating system refuses.
pub(super) fn draws_table(ctx: &RunContext, recordings: &[RecordingDraws]) -> Result<PartsFile> {
    let mut writer = PartsWriter::new(ctx.scratch(), kinds::BICLUSTER_DRAWS)?;
    for RecordingDraws { recording, chains } in recordings {
        for (chain, path) in chains.iter().enumerate() {
            let (mut part, mut numbers) = (Vec::new(), 0);
            for draw in read_draws(path)? {
                let draw = draw?;
                numbers += size(&draw);
                part.push(draw);
                if numbers >= NUMBERS_PER_PART {
                    ctx.check_cancelled()?;
                    writer.append(&draws_part(recording, chain, &part)?)?;
                    (part, numbers) = (Vec::new(), 0);
                }
            }
            writer.append(&draws_part(recording, chain, &part)?)?;
        }
    }
    writer.finish()
}

fn size(draw: &Draw) -> usize {
    let latents = draw.latents.as_ref();
    let dynamics =
        |of: &Latents| of.transition.len() + of.offset.len() + of.noise.len() + of.state_transitions.len();
    let latents = latents.map_or(0, |of| of.loadings.len() + of.paths.len() + dynamics(of));
    draw.labels.len() + draw.states.len() + draw.baselines.len() + draw.dispersions.len() + latents
}

fn draws_part(recording: &str, chain: usize, draws: &[Draw]) -> Result<Table> {
    let numbers = |of: &[usize]| of.iter().map(|&number| number as f64).collect::<Vec<f64>>();
    let latents = |of: fn(&Latents) -> &Vec<f64>| {
        draws.iter().map(move |draw| draw.latents.as_ref().map(|l| of(l).clone()))
    };
    TableBuilder::new(kinds::BICLUSTER_DRAWS)
        .text("recording_id", draws.iter().map(|_| recording))
        .integers("chain", draws.iter().map(|_| chain as i64))
        .integers("sweep", draws.iter().map(|draw| draw.sweep as i64))
        .numbers("log_joint", draws.iter().map(|draw| draw.scalars.log_joint))
        .numbers("log_lik_train", draws.iter().map(|draw| draw.scalars.log_lik_train))
        .optional_numbers("log_lik_test", draws.iter().map(|draw| draw.scalars.log_lik_test))
        .integers("n_clusters", draws.iter().map(|draw| draw.n_clusters() as i64))
        .integers("n_states", draws.iter().map(|draw| draw.n_states() as i64))
        .numbers("max_state_share", draws.iter().map(Draw::max_state_share))
        .lists("labels", draws.iter().map(|draw| numbers(&draw.labels)))
        .lists("states", draws.iter().map(|draw| numbers(&draw.states)))
        .lists("baselines", draws.iter().map(|draw| draw.baselines.clone()))
        .lists("dispersions", draws.iter().map(|draw| draw.dispersions.clone()))
        .optional_lists("loadings", latents(|of| &of.loadings))
        .optional_lists("paths", latents(|of| &of.paths))
        .optional_lists("transition", latents(|of| &of.transition))
        .optional_lists("offset", latents(|of| &of.offset))
        .optional_lists("noise", latents(|of| &of.noise))
        .optional_lists("state_transitions", latents(|of| &of.state_transitions))
        .finish()
}

/// The neurons that were offered.
///
/// # Errors
/// None that input can cause.
pub(super) fn units_table(recordings: &[Recording]) -> Result<Table> {
    let rows =
        || recordings.iter().flat_map(|recording| recording.units.iter().map(move |unit| (recording, unit)));
    TableBuilder::new(kinds::BICLUSTER_UNITS)
        .text("recording_id", rows().map(|(recording, _)| &recording.name))
        .text("unit_id", rows().map(|(_, unit)| &unit.name))
        .optional_integers("position", rows().map(|(_, unit)| unit.position.map(|at| at as i64)))
        .optional_text("region", rows().map(|(_, unit)| unit.region.as_deref()))
        .text("status", rows().map(|(_, unit)| if unit.position.is_some() { "used" } else { "silent" }))
        .integers("n_spikes", rows().map(|(_, unit)| unit.n_spikes as i64))
        .integers("n_bins", rows().map(|(_, unit)| unit.n_bins as i64))
        .integers("n_held_out", rows().map(|(_, unit)| unit.n_held_out as i64))
        .finish()
}

/// The bins of all recordings.
///
/// # Errors
/// None that input can cause.
pub(super) fn bins_table(recordings: &[Recording]) -> Result<Table> {
    let rows = || {
        let of = |recording: &'_ Recording| recording.bins.len();
        recordings.iter().flat_map(move |recording| {
            (0..of(recording)).map(move |bin| (recording, bin, &recording.bins[bin]))
        })
    };
    TableBuilder::new(kinds::BICLUSTER_BINS)
        .text("recording_id", rows().map(|(recording, ..)| &recording.name))
        .integers("bin", rows().map(|(_, bin, _)| bin as i64))
        .integers("segment", rows().map(|(.., described)| described.segment))
        .numbers("start_s", rows().map(|(.., described)| described.start_s))
        .numbers("dt_s", rows().map(|(.., described)| described.dt_s))
        .integers("n_observed", rows().map(|(.., described)| described.n_observed as i64))
        .finish()
}

/// The entries held out, with how probable the draws of all chains find them; one score per recording.
///
/// # Errors
/// None that input can cause.
pub(super) fn held_out_table(recordings: &[Recording], scores: &[HeldOutScore]) -> Result<Table> {
    let mut rows = HeldOutRows::default();
    for (recording, score) in recordings.iter().zip(scores) {
        rows.add(recording, score);
    }
    TableBuilder::new(kinds::BICLUSTER_HELD_OUT)
        .text("recording_id", rows.recordings)
        .text("unit_id", rows.units)
        .integers("bin", rows.bins)
        .integers("count", rows.counts)
        .numbers("log_mean_probability", rows.log_mean)
        .numbers("mean_log_probability", rows.mean_log)
        .numbers("log_homogeneous", rows.homogeneous)
        .finish()
}

#[derive(Default)]
struct HeldOutRows<'a> {
    recordings: Vec<&'a str>,
    units: Vec<&'a str>,
    bins: Vec<i64>,
    counts: Vec<i64>,
    log_mean: Vec<f64>,
    mean_log: Vec<f64>,
    homogeneous: Vec<f64>,
}

impl<'a> HeldOutRows<'a> {
    fn add(&mut self, recording: &'a Recording, score: &HeldOutScore) {
        let mut used: Vec<_> =
            recording.units.iter().filter_map(|unit| Some((unit.position?, unit))).collect();
        used.sort_by_key(|(position, _)| *position);
        for entry in &recording.held_out {
            let unit = used[entry.unit].1;
            let rate = unit.n_spikes as f64 / unit.n_bins.max(1) as f64;
            self.recordings.push(&recording.name);
            self.units.push(&unit.name);
            self.bins.push(entry.bin as i64);
            self.counts.push(i64::from(entry.count));
            self.homogeneous.push(log_poisson(entry.count, rate));
        }
        self.log_mean.extend(score.log_mean());
        self.mean_log.extend(score.mean_log());
    }
}

/// Log probability of `count` under a Poisson law of mean `rate`.
fn log_poisson(count: u32, rate: f64) -> f64 {
    let count = f64::from(count);
    count * rate.ln() - rate - neuroloom_math::ln_gamma(count + 1.0)
}
