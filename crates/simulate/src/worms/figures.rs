//! What the report shows of simulated worms.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, ColourScale, Content, Heatmap, Panel};

use super::tables::{neuron_names, worm_ids};
use super::{Animal, Motif, WormsParams};

/// Columns of the image of traces at most.
const COLUMNS: usize = 800;

/// The traces of the first animal as an image, a row per neuron.
pub(super) fn traces(params: &WormsParams, animal: &Animal) -> Figure {
    let stretch = params.n_frames.div_ceil(COLUMNS).max(1);
    let n_columns = params.n_frames.div_ceil(stretch);
    let mean = |frames: &[f32]| frames.iter().map(|&x| f64::from(x)).sum::<f64>() / frames.len() as f64;
    let rows = animal.traces.chunks(params.n_frames.max(1));
    let values = rows.flat_map(|trace| trace.chunks(stretch).map(mean).collect::<Vec<_>>()).collect();
    let image = Heatmap {
        n_rows: params.n_neurons,
        n_columns,
        values,
        row_labels: neuron_names(params),
        column_labels: Vec::new(),
        colour_label: "activity (1)".into(),
        scale: ColourScale::Sequential,
    };
    let caption = "Activity of the first animal. Rows that light up together belong to a motif.";
    Figure::new("traces", "Traces", caption).panel(Panel {
        title: String::new(),
        x: Axis::new(format!("time ({} s)", params.dt_s * stretch as f64)),
        y: Axis::new("neuron"),
        content: Content::Heatmap(image),
    })
}

/// Neurons and animals of every motif.
pub(super) fn motifs(params: &WormsParams, motifs: &[Motif]) -> Figure {
    let caption =
        "What was planted: the weight of every neuron and the gain in every animal, a row per motif.";
    let neurons = motifs.iter().map(|motif| motif.neurons.as_slice());
    let worms = motifs.iter().map(|motif| motif.worms.as_slice());
    Figure::new("motifs", "Planted motifs", caption)
        .panel(membership("neurons", &neuron_names(params), neurons, "weight (1)"))
        .panel(membership("animals", &worm_ids(params), worms, "gain (1)"))
}

fn membership<'a>(
    title: &str,
    names: &[String],
    motifs: impl Iterator<Item = &'a [(usize, f64)]>,
    colour_label: &str,
) -> Panel {
    let mut values = Vec::new();
    let mut row_labels = Vec::new();
    for (number, members) in motifs.enumerate() {
        let mut row = vec![0.0; names.len()];
        for &(member, weight) in members {
            if let Some(place) = row.get_mut(member) {
                *place = weight;
            }
        }
        values.extend(row);
        row_labels.push(number.to_string());
    }
    Panel {
        title: title.into(),
        x: Axis::new(title),
        y: Axis::new("motif"),
        content: Content::Heatmap(Heatmap {
            n_rows: row_labels.len(),
            n_columns: names.len(),
            values,
            row_labels,
            column_labels: names.to_vec(),
            colour_label: colour_label.into(),
            scale: ColourScale::Sequential,
        }),
    }
}
