//! Matrices as images of bounded size.

use neuroloom_core::figure::{Axis, ColourScale, Content, Heatmap, Panel};

/// Rows or columns of an image at most.
pub(super) const MOST: usize = 600;

/// A matrix of `n_rows` rows, given row by row.
pub(super) fn image(
    title: &str,
    axes: [&str; 2],
    row_labels: Vec<String>,
    rows: Vec<Vec<f64>>,
    colour_label: &str,
) -> Panel {
    let (n_rows, n_columns) = (rows.len(), rows.first().map_or(0, Vec::len));
    Panel {
        title: title.into(),
        x: Axis::new(axes[0]),
        y: Axis::new(axes[1]),
        content: Content::Heatmap(Heatmap {
            n_rows,
            n_columns,
            values: rows.concat(),
            row_labels,
            column_labels: Vec::new(),
            colour_label: colour_label.into(),
            scale: ColourScale::Sequential,
        }),
    }
}

/// How many values share a column of an image, so that there are not too many.
pub(super) fn stretch(n: usize) -> usize {
    n.div_ceil(MOST).max(1)
}

/// Means of every `stretch` values; of those that are not NaN.
pub(super) fn averaged(values: &[f64], stretch: usize) -> Vec<f64> {
    let mean = |part: &[f64]| {
        let seen = part.iter().filter(|value| !value.is_nan());
        let (sum, n) = seen.fold((0.0, 0), |(sum, n), value| (sum + value, n + 1));
        if n == 0 { f64::NAN } else { sum / f64::from(n) }
    };
    values.chunks(stretch.max(1)).map(mean).collect()
}
