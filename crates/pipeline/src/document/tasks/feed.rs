//! Which tasks of a source feed which tasks of a step.

use std::collections::BTreeMap;

use super::spread::Spread;
use crate::document::InputSpec;
use crate::document::axis::{Axis, combinations};
use crate::document::bind::Binding;

/// One input of a step, and where its source's tasks stand in the list of all tasks.
///
/// Tasks of a step stand in the order of the [`combinations`] of its axes, so that each is found by arithmetic: a
/// search among a hundred thousand names would be felt.
pub(super) struct Feed<'a> {
    input: &'a InputSpec,
    first: usize,
    joined: Offsets,
    /// The variants that are collected, one without labels where nothing is.
    collected: Vec<Collected>,
}

struct Collected {
    labels: Vec<(String, String)>,
    offset: usize,
}

impl<'a> Feed<'a> {
    /// How `source` feeds the input of `binding` of the step spread as `to`.
    pub fn new(to: &Spread<'_>, binding: &'a Binding, source: &Spread<'_>) -> Self {
        let collects = |axis: &Axis| to.node.collect.takes(&axis.name);
        let axes: Vec<(&Axis, usize)> = source.axes.iter().copied().zip(strides(&source.axes)).collect();
        let (ended, joined): (Vec<_>, Vec<_>) = axes.into_iter().partition(|(axis, _)| collects(axis));
        Self {
            input: &binding.input,
            first: source.first,
            joined: Offsets::new(&to.axes, &joined),
            collected: collected(&ended),
        }
    }

    /// How many tables come in.
    pub fn width(&self) -> usize {
        self.collected.len()
    }

    /// The connections of the task at `combination` of the axes of its step. `id` gives the id of the task at an index.
    pub fn inputs(
        &self,
        combination: &[usize],
        id: impl Fn(usize) -> Option<String>,
    ) -> Option<Vec<InputSpec>> {
        let base = self.first + self.joined.at(combination);
        let input = |variant: &Collected| {
            let from_task = id(base + variant.offset)?;
            Some(InputSpec { from_task, variant: variant.labels.clone(), ..self.input.clone() })
        };
        self.collected.iter().map(input).collect()
    }
}

/// For all combinations of values on `axes`, their labels and how far that moves the index.
fn collected(axes: &[(&Axis, usize)]) -> Vec<Collected> {
    let only: Vec<&Axis> = axes.iter().map(|(axis, _)| *axis).collect();
    let variant = |combination: Vec<usize>| {
        let mut variant = Collected { labels: Vec::new(), offset: 0 };
        for ((axis, stride), at) in axes.iter().zip(combination) {
            let label = axis.values.get(at).map(|value| value.label.clone()).unwrap_or_default();
            variant.labels.push((axis.name.clone(), label));
            variant.offset += at * stride;
        }
        variant
    };
    combinations(&only).map(variant).collect()
}

/// How far each value on an axis of one list of axes moves the index among the combinations of another.
pub(super) struct Offsets(Vec<(usize, Vec<usize>)>);

impl Offsets {
    /// From a combination of `mine` to the combination of `theirs` with the same labels; each of theirs comes with
    /// its stride. An axis that I lack moves nothing.
    pub fn new(mine: &[&Axis], theirs: &[(&Axis, usize)]) -> Self {
        let offset = |(axis, stride): &(&Axis, usize)| {
            let at = mine.iter().position(|other| other.name == axis.name)?;
            let values = axis.values.iter().enumerate().map(|(index, value)| (value.label.as_str(), index));
            let index: BTreeMap<&str, usize> = values.collect();
            let mine = mine.get(at)?.values.iter();
            Some((at, mine.filter_map(|value| Some(index.get(value.label.as_str())? * stride)).collect()))
        };
        Self(theirs.iter().filter_map(offset).collect())
    }

    /// To all combinations of `theirs`.
    pub fn to_all(mine: &[&Axis], theirs: &[&Axis]) -> Self {
        let axes: Vec<(&Axis, usize)> = theirs.iter().copied().zip(strides(theirs)).collect();
        Self::new(mine, &axes)
    }

    /// The index at `combination` of mine.
    pub fn at(&self, combination: &[usize]) -> usize {
        let offset = |(at, offsets): &(usize, Vec<usize>)| offsets.get(*combination.get(*at)?).copied();
        self.0.iter().filter_map(offset).sum()
    }
}

/// How far one step on each axis moves the index of a combination; the last axis runs fastest.
fn strides(axes: &[&Axis]) -> Vec<usize> {
    let mut strides = vec![1; axes.len()];
    let mut stride: usize = 1;
    for (slot, axis) in strides.iter_mut().zip(axes).rev() {
        *slot = stride;
        stride = stride.saturating_mul(axis.values.len());
    }
    strides
}
