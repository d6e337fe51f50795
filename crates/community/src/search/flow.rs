//! What runs between two nodes or groups.

/// Edges and the values of the weight model, and their changes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Flow {
    /// Edges of the graph.
    pub(crate) m: i32,
    /// Values that the weight model sees.
    pub(crate) count: i32,
    /// Their sum.
    pub(crate) sum: f64,
    /// The sum of their squares.
    pub(crate) squares: f64,
}

impl Flow {
    #[inline]
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            m: self.m + other.m,
            count: self.count + other.count,
            sum: self.sum + other.sum,
            squares: self.squares + other.squares,
        }
    }

    #[inline]
    pub(crate) fn minus(self, other: Self) -> Self {
        Self {
            m: self.m - other.m,
            count: self.count - other.count,
            sum: self.sum - other.sum,
            squares: self.squares - other.squares,
        }
    }

    /// Without the rounding that a pair keeps when its last edge leaves.
    #[inline]
    pub(crate) fn settled(self) -> Self {
        if self.m == 0 { Self::default() } else { self }
    }

    /// What the level above sees when a pair changes from `old` to `new`: each non-empty pair is one value.
    #[inline]
    pub(crate) fn lifted(old: Self, new: Self) -> Self {
        Self {
            m: new.m - old.m,
            count: i32::from(new.m > 0) - i32::from(old.m > 0),
            sum: new.sum - old.sum,
            squares: new.sum * new.sum - old.sum * old.sum,
        }
    }
}
