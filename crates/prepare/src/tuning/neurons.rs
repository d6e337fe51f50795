//! The neurons whose responses are asked for.

use std::collections::{BTreeMap, BTreeSet};

use neuroloom_core::{Error, Result, Table, Unit};
use neuroloom_table::Columns;

use super::track::sample_times;
use super::{Tally, Visit, clip_visits, tally_samples, tally_spikes};
use crate::{SpikeTrain, listing, spike_trains};

/// One neuron.
#[derive(Debug)]
pub(super) struct Neuron<'a> {
    /// The recording.
    pub(super) recording_id: &'a str,
    /// The unit.
    pub(super) unit_id: &'a str,
    /// Its brain region, if known.
    pub(super) region: Option<&'a str>,
    activity: Activity<'a>,
}

#[derive(Debug)]
enum Activity<'a> {
    Spikes(SpikeTrain<'a>),
    /// Rows of the traces table, a segment each.
    Traces(&'a Table, Vec<usize>),
}

/// The neurons of a spikes table.
///
/// # Errors
/// When spike times cannot be used.
pub(super) fn spiking(spikes: &Table) -> Result<(Vec<Neuron<'_>>, Unit)> {
    let neurons = spike_trains(spikes)?.into_iter().map(|train| Neuron {
        recording_id: train.recording_id,
        unit_id: train.unit_id,
        region: train.region,
        activity: Activity::Spikes(train),
    });
    Ok((neurons.collect(), Unit::HERTZ))
}

/// The neurons of a traces table, as far as they have the signal called `signal`; without a name, the only one.
///
/// # Errors
/// When there is no such signal, more than one to choose from, or its unit is not the same everywhere.
pub(super) fn traced<'a>(traces: &'a Table, signal: Option<&str>) -> Result<(Vec<Neuron<'a>>, Unit)> {
    let signals = traces.text("signal")?;
    let known: BTreeSet<&str> = (0..traces.n_rows()).filter_map(|row| signals.get(row)).collect();
    let chosen = signal.or_else(|| known.first().copied().filter(|_| known.len() == 1));
    let Some(chosen) = chosen.filter(|chosen| known.contains(chosen)) else {
        return Err(Error::params("which signal of the traces responds is not clear")
            .at_object("trace_signal")
            .expected(signal.map_or_else(|| "one signal".to_owned(), |signal| format!("{signal:?}")))
            .found(listing(known))
            .hint("name one of them in `trace_signal`"));
    };
    let mut rows: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    let mut units = BTreeSet::new();
    for row in (0..traces.n_rows()).filter(|&row| signals.get(row) == Some(chosen)) {
        let unit = traces.text("unit_id")?.get_or_empty(row);
        rows.entry((traces.text("recording_id")?.get_or_empty(row), unit)).or_default().push(row);
        units.insert(traces.text("trace_unit")?.get_or_empty(row));
    }
    if units.len() > 1 {
        return Err(Error::data("traces of one signal have different units")
            .expected("one")
            .found(listing(units)));
    }
    let region = traces.text("region")?;
    let neuron = |((recording_id, unit_id), rows): ((&'a str, &'a str), Vec<usize>)| Neuron {
        recording_id,
        unit_id,
        region: rows.first().and_then(|&row| region.get(row)),
        activity: Activity::Traces(traces, rows),
    };
    Ok((rows.into_iter().map(neuron).collect(), Unit::parse(units.first().copied().unwrap_or("1"))))
}

impl Neuron<'_> {
    /// Whether it fires spikes (or has a trace).
    pub(super) fn is_spiking(&self) -> bool {
        matches!(self.activity, Activity::Spikes(_))
    }

    /// What it did in the visits while it was observed.
    ///
    /// # Errors
    /// When the times of its samples cannot be used.
    pub(super) fn tally(&self, visits: &[Visit], n_folds: usize, n_conditions: usize) -> Result<Tally> {
        match &self.activity {
            Activity::Spikes(train) => {
                let seen = train.observed.as_ref().map(|observed| clip_visits(visits, observed));
                Ok(tally_spikes(&train.times_s, seen.as_deref().unwrap_or(visits), n_folds, n_conditions))
            }
            Activity::Traces(traces, rows) => {
                let mut tally = Tally::empty(n_folds, n_conditions);
                for &row in rows {
                    let samples = traces.lists("trace")?.get(row).unwrap_or_default();
                    let (times_s, dt_s) = sample_times(&traces.time_base(row)?, samples.len())
                        .map_err(|e| e.at_object(format!("trace of unit {:?}", self.unit_id)))?;
                    tally.merge(&tally_samples(&times_s, &samples, dt_s, visits, n_folds, n_conditions));
                }
                Ok(tally)
            }
        }
    }
}
