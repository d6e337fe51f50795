//! What the report shows of a simulated retina.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, ColourScale, Content, Heatmap, Panel};

use super::battery::{BAR_DIRECTIONS, bar, chirp};
use super::params::RetinaParams;
use super::population::Retina;

/// Frames per column of the images.
const BIN: usize = 4;

/// Mean rates of the types to the chirp and to the bars.
pub(super) fn all(params: &RetinaParams, retina: &Retina) -> Vec<Figure> {
    let grid = params.grid();
    let chirp = type_means(params, retina, &[chirp(grid)]);
    let bars: Vec<_> = (0..BAR_DIRECTIONS).map(|k| bar(grid, k)).collect();
    let bars = type_means(params, retina, &bars);
    let caption = "Mean rate of the cells of every type, without noise, over its largest value.";
    vec![
        Figure::new("chirp", "Responses to the chirp", caption).panel(panel("", chirp)),
        Figure::new("bars", "Responses to bars in 8 directions", caption).panel(panel("", bars)),
    ]
}

fn panel(title: &str, content: Heatmap) -> Panel {
    Panel {
        title: title.into(),
        x: Axis::new(format!("time ({BIN} frames)")),
        y: Axis::new("type"),
        content: Content::Heatmap(content),
    }
}

fn type_means(params: &RetinaParams, retina: &Retina, stimuli: &[ndarray::Array2<f64>]) -> Heatmap {
    let rates: Vec<Vec<Vec<f64>>> =
        stimuli.iter().map(|stimulus| retina.rates(stimulus.view(), true)).collect();
    let (mut values, mut labels, mut n_columns) = (Vec::new(), Vec::new(), 0);
    for (kind, _) in params.counts().into_iter().filter(|(_, count)| *count > 0) {
        let members: Vec<usize> =
            (0..retina.cells.len()).filter(|&k| retina.cells[k].cell_type == kind).collect();
        let row: Vec<f64> = rates.iter().flat_map(|rates| binned_mean(rates, &members)).collect();
        let largest = row.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        n_columns = row.len();
        values.extend(row.into_iter().map(|value| value / largest));
        labels.push(kind.name().to_owned());
    }
    Heatmap {
        n_rows: labels.len(),
        n_columns,
        values,
        row_labels: labels,
        column_labels: Vec::new(),
        colour_label: "rate (of its maximum)".into(),
        scale: ColourScale::Sequential,
    }
}

/// Mean over cells, in bins of frames.
fn binned_mean(rates: &[Vec<f64>], members: &[usize]) -> Vec<f64> {
    let n_frames = rates.first().map_or(0, Vec::len);
    let mut sums = vec![0.0; n_frames.div_ceil(BIN)];
    for rates in members.iter().filter_map(|&member| rates.get(member)) {
        for (sum, bin) in sums.iter_mut().zip(rates.chunks(BIN)) {
            *sum += bin.iter().sum::<f64>() / (bin.len() * members.len()) as f64;
        }
    }
    sums
}
