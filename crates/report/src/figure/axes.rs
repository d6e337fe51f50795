//! The frame around what a panel shows: title, legend, axes, labels.

use neuroloom_core::figure::Panel;

use super::colour_bar::ColourBar;
use super::legend::Legend;
use super::scale::Scale;
use crate::svg::{Anchor, Canvas, Text};
use crate::text;

pub(super) const TICK_SIZE: f64 = 11.0;
pub(super) const LABEL_SIZE: f64 = 12.5;
const PANEL_TITLE_SIZE: f64 = 13.0;
/// Longest tick label, pixels.
const TICK_ROOM: f64 = 150.0;
/// Slope of tick labels that do not fit side by side, degrees.
const SLOPE: f64 = -40.0;
const AXIS: &str = r#"stroke="currentColor" stroke-width="1" stroke-opacity="0.75""#;
const GRID: &str = r#"stroke="currentColor" stroke-width="1" stroke-opacity="0.1""#;

/// A finished panel in its own coordinates.
#[derive(Debug)]
pub(super) struct Sketch {
    pub(super) canvas: Canvas,
    pub(super) width: f64,
    pub(super) height: f64,
    /// Height above the axes.
    pub(super) above: f64,
}

/// Axes of `size` pixels, and what stands around them.
pub(super) struct Axes<'a> {
    pub(super) panel: &'a Panel,
    pub(super) size: (f64, f64),
    pub(super) x: Scale,
    pub(super) y: Scale,
    pub(super) grid: bool,
    pub(super) legend: Legend,
    pub(super) bar: Option<ColourBar>,
    /// What of the data is not shown as it is.
    pub(super) note: String,
}

impl<'a> Axes<'a> {
    /// Plain axes.
    pub(super) fn new(panel: &'a Panel, size: (f64, f64), x: Scale, y: Scale) -> Self {
        let (legend, note) = (Legend::default(), String::new());
        Self { panel, size, x, y, grid: false, legend, bar: None, note }
    }

    /// Horizontal pixel of a value.
    pub(super) fn px(&self, value: f64) -> f64 {
        self.x.fraction(value) * self.size.0
    }

    /// Vertical pixel of a value.
    pub(super) fn py(&self, value: f64) -> f64 {
        (1.0 - self.y.fraction(value)) * self.size.1
    }

    /// Puts the frame around `marks`, which are in pixels from the top left corner of the axes.
    pub(super) fn finish(self, marks: &Canvas) -> Sketch {
        let mut inner = Canvas::default();
        self.draw_grid(&mut inner);
        inner.append(marks);
        self.draw_spines(&mut inner);
        let left = self.draw_y(&mut inner);
        let (below, overhang_left, overhang_right) = self.draw_x(&mut inner);
        let bar = self.bar.as_ref().map_or(0.0, |bar| bar.draw(&mut inner, self.size));
        let right = bar.max(overhang_right);
        let above = self.draw_heading(&mut inner, self.size.0 + bar);
        let left = left.max(overhang_left);
        let mut canvas = Canvas::default();
        canvas.place((left, above), &inner);
        Sketch { canvas, width: left + self.size.0 + right, height: above + self.size.1 + below, above }
    }

    fn draw_grid(&self, canvas: &mut Canvas) {
        if self.grid {
            for tick in &self.y.ticks {
                let y = self.py(tick.at);
                canvas.line((0.0, y), (self.size.0, y), GRID);
            }
        }
    }

    fn draw_spines(&self, canvas: &mut Canvas) {
        let (width, height) = self.size;
        canvas.line((0.0, height), (width, height), AXIS);
        canvas.line((0.0, 0.0), (0.0, height), AXIS);
    }

    /// Draws what stands left of the axes and returns its width.
    fn draw_y(&self, canvas: &mut Canvas) -> f64 {
        let mut widest: f64 = 0.0;
        for tick in &self.y.ticks {
            let y = self.py(tick.at);
            if !self.y.named {
                canvas.line((-4.0, y), (0.0, y), AXIS);
            }
            let label = text::shorten(&tick.label, TICK_ROOM, TICK_SIZE);
            widest = widest.max(text::width(&label, TICK_SIZE));
            canvas.text(Text::new(&label, -7.0, y + 3.9, TICK_SIZE).anchor(Anchor::End));
        }
        let label = format!("{}{}", self.panel.y.label, self.y.suffix);
        let lines = text::wrap(&label, self.size.1 + 20.0, LABEL_SIZE, 3);
        let inner = if widest > 0.0 { widest + 9.0 } else { 4.0 };
        for (i, line) in lines.iter().rev().enumerate() {
            let (x, y) = (-(inner + 6.0 + 15.0 * i as f64), self.size.1 / 2.0);
            canvas.text(Text::new(line, x, y, LABEL_SIZE).anchor(Anchor::Middle).rotate(-90.0));
        }
        inner + if lines.is_empty() { 2.0 } else { 6.0 + 15.0 * lines.len() as f64 }
    }

