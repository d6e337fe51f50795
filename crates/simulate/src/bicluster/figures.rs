//! What the report shows of a realisation.

use ndarray::ArrayView1;
use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, ColourScale, Content, Heatmap, Lines, Panel, Series};

use super::tables::names;
use super::{BiclusterParams, Simulation};

/// Columns of an image at most.
const COLUMNS: usize = 800;

/// Counts, neurons cluster by cluster, above the states.
pub(super) fn counts(params: &BiclusterParams, simulation: &Simulation) -> Figure {
    let stretch = simulation.states.len().div_ceil(COLUMNS).max(1);
    let n_columns = simulation.states.len().div_ceil(stretch);
    let rows = simulation.counts.outer_iter();
    let values = rows.flat_map(|row| averaged(row.mapv(f64::from).view(), stretch)).collect();
    let states = simulation.states.iter().map(|&state| state as f64);
    let states = states.step_by(stretch).collect();
    let caption = "Counts in bins, neurons cluster by cluster; below, the state of every bin.";
    let time = format!("time ({} s)", params.dt_s * stretch as f64);
    Figure::new("counts", "Simulated counts", caption)
        .panel(image(names(simulation), n_columns, values, "spikes per bin (1)", &time))
        .panel(image(vec!["state".into()], n_columns, states, "state", &time))
}

fn averaged(row: ArrayView1<'_, f64>, stretch: usize) -> Vec<f64> {
    row.to_vec().chunks(stretch).map(|part| part.iter().sum::<f64>() / part.len() as f64).collect()
}

fn image(row_labels: Vec<String>, n_columns: usize, values: Vec<f64>, colour: &str, time: &str) -> Panel {
    let heatmap = Heatmap {
        n_rows: row_labels.len(),
        n_columns,
        values,
        row_labels,
        column_labels: Vec::new(),
        colour_label: colour.into(),
        scale: ColourScale::Sequential,
    };
    Panel { title: String::new(), x: Axis::new(time), y: Axis::new(""), content: Content::Heatmap(heatmap) }
}

/// The latents of every cluster.
pub(super) fn latents(params: &BiclusterParams, simulation: &Simulation) -> Figure {
    let width = simulation.generator.width();
    let caption = "The latents that neurons of a cluster share: the population baseline moves all of them, the others each \
                   by its loadings.";
    let clusters = 0..simulation.generator.n_per.len();
    let panel = |cluster: usize| {
        let column = |latent: usize| simulation.paths.column(cluster * width + latent);
        Panel {
            title: format!("cluster {cluster}"),
            x: Axis::new("time (s)"),
            y: Axis::new("latent (1)"),
            content: Content::Lines(Lines {
                series: (0..width).map(|latent| series(params, latent, column(latent))).collect(),
            }),
        }
    };
    clusters.map(panel).fold(Figure::new("latents", "Latents", caption), Figure::panel)
}

fn series(params: &BiclusterParams, latent: usize, values: ArrayView1<'_, f64>) -> Series {
    let every = values.len().div_ceil(COLUMNS).max(1);
    let places = (0..values.len()).step_by(every);
    Series {
        name: if latent == 0 { "baseline".into() } else { latent.to_string() },
        x: places.clone().map(|bin| bin as f64 * params.dt_s).collect(),
        y: values.iter().copied().step_by(every).collect(),
    }
}
