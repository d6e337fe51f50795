//! What the report says of an affinity.

use ndarray::Array2;
use neuroloom_core::{Summary, Unit};

use super::choose::Chosen;
use super::figures;
use super::params::{AffinityParams, Scale};
use crate::affinity::{n_pairs, pairs};

/// Names in a message at most.
const SHOWN: usize = 12;

/// Collects what is worth telling while the recordings pass.
pub(super) struct Report<'a> {
    params: &'a AffinityParams,
    chosen: &'a Chosen,
    warnings: Vec<String>,
}

impl<'a> Report<'a> {
    pub(super) fn new(params: &'a AffinityParams, chosen: &'a Chosen) -> Self {
        Self { params, chosen, warnings: Vec::new() }
    }

    /// Neurons of a recording that are masked because of invalid samples.
    pub(super) fn masked(&mut self, recording: &str, neurons: &[usize]) {
        if neurons.is_empty() {
            return;
        }
        let names = listing(neurons.iter().filter_map(|&neuron| self.chosen.neurons.get(neuron)));
        self.warnings.push(format!(
            "{recording}: {} neurons have invalid (NaN) samples and are masked there: {names}; `form: dense` masks \
             only the entries that need these samples",
            neurons.len()
        ));
    }

    /// The Frobenius norm of a recording, before it was scaled.
    pub(super) fn norm(&mut self, recording: &str, norm: f64) {
        if norm == 0.0 {
            self.warnings.push(format!(
                "{recording}: no two neurons ever change together; its part of the tensor is 0"
            ));
        }
    }

    /// All of it. `roots` are those of all recordings, with NaN where masked.
    pub(super) fn finish(self, roots: &[Array2<f64>]) -> Summary {
        let Self { params, chosen, warnings } = self;
        let n = chosen.neurons.len();
        let scale = match params.scale_of(chosen.recordings.len()) {
            Scale::None => "none",
            Scale::Frobenius => "frobenius",
        };
        let entries = n_pairs(n).saturating_mul(chosen.n_frames).saturating_mul(roots.len());
        let values = n.saturating_mul(chosen.n_frames).saturating_mul(roots.len());
        let summary = Summary::default()
            .count("recordings", roots.len())
            .count("neurons", n)
            .count("named neurons left out", chosen.n_rare)
            .count("neurons without a name", chosen.n_unnamed)
            .count("frames", chosen.n_frames)
            .number("interval between frames", chosen.grid.dt_s, Unit::SECOND)
            .text("scale", scale)
            .text("form", if params.is_dense() { "dense" } else { "implicit" })
            .count("entries of pairs", entries)
            .count("values of roots", values);
        let warnings = shortened(chosen).into_iter().chain(warnings).chain(still(roots, chosen));
        let summary = warnings.fold(summary, Summary::warn);
        let masks: Vec<Vec<bool>> = roots.iter().map(has_values).collect();
        let summary = rare_pairs(summary, &masks, n);
        summary
            .figure(figures::mean_affinity(roots, params, chosen))
            .figure(figures::co_changing(roots, chosen))
    }
}

fn shortened(chosen: &Chosen) -> Option<String> {
    let cut = chosen.longest - chosen.n_frames;
    (cut > 0).then(|| format!("recordings are cut to {} frames; the longest loses {cut}", chosen.n_frames))
}

/// Whether each neuron was observed: in the dense form, at any frame.
fn has_values(roots: &Array2<f64>) -> Vec<bool> {
    roots.rows().into_iter().map(|row| row.iter().any(|h| !h.is_nan())).collect()
}

/// Adds how many pairs are observed in how few recordings.
fn rare_pairs(summary: Summary, masks: &[Vec<bool>], n_neurons: usize) -> Summary {
    let [mut never, mut once, mut observed] = [0, 0, 0];
    for (i, j) in pairs(n_neurons) {
        let n = masks.iter().filter(|mask| mask[i] && mask[j]).count();
        observed += n;
        never += usize::from(n == 0);
        once += usize::from(n == 1);
    }
    let all = n_pairs(n_neurons) * masks.len();
    let summary = summary.number("share of masked pairs", 1.0 - observed as f64 / all as f64, Unit::ONE);
    if masks.len() < 2 || never + once == 0 {
        return summary;
    }
    summary.warn(format!(
        "{} of {} pairs are observed in fewer than 2 recordings ({never} in none): what is found of them rests on one \
         animal or on nothing; raise `min_worms`",
        never + once,
        n_pairs(n_neurons)
    ))
}

/// Neurons that never change.
fn still(roots: &[Array2<f64>], chosen: &Chosen) -> Option<String> {
    let is_still = |neuron: &usize| {
        !roots.iter().any(|roots| roots.row(*neuron).iter().any(|&h| !h.is_nan() && h != 0.0))
    };
    let still: Vec<usize> = (0..chosen.neurons.len()).filter(is_still).collect();
    let names = listing(still.iter().filter_map(|&neuron| chosen.neurons.get(neuron)));
    (!still.is_empty()).then(|| {
        format!("{} neurons never change beyond the threshold in any recording: {names}", still.len())
    })
}

/// `a, b, c`, cut after a dozen.
fn listing<'a>(names: impl Iterator<Item = &'a String>) -> String {
    let names: Vec<&str> = names.map(String::as_str).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => names.join(", "),
        rest => format!("{} and {rest} more", names[..SHOWN].join(", ")),
    }
}
