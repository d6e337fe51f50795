//! The strip of a movie.

use neuroloom_core::Figure;
use neuroloom_core::figure::{Axis, Content, Lines, Panel, Series};

use crate::Rdm;
use crate::steps::figures::rdm_panel;

/// Frames of the strip.
const FRAMES: usize = 8;
/// Curves at most.
const CURVES: usize = 12;

/// A movie of one group.
pub(super) struct Film {
    pub name: String,
    pub unit: String,
    pub times_s: Vec<f64>,
    pub rdms: Vec<Rdm>,
}

/// Mean dissimilarity over time of all groups, and frames of the first.
pub(super) fn strip(films: &[Film]) -> Figure {
    let caption = "Mean dissimilarity of all pairs of conditions over time, and RDMs at times evenly spread over the movie \
                   of the first group of neurons; all frames share their colours' meaning, not their range.";
    let mut figure = Figure::new("movie", "RDMs over time", caption);
    let unit = films.first().map_or("1", |film| film.unit.as_str());
    figure = figure.panel(Panel {
        title: "mean dissimilarity".to_owned(),
        x: Axis::new("time from event (s)"),
        y: Axis::new(format!("mean dissimilarity ({unit})")),
        content: Content::Lines(Lines { series: films.iter().take(CURVES).map(curve).collect() }),
    });
    let Some(film) = films.first() else { return figure };
    let n_frames = FRAMES.min(film.rdms.len());
    for frame in 0..n_frames {
        let bin = frame * film.rdms.len() / n_frames;
        figure = figure.panel(still(film, bin));
    }
    figure
}

fn curve(film: &Film) -> Series {
    let mean = |rdm: &Rdm| neuroloom_math::mean(rdm.dissimilarities());
    Series { name: film.name.clone(), x: film.times_s.clone(), y: film.rdms.iter().map(mean).collect() }
}

fn still(film: &Film, bin: usize) -> Panel {
    let title = format!("{} at {:.3} s", film.name, film.times_s[bin]);
    rdm_panel(title, &film.rdms[bin], format!("dissimilarity ({})", film.unit))
}
