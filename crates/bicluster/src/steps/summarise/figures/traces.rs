//! Latents over time, and chains over sweeps.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, Content, Lines, Panel, Series};

use super::figure_name;
use super::image::stretch;
use crate::steps::summarise::draws::{Draws, ScalarOf};
use crate::steps::summarise::step::Summarised;
use crate::{Interval, PosteriorLatents};

/// Clusters that are shown at most.
const MOST_CLUSTERS: usize = 12;

/// Latents of every cluster with their intervals.
pub(super) fn latents(found: &Summarised, of: &PosteriorLatents) -> Figure {
    let caption = "Latents that the neurons of a cluster share, posterior mean with the ends of the 95 % highest-density \
                   interval. `baseline` moves all neurons alike, the others each by its loadings.";
    let every = stretch(found.recording.bins.len());
    let x: Vec<f64> = found.recording.bins.iter().step_by(every).map(|bin| bin.start_s).collect();
    let panel = |cluster: usize, latent: usize| {
        let course = of.latent(cluster, latent);
        let series = |name: &str, part: fn(&Interval) -> f64| Series {
            name: name.into(),
            x: x.clone(),
            y: course.iter().step_by(every).map(part).collect(),
        };
        let name = if latent == 0 { "baseline".to_owned() } else { format!("latent {latent}") };
        Panel {
            title: format!("cluster {cluster}, {name}"),
            x: Axis::new("time (s)"),
            y: Axis::new("latent (1)"),
            content: Content::Lines(Lines {
                series: vec![
                    series("mean", |interval| interval.mean),
                    series("95 % low", |interval| interval.low),
                    series("95 % high", |interval| interval.high),
                ],
            }),
        }
    };
    let mut figure = Figure::new(figure_name("latents", found), "Latents of the clusters", caption);
    for cluster in 0..of.n_clusters().min(MOST_CLUSTERS) {
        for latent in 0..=of.n_latents() {
            figure = figure.panel(panel(cluster, latent));
        }
    }
    figure
}

/// Log likelihood, clusters and states of every chain.
pub(super) fn chains(found: &Summarised, draws: &Draws) -> Figure {
    let caption = "Every chain over its sweeps. Chains that have converged cover the same range and cannot be told apart.";
    let scalars: [(&str, ScalarOf); 3] = [
        ("log likelihood (nat)", |chain| &chain.log_lik_train),
        ("clusters (1)", |chain| &chain.n_clusters),
        ("states (1)", |chain| &chain.n_states),
    ];
    let figure = Figure::new(figure_name("chains", found), "Chains", caption);
    scalars.into_iter().fold(figure, |figure, (label, of)| {
        let series = draws.chains.iter().map(|(number, chain)| {
            let every = stretch(chain.sweeps.len());
            Series {
                name: format!("chain {number}"),
                x: chain.sweeps.iter().copied().step_by(every).collect(),
                y: of(chain).iter().copied().step_by(every).collect(),
            }
        });
        figure.panel(Panel {
            title: String::new(),
            x: Axis::new("sweep"),
            y: Axis::new(label),
            content: Content::Lines(Lines { series: series.collect() }),
        })
    })
}
