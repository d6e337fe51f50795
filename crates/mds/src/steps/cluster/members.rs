//! The encoders that clusters are found through, from their tables.

use std::collections::BTreeMap;
use std::sync::Arc;

use neuroloom_core::{Error, Inputs, Result, Table};
use neuroloom_table::{Columns, whole};

use super::Model;
use super::params::ClusterParams;
use crate::card::EncoderCard;
use crate::encoder::{Convolutional, Ensemble};
use crate::network::Network;
use crate::steps::labels::{Unit, units};

/// One of the tables at an input, and what it is called in errors.
pub(super) struct Member {
    name: String,
    table: Table,
}

/// The tables at `port`: those of all variants that the pipeline gathers, the one that is connected, or none.
pub(super) fn members(inputs: &Inputs, port: &str) -> Result<Vec<Member>> {
    // An optional input that is not connected has no variants.
    let variants = inputs.variants(port).unwrap_or_default();
    let member = |(k, variant): (usize, &neuroloom_core::Variant)| {
        let labels: Vec<String> =
            variant.labels.iter().map(|(axis, label)| format!("{axis}={label}")).collect();
        let name =
            if labels.is_empty() { format!("{port} {k}") } else { format!("{port} {}", labels.join(" ")) };
        Ok(Member { name, table: whole(variant.table.as_ref())? })
    };
    variants.iter().enumerate().map(member).collect()
}

/// The mean of all encoders, of the neurons in the order of the first.
///
/// # Errors
/// When one cannot be read, or they differ in their neurons, screen, frame rate, or in what they predict.
pub(super) fn model(
    params: &ClusterParams,
    members: &[Member],
) -> Result<Model<Ensemble<Convolutional<f32>>>> {
    let read = members.iter().map(|member| {
        EncoderCard::read(&member.table).map_err(|error| match members.len() {
            1 => error,
            _ => error.at_object(&member.name),
        })
    });
    let all = read.collect::<Result<Vec<(EncoderCard, Network, Vec<f32>)>>>()?;
    let Some((first, ..)) = all.first() else {
        return Err(Error::internal("clusters of no encoder"));
    };
    let first = first.clone();
    let mut encoders = Vec::with_capacity(all.len());
    let mut rows: Vec<Vec<f64>> = vec![Vec::new(); first.units.len()];
    for (member, (card, network, parameters)) in members.iter().zip(all) {
        check(&member.name, &card, &first)?;
        let order = places(&member.name, &card.units, &first.units)?;
        let own = network.readout_rows(&parameters);
        rows.iter_mut().zip(&order).for_each(|(row, &place)| row.extend_from_slice(&own[place]));
        let (sizes, tau) = ([params.frames, params.window], card.calcium_tau_frames());
        let encoder =
            Convolutional::new(Arc::new(network), parameters, sizes, tau, params.history, params.centre)?;
        let in_order = order.iter().enumerate().all(|(k, place)| k == *place);
        encoders.push(if in_order {
            encoder
        } else {
            crate::encoder::Encoder::<f32>::select(&encoder, &order)
        });
    }
    Ok(Model { all: Ensemble::new::<f32>(encoders)?, rows: Some(rows), dt_s: first.dt_s, units: first.units })
}

/// # Errors
/// When an encoder is not of the screen, the frame rate and the kind of recording of the first.
fn check(name: &str, card: &EncoderCard, first: &EncoderCard) -> Result<()> {
    let wrong = |message: &str, expected: String, found: String| {
        Err(Error::data(message.to_owned())
            .at_object(name)
            .expected(format!("{expected}, as the first"))
            .found(found))
    };
    let screen = |card: &EncoderCard| {
        format!("{} channels of {} x {}", card.network.channels, card.network.height, card.network.width)
    };
    if screen(card) != screen(first) {
        return wrong("the encoders of an ensemble see different screens", screen(first), screen(card));
    }
    if (card.dt_s - first.dt_s).abs() > 1e-3 * first.dt_s {
        let rate = |card: &EncoderCard| format!("{} Hz", 1.0 / card.dt_s);
        return wrong("the encoders of an ensemble have different frame rates", rate(first), rate(card));
    }
    if card.calcium_tau_s.is_some() != first.calcium_tau_s.is_some() {
        let kind = |card: &EncoderCard| match card.calcium_tau_s {
            Some(tau) => format!("recordings behind a low pass of {tau} s"),
            None => "rates".to_owned(),
        };
        return wrong("the encoders of an ensemble predict different things", kind(first), kind(card));
    }
    Ok(())
}

/// Where in `own` the neurons `wanted` are.
///
/// # Errors
/// When these are not the same neurons.
fn places(name: &str, own: &[Unit], wanted: &[Unit]) -> Result<Vec<usize>> {
    let known: BTreeMap<&Unit, usize> = own.iter().enumerate().map(|(place, unit)| (unit, place)).collect();
    let other = |unit: &Unit, has: &str| {
        Error::data("the encoders of an ensemble are of different neurons")
            .at_object(name)
            .expected(format!("the {} neurons of the first", wanted.len()))
            .found(format!("{} neurons, {has} {}: {}", own.len(), unit.0, unit.1))
    };
    let place = |unit: &Unit| known.get(unit).copied().ok_or_else(|| other(unit, "without"));
    let places = wanted.iter().map(place).collect::<Result<Vec<usize>>>()?;
    match own.iter().find(|unit| own.len() > wanted.len() && !wanted.contains(unit)) {
        Some(extra) => Err(other(extra, "among them")),
        None => Ok(places),
    }
}

/// Correlation with the test movies by neuron: the mean over the tables.
///
/// # Errors
/// When a table has no such column.
pub(super) fn correlations(tables: &[Member]) -> Result<BTreeMap<Unit, f64>> {
    let mut sums: BTreeMap<Unit, (f64, usize)> = BTreeMap::new();
    for Member { table, .. } in tables {
        let correlations = table.numbers("correlation")?;
        for (row, unit) in units(table)?.into_iter().enumerate() {
            if let Some(correlation) = correlations.get(row) {
                let (sum, n) = sums.entry(unit).or_default();
                *sum += correlation;
                *n += 1;
            }
        }
    }
    let complete = sums.into_iter().filter(|(_, (_, n))| *n >= tables.len());
    Ok(complete.map(|(unit, (sum, n))| (unit, sum / n as f64)).collect())
}
