//! What the report shows.

mod image;
mod raster;
mod traces;

use neuroloom_core::Figure;

use super::agreement::Known;
use super::draws::Draws;
use super::step::Summarised;
use crate::Counts;

/// All figures of a recording.
pub(super) fn all(
    found: &Summarised,
    draws: &Draws,
    counts: Option<&Counts>,
    known_bins: &Option<Known>,
) -> Vec<Figure> {
    let mut figures = Vec::new();
    figures.extend(counts.map(|counts| raster::raster(found, counts, known_bins.as_ref())));
    figures.push(raster::similarities(found));
    figures.extend(found.latents.as_ref().map(|latents| traces::latents(found, &latents.posterior)));
    figures.push(traces::chains(found, draws));
    figures
}

/// Name of a figure, unique within the step.
fn figure_name(what: &str, found: &Summarised) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    format!("{what}_{}", found.recording.name.chars().map(safe).collect::<String>())
}