    /// Draws what stands under the axes; returns its height and how far it reaches beyond their ends.
    fn draw_x(&self, canvas: &mut Canvas) -> (f64, f64, f64) {
        let height = self.size.1;
        if !self.x.named {
            for tick in &self.x.ticks {
                let x = self.px(tick.at);
                canvas.line((x, height), (x, height + 4.0), AXIS);
            }
        }
        let (labels, left, right) = self.draw_x_ticks(canvas);
        let mut y = height + labels;
        let label = format!("{}{}", self.panel.x.label, self.x.suffix);
        for line in text::wrap(&label, self.size.0 + 24.0, LABEL_SIZE, 3) {
            y += 16.0;
            canvas.text(Text::new(&line, self.size.0 / 2.0, y, LABEL_SIZE).anchor(Anchor::Middle));
        }
        for line in text::wrap(&self.note, self.size.0, 10.5, 3) {
            y += 15.0;
            canvas.text(Text::new(&line, 0.0, y, 10.5).muted());
        }
        (y - height + 6.0, left, right)
    }

    /// Tick labels: side by side if they fit, else in several lines, else sloping.
    fn draw_x_ticks(&self, canvas: &mut Canvas) -> (f64, f64, f64) {
        let places: Vec<f64> = self.x.ticks.iter().map(|tick| self.px(tick.at)).collect();
        let room = places.windows(2).filter_map(|pair| Some(pair.get(1)? - pair.first()?));
        let room = room.fold(self.size.0, f64::min) - 6.0;
        let wrapped: Vec<Vec<String>> =
            self.x.ticks.iter().map(|tick| text::wrap(&tick.label, room, TICK_SIZE, 3)).collect();
        let complete = |(tick, lines): (&super::ticks::Tick, &Vec<String>)| {
            lines.join(" ") == tick.label.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        if self.x.ticks.iter().zip(&wrapped).all(complete) {
            self.draw_upright_ticks(canvas, &places, &wrapped)
        } else {
            self.draw_sloping_ticks(canvas, &places)
        }
    }

    fn draw_upright_ticks(
        &self,
        canvas: &mut Canvas,
        places: &[f64],
        labels: &[Vec<String>],
    ) -> (f64, f64, f64) {
        let (mut left, mut right): (f64, f64) = (0.0, 0.0);
        for (&x, lines) in places.iter().zip(labels) {
            for (i, line) in lines.iter().enumerate() {
                let half = text::width(line, TICK_SIZE) / 2.0;
                (left, right) = (left.max(half - x), right.max(x + half - self.size.0));
                let y = self.size.1 + 16.0 + 13.0 * i as f64;
                canvas.text(Text::new(line, x, y, TICK_SIZE).anchor(Anchor::Middle));
            }
        }
        let most = labels.iter().map(Vec::len).max().unwrap_or(0);
        (if most == 0 { 2.0 } else { 6.0 + 13.0 * most as f64 }, left, right)
    }

    fn draw_sloping_ticks(&self, canvas: &mut Canvas, places: &[f64]) -> (f64, f64, f64) {
        let (sin, cos) = SLOPE.abs().to_radians().sin_cos();
        let (mut depth, mut left): (f64, f64) = (0.0, 0.0);
        for (&x, tick) in places.iter().zip(&self.x.ticks) {
            let label = text::shorten(&tick.label, TICK_ROOM, TICK_SIZE);
            let length = text::width(&label, TICK_SIZE);
            (depth, left) = (depth.max(length * sin), left.max(length * cos - x));
            let (x, y) = (x + 3.0, self.size.1 + 13.0);
            canvas.text(Text::new(&label, x, y, TICK_SIZE).anchor(Anchor::End).rotate(SLOPE));
        }
        (depth + 16.0, left, 0.0)
    }

    /// Draws title and legend above the axes and returns their height.
    fn draw_heading(&self, canvas: &mut Canvas, width: f64) -> f64 {
        let titles = text::wrap(&self.panel.title, width, PANEL_TITLE_SIZE, 3);
        let entries = self.legend.rows(width);
        let legend_height = if entries.is_empty() { 0.0 } else { 17.0 * entries.len() as f64 + 6.0 };
        self.legend.draw(canvas, &entries, -legend_height);
        let title_height = if titles.is_empty() { 0.0 } else { 17.0 * titles.len() as f64 + 5.0 };
        for (i, line) in titles.iter().enumerate() {
            let y = -legend_height - title_height + 13.0 + 17.0 * i as f64;
            canvas.text(Text::new(line, 0.0, y, PANEL_TITLE_SIZE).bold());
        }
        (title_height + legend_height).max(6.0)
    }
}

/// A panel of `size` pixels in which there is nothing to draw.
pub(super) fn empty(panel: &Panel, size: (f64, f64)) -> Sketch {
    let none = || Scale::names(&[], 0, 1.0, 1.0, "");
    let mut marks = Canvas::default();
    let dashes = r#"fill="none" stroke="currentColor" stroke-opacity="0.25" stroke-dasharray="4 4""#;
    marks.rect((0.0, 0.0), size, dashes);
    let middle = Text::new("no data", size.0 / 2.0, size.1 / 2.0 + 4.0, 12.0);
    marks.text(middle.anchor(Anchor::Middle).muted());
    Axes::new(panel, size, none(), none()).finish(&marks)
}
