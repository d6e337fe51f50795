//! The traces of an animal.

use neuroloom_core::Seed;
use rand::seq::SliceRandom;
use rand_distr::{Distribution, Exp1, StandardNormal};

use super::{Event, Motif, WormsParams};

/// An animal.
#[derive(Clone, Debug, PartialEq)]
pub struct Animal {
    /// Its traces, `[n_neurons * n_frames]`, one neuron behind the other.
    pub traces: Vec<f32>,
    /// Whether each neuron was identified.
    pub identified: Vec<bool>,
}

impl Animal {
    /// Animal number `worm`. Every neuron has random streams of its own below `seed`, so that more neurons or
    /// animals change none.
    pub fn simulate(worm: usize, params: &WormsParams, motifs: &[Motif], seed: Seed) -> Self {
        let seed = seed.child_index(worm as u64);
        let trace = |neuron: usize| trace(worm, neuron, params, motifs, seed.child_index(neuron as u64));
        Self {
            traces: (0..params.n_neurons)
                .flat_map(|neuron| trace(neuron).into_iter().map(|x| x as f32))
                .collect(),
            identified: identified(params, seed.child("identified")),
        }
    }
}

fn trace(worm: usize, neuron: usize, params: &WormsParams, motifs: &[Motif], seed: Seed) -> Vec<f64> {
    let mut stream = seed.child("noise").rng();
    let mut noise = || -> f64 { StandardNormal.sample(&mut stream) };
    let mut trace: Vec<f64> = (0..params.n_frames).map(|_| params.noise_sd * noise()).collect();
    for (number, motif) in motifs.iter().enumerate() {
        let weight = motif.weight(worm, neuron);
        if weight > 0.0 {
            let jitter = seed.child("motif").child_index(number as u64);
            add_motif(&mut trace, motif, weight, params, jitter);
        }
    }
    add_background(&mut trace, params, seed.child("background"));
    trace
}

/// The events of a motif, each a little earlier or later.
fn add_motif(trace: &mut [f64], motif: &Motif, weight: f64, params: &WormsParams, seed: Seed) {
    let mut stream = seed.rng();
    for event in &motif.events {
        let shift: f64 = StandardNormal.sample(&mut stream);
        let own = Event { onset: event.onset + params.jitter_frames * shift, ..*event };
        own.add_to(trace, weight, params.decay_frames);
    }
}

/// Events of the neuron alone: a Poisson train.
fn add_background(trace: &mut [f64], params: &WormsParams, seed: Seed) {
    if params.background_events == 0.0 {
        return;
    }
    let mut stream = seed.rng();
    let gap = |stream: &mut _| -> f64 {
        let gap: f64 = Exp1.sample(stream);
        gap * 1000.0 / params.background_events
    };
    let mut onset = gap(&mut stream);
    while onset < trace.len() as f64 {
        Event::draw(onset, params, &mut stream).add_to(trace, 1.0, params.decay_frames);
        onset += gap(&mut stream);
    }
}

fn identified(params: &WormsParams, seed: Seed) -> Vec<bool> {
    let mut order: Vec<usize> = (0..params.n_neurons).collect();
    order.shuffle(&mut seed.rng());
    let n_unidentified = (params.unidentified_share * params.n_neurons as f64).round() as usize;
    let mut identified = vec![true; params.n_neurons];
    order.into_iter().take(n_unidentified).for_each(|neuron| identified[neuron] = false);
    identified
}
