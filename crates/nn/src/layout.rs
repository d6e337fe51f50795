//! Named tensors in one flat vector.

use std::ops::Range;

/// The tensors of a model, one behind the other in a flat vector: of parameters, of a gradient, of moments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    tensors: Vec<TensorSpec>,
    len: usize,
}

/// A tensor of a [`Layout`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TensorSpec {
    /// Its name, unique in the layout.
    pub name: String,
    /// Its shape, row-major.
    pub shape: Vec<usize>,
    /// Where it lies.
    pub segment: Segment,
}

/// Where a tensor lies in a flat vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    start: usize,
    len: usize,
}

impl Layout {
    /// Adds a tensor behind the others.
    pub fn add(&mut self, name: impl Into<String>, shape: &[usize]) -> Segment {
        let segment = Segment { start: self.len, len: shape.iter().product() };
        self.len += segment.len;
        self.tensors.push(TensorSpec { name: name.into(), shape: shape.to_vec(), segment });
        segment
    }

    /// The tensors in their order.
    pub fn tensors(&self) -> &[TensorSpec] {
        &self.tensors
    }

    /// The tensor called `name`.
    pub fn get(&self, name: &str) -> Option<&TensorSpec> {
        self.tensors.iter().find(|tensor| tensor.name == name)
    }

    /// Values of all tensors together.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The tensor that holds the value at `index` of the flat vector.
    pub fn at(&self, index: usize) -> Option<&TensorSpec> {
        self.tensors.iter().find(|tensor| tensor.segment.range().contains(&index))
    }
}

impl Segment {
    /// Its places in the flat vector.
    pub fn range(self) -> Range<usize> {
        self.start..self.start + self.len
    }

    /// Its values.
    ///
    /// # Panics
    /// When `flat` is shorter than the layout.
    pub fn of<T>(self, flat: &[T]) -> &[T] {
        &flat[self.range()]
    }

    /// Its values, to be changed.
    ///
    /// # Panics
    /// When `flat` is shorter than the layout.
    pub fn of_mut<T>(self, flat: &mut [T]) -> &mut [T] {
        &mut flat[self.range()]
    }
}
