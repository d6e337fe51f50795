//! The names of series, in rows above the axes.

use crate::colour::Rgb;
use crate::svg::{Canvas, Text};
use crate::text;

const SIZE: f64 = 11.5;
/// Longest name, pixels.
const NAME_ROOM: f64 = 170.0;
const SWATCH: f64 = 20.0;
const GAP: f64 = 14.0;
/// Names beyond these are counted, not listed.
const MOST: usize = 20;

/// Named series.
#[derive(Clone, Debug, Default)]
pub(super) struct Legend {
    /// The entries; those without a name are left out.
    pub(super) entries: Vec<Entry>,
}

/// A name and how its series is drawn.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) colour: Option<Rgb>,
    /// Dashes of a line; none for a filled square.
    pub(super) dashes: Option<&'static str>,
}

/// An entry and its horizontal place.
pub(super) struct Placed {
    entry: Entry,
    x: f64,
}

impl Legend {
    /// The entries in rows of at most `width` pixels.
    pub(super) fn rows(&self, width: f64) -> Vec<Vec<Placed>> {
        let mut rows: Vec<Vec<Placed>> = Vec::new();
        let mut x = 0.0;
        let listed = self.listed();
        let room = |entry: &Entry| SWATCH + text::width(&entry.name, SIZE);
        let one_row = listed.iter().map(|entry| room(entry) + GAP).sum::<f64>() - GAP <= width;
        // Several rows stand in columns.
        let column = listed.iter().map(room).fold(0.0, f64::max);
        for entry in listed {
            let needed = if one_row { room(&entry) } else { column };
            if rows.is_empty() || x + needed > width {
                rows.push(Vec::new());
                x = 0.0;
            }
            if let Some(row) = rows.last_mut() {
                row.push(Placed { entry, x });
            }
            x += needed + GAP;
        }
        rows
    }

    /// Draws rows from `top` down.
    pub(super) fn draw(&self, canvas: &mut Canvas, rows: &[Vec<Placed>], top: f64) {
        for (i, row) in rows.iter().enumerate() {
            let y = top + 12.0 + 17.0 * i as f64;
            for placed in row {
                draw_entry(canvas, placed, y);
            }
        }
    }

    fn listed(&self) -> Vec<Entry> {
        let named: Vec<Entry> = self.entries.iter().filter(|entry| !entry.name.is_empty()).cloned().collect();
        let more = named.len().saturating_sub(MOST);
        let shortened = |entry: Entry| Entry { name: text::shorten(&entry.name, NAME_ROOM, SIZE), ..entry };
        let mut listed: Vec<Entry> = named.into_iter().take(MOST).map(shortened).collect();
        if more > 0 {
            listed.push(Entry { name: format!("and {more} more"), colour: None, dashes: None });
        }
        listed
    }
}

fn draw_entry(canvas: &mut Canvas, placed: &Placed, y: f64) {
    let (entry, x) = (&placed.entry, placed.x);
    match (entry.colour, entry.dashes) {
        (Some(colour), Some(dashes)) => {
            let style = format!(r#"stroke="{colour}" stroke-width="2.2" {dashes}"#);
            canvas.line((x, y - 4.0), (x + 15.0, y - 4.0), style);
        }
        (Some(colour), None) => {
            canvas.rect((x + 3.0, y - 9.0), (10.0, 10.0), format!(r#"fill="{colour}" rx="1.5""#));
        }
        _ => {}
    }
    canvas.text(Text::new(&entry.name, x + SWATCH, y, SIZE));
}
