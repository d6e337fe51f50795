use std::fmt;

use neuroloom_core::Seed;
use rand::RngExt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Cell;

/// What a geo-topological transform is sensitive to, by its thresholds (Lin & Kriegeskorte, as in their program).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Small distances: the mean of the thresholds is at most 0.2.
    Local,
    /// Large distances: the mean of the thresholds is at least 0.8.
    Global,
    /// Distances of all sizes: the thresholds are at least 0.8 apart.
    Geometry,
    /// Who is whose neighbour: both thresholds lie in `[0.4, 0.6]`.
    Topology,
    /// None of these.
    Intermediate,
}

impl Class {
    /// All classes, in the order in which a cell is tried.
    pub const ALL: [Self; 5] =
        [Self::Local, Self::Global, Self::Geometry, Self::Topology, Self::Intermediate];

    /// The class of a cell: the first that it fits, to 0.001.
    pub fn of(cell: Cell) -> Self {
        const TOLERANCE: f64 = 1e-3;
        let (l, u) = (cell.l(), cell.u());
        let centre = (l + u) / 2.0;
        if centre <= 0.2 + TOLERANCE {
            Self::Local
        } else if centre >= 0.8 - TOLERANCE {
            Self::Global
        } else if u - l >= 0.8 - TOLERANCE {
            Self::Geometry
        } else if l >= 0.4 - TOLERANCE && u <= 0.6 + TOLERANCE {
            Self::Topology
        } else {
            Self::Intermediate
        }
    }

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Global => "global",
            Self::Geometry => "geometry",
            Self::Topology => "topology",
            Self::Intermediate => "intermediate",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// `per_class` random cells of every class, in the order of [`Class::ALL`]: two uniform numbers, sorted and rounded to two
/// decimals, the upper one raised by 0.00001 so that the thresholds differ; drawn until every class is full. Unlike in the published program a
/// cell that was drawn already is drawn anew, and so is one whose thresholds are both 1.
pub fn random_cells(seed: Seed, per_class: usize) -> [(Class, Vec<Cell>); 5] {
    let mut rng = seed.rng();
    let mut drawn = Class::ALL.map(|class| (class, Vec::with_capacity(per_class)));
    while drawn.iter().any(|(_, cells)| cells.len() < per_class) {
        let (a, b): (f64, f64) = (rng.random(), rng.random());
        let Some(cell) = rounded(a.min(b), a.max(b)) else { continue };
        let class = Class::of(cell);
        for (_, cells) in drawn.iter_mut().filter(|(of, cells)| *of == class && cells.len() < per_class) {
            if !cells.contains(&cell) {
                cells.push(cell);
            }
        }
    }
    drawn
}

/// None where nothing lies between the thresholds.
fn rounded(low: f64, high: f64) -> Option<Cell> {
    let l = (100.0 * low).round() / 100.0;
    // From integers, so that the number is the one that its decimals say.
    let u = (((100.0 * high).round() * 1000.0 + 1.0) / 1e5).min(1.0);
    (l < u).then(|| Cell::ordered(l, u))
}

/// The published grid: `l` from 0 to 0.95 and `u` from above `l` to 1 in steps of 0.05, 210 cells, by `l`, then by `u`.
/// Of finer grids cells with `l + u <= 0.01` or `>= 1.99` would be left out; of this one there are none.
pub fn grid() -> Vec<Cell> {
    const STEPS: usize = 20;
    let quantile = |step: usize| step as f64 / STEPS as f64;
    let of = |l: usize| (l + 1..=STEPS).map(move |u| Cell::ordered(quantile(l), quantile(u)));
    (0..STEPS).flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_fall_into_the_first_class_that_fits() {
        let of = |l, u| Class::of(Cell::new(l, u).unwrap());
        assert_eq!(of(0.0, 0.4), Class::Local);
        assert_eq!(of(0.6, 1.0), Class::Global);
        assert_eq!(of(0.0, 0.8), Class::Geometry);
        assert_eq!(of(0.2, 1.0), Class::Geometry);
        assert_eq!(of(0.4, 0.6), Class::Topology);
        assert_eq!(of(0.2, 0.8), Class::Intermediate);
        // 0.001 of tolerance.
        assert_eq!([of(0.2, 0.201), of(0.2, 0.203)], [Class::Local, Class::Intermediate]);
    }

    #[test]
    fn the_grid_has_210_cells() {
        let cells = grid();
        assert_eq!(cells.len(), 210);
        assert!(cells.contains(&Cell::DEFAULT) && cells.contains(&Cell::ordered(0.1, 0.2)));
        assert!(cells.iter().all(|cell| cell.l() < cell.u() && cell.l() + cell.u() < 1.99));
    }

    #[test]
    fn random_cells_are_of_their_class_and_distinct() {
        let drawn = random_cells(Seed::root(3), 30);
        for (class, cells) in &drawn {
            assert_eq!(cells.len(), 30);
            assert!(cells.iter().all(|&cell| Class::of(cell) == *class && cell.l() < cell.u()));
            let is_new = |(i, cell): (usize, &Cell)| !cells[..i].contains(cell);
            assert!(cells.iter().enumerate().all(is_new));
        }
        assert_eq!(drawn, random_cells(Seed::root(3), 30));
        assert_ne!(drawn, random_cells(Seed::root(4), 30));
    }

    #[test]
    fn thresholds_have_two_decimals() {
        let cell = rounded(0.123, 0.457).unwrap();
        assert_eq!(format!("{} {}", cell.l(), cell.u()), "0.12 0.46001");
        assert_eq!(rounded(0.999, 0.9999), None);
    }
}
