//! The key of a colour scale, right of the axes.

use super::axes::{LABEL_SIZE, TICK_SIZE};
use super::scale::Scale;
use crate::colour::ColourMap;
use crate::png;
use crate::svg::{Anchor, Canvas, Text};
use crate::text;

const DISTANCE: f64 = 14.0;
const WIDTH: f64 = 13.0;
const TALLEST: f64 = 220.0;

/// A colour bar and what its colours mean.
#[derive(Clone, Debug)]
pub(super) struct ColourBar {
    pub(super) map: ColourMap,
    /// What the colour means, with its unit.
    pub(super) label: String,
}

impl ColourBar {
    /// Draws it beside axes of `size` pixels and returns the width it took.
    pub(super) fn draw(&self, canvas: &mut Canvas, size: (f64, f64)) -> f64 {
        let height = size.1.min(TALLEST);
        let (x, top) = (size.0 + DISTANCE, (size.1 - height) / 2.0);
        canvas.image((x, top), (WIDTH, height), &self.gradient(), true);
        let scale = Scale::numbers((self.map.min, self.map.max), height, 42.0, &self.label);
        let mut widest: f64 = 0.0;
        for tick in &scale.ticks {
            let y = top + (1.0 - scale.fraction(tick.at)) * height;
            canvas.line(
                (x + WIDTH, y),
                (x + WIDTH + 3.5, y),
                r#"stroke="currentColor" stroke-opacity="0.75""#,
            );
            canvas.text(Text::new(&tick.label, x + WIDTH + 6.5, y + 3.9, TICK_SIZE));
            widest = widest.max(text::width(&tick.label, TICK_SIZE));
        }
        let mut used = DISTANCE + WIDTH + 8.0 + widest;
        let label = format!("{}{}", self.label, scale.suffix);
        for line in text::wrap(&label, size.1 + 20.0, LABEL_SIZE, 3) {
            used += 15.0;
            let place = Text::new(&line, size.0 + used - 1.0, size.1 / 2.0, LABEL_SIZE);
            canvas.text(place.anchor(Anchor::Middle).rotate(-90.0));
        }
        used + 3.0
    }

    fn gradient(&self) -> String {
        let levels: Vec<u8> = (0..ColourMap::LEVELS).rev().collect();
        let palette: Vec<_> = (0..ColourMap::LEVELS).map(|level| self.map.colour(level)).collect();
        png::data_uri(1, levels.len(), &levels, &palette)
    }
}
