//! Where on a map of features something stands.

/// A rectangle of a map: its first row and column, and how many of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// First row.
    pub y: usize,
    /// First column.
    pub x: usize,
    /// Rows.
    pub height: usize,
    /// Columns.
    pub width: usize,
}

impl Region {
    /// All of a map of so many rows and columns.
    pub fn whole([height, width]: [usize; 2]) -> Self {
        Self { y: 0, x: 0, height, width }
    }

    /// Positions in it.
    pub fn n_positions(self) -> usize {
        self.height * self.width
    }
}

/// Activations between layers: `[position][frame][channel]`, those before the first layer `[channel][position][frame]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    pub region: Region,
    pub frames: usize,
    pub channels: usize,
}

impl Shape {
    /// Values in all.
    pub fn len(&self) -> usize {
        self.region.n_positions() * self.row_len()
    }

    /// Values of a position.
    pub fn row_len(&self) -> usize {
        self.frames * self.channels
    }
}
