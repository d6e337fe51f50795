//! Figures as data: a step says what to draw, `neuroloom-report` draws it.
//!
//! Values are `f64`; a NaN is a gap. In JSON a NaN stands as `null`.

use serde::{Deserialize, Serialize};

/// A figure: one panel, or several side by side, under one title.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// File name without ending, unique within the step: `rdm_adn`.
    pub name: String,
    /// Title above the panels.
    pub title: String,
    /// How to read it, in one or two sentences.
    pub caption: String,
    /// The panels, drawn from left to right, then from top to bottom.
    pub panels: Vec<Panel>,
}

impl Figure {
    /// A figure without panels yet.
    pub fn new(name: impl Into<String>, title: impl Into<String>, caption: impl Into<String>) -> Self {
        Self { name: name.into(), title: title.into(), caption: caption.into(), panels: Vec::new() }
    }

    /// Adds a panel.
    #[must_use]
    pub fn panel(mut self, panel: Panel) -> Self {
        self.panels.push(panel);
        self
    }
}

/// One pair of axes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Panel {
    /// Title above the axes; may be empty.
    pub title: String,
    /// Horizontal axis.
    pub x: Axis,
    /// Vertical axis.
    pub y: Axis,
    /// What is drawn.
    pub content: Content,
}

/// An axis with its unit in the label: `head direction (rad)`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// Label with the unit in parentheses.
    pub label: String,
}

impl Axis {
    /// An axis called `label`.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into() }
    }
}

/// What a panel shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    /// An image of a matrix, row 0 at the top, with a colour bar.
    Heatmap(Heatmap),
    /// Points, optionally joined and coloured by a value.
    Scatter(Scatter),
    /// Curves.
    Lines(Lines),
    /// Bars with optional error bars.
    Bars(Bars),
    /// Bars with bands behind them and marks above.
    MarkedBars(MarkedBars),
    /// Event times, a row each.
    Raster(Raster),
}

/// An image of a matrix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heatmap {
    /// Number of rows.
    pub n_rows: usize,
    /// Number of columns.
    pub n_columns: usize,
    /// Values, row-major, `n_rows * n_columns`.
    #[serde(with = "gaps")]
    pub values: Vec<f64>,
    /// Labels of the rows, or empty.
    pub row_labels: Vec<String>,
    /// Labels of the columns, or empty.
    pub column_labels: Vec<String>,
    /// What the colour means, with its unit.
    pub colour_label: String,
    /// Colour scale.
    pub scale: ColourScale,
}

/// How values become colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColourScale {
    /// Dark to light, minimum to maximum.
    Sequential,
    /// Blue over white at 0 to red.
    Diverging,
    /// A colour circle: the two ends meet, as for angles.
    Circular,
}

/// Points in the plane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scatter {
    /// Horizontal positions.
    #[serde(with = "gaps")]
    pub x: Vec<f64>,
    /// Vertical positions.
    #[serde(with = "gaps")]
    pub y: Vec<f64>,
    /// A value per point that becomes its colour, or empty.
    #[serde(with = "gaps")]
    pub colour: Vec<f64>,
    /// What the colour means, with its unit.
    pub colour_label: String,
    /// Colour scale.
    pub scale: ColourScale,
    /// A label per point, or empty.
    pub labels: Vec<String>,
    /// Whether consecutive points are joined by a line (and the last with the first).
    pub closed_path: bool,
    /// Whether both axes have the same scale.
    pub equal_axes: bool,
}

/// Curves in one panel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lines {
    /// The curves.
    pub series: Vec<Series>,
}

/// One curve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Its name in the legend; empty for none.
    pub name: String,
    /// Horizontal positions, ascending.
    #[serde(with = "gaps")]
    pub x: Vec<f64>,
    /// Vertical positions.
    #[serde(with = "gaps")]
    pub y: Vec<f64>,
}

/// Bars, in groups where there are several series.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bars {
    /// A label per group of bars.
    pub groups: Vec<String>,
    /// One bar per group and series.
    pub series: Vec<BarSeries>,
}

/// Bars before what they are to be judged by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MarkedBars {
    /// The bars.
    #[serde(flatten)]
    pub bars: Bars,
    /// Ranges that are shaded over the whole width.
    #[serde(default)]
    pub bands: Vec<Band>,
    /// A few characters above every group, as `*`; or empty.
    #[serde(default)]
    pub marks: Vec<String>,
}

/// A range of values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// Its name in the legend.
    pub name: String,
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

/// The bars of one colour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BarSeries {
    /// Its name in the legend.
    pub name: String,
    /// A height per group.
    #[serde(with = "gaps")]
    pub values: Vec<f64>,
    /// Half-length of the error bar per group, or empty.
    #[serde(with = "gaps")]
    pub errors: Vec<f64>,
}

/// Event times.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Raster {
    /// A label per row.
    pub labels: Vec<String>,
    /// Event times per row, on the horizontal axis.
    pub events: Vec<Vec<f64>>,
}

/// NaN and infinities as `null`, which JSON can say.
mod gaps {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(values: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(|value| value.is_finite().then_some(*value)))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<f64>, D::Error> {
        let values = Vec::<Option<f64>>::deserialize(deserializer)?;
        Ok(values.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect())
    }
}
