//! Several encoders as one.

use std::ops::Range;

use neuroloom_core::{Error, Result};

use super::Encoder;
use crate::real::Real;
use crate::stimulus::StimulusShape;

/// The mean response of several encoders of the same neurons: what one of them alone makes up counts less.
#[derive(Clone, Debug)]
pub struct Ensemble<E> {
    members: Vec<E>,
}

/// What a response of [`Ensemble`] leaves behind.
#[derive(Clone, Debug)]
pub struct EnsembleTape<F, T> {
    members: Vec<T>,
    /// Of one member: responses.
    responses: Vec<F>,
    /// Of one member: the gradient with respect to the stimulus.
    gradient: Vec<F>,
}

impl<E> Ensemble<E> {
    /// The mean of `members`.
    ///
    /// # Errors
    /// When there is none, or they differ in the shape of their stimuli or in their number of neurons.
    pub fn new<F: Real>(members: Vec<E>) -> Result<Self>
    where
        E: Encoder<F>,
    {
        let Some(first) = members.first() else {
            return Err(Error::params("an ensemble has no encoders").expected("at least 1").found("0"));
        };
        for (k, member) in members.iter().enumerate() {
            let (expected, found) = (first.shape(), member.shape());
            if found != expected || member.n_units() != first.n_units() {
                let told = |shape: StimulusShape, n_units: usize| {
                    let StimulusShape { channels, frames, height, width } = shape;
                    format!("{channels} channels, {frames} frames of {height} x {width}, {n_units} neurons")
                };
                return Err(Error::params("the encoders of an ensemble differ in shape")
                    .at_object(format!("encoder {k}"))
                    .expected(format!("{}, as the first", told(expected, first.n_units())))
                    .found(told(found, member.n_units())));
            }
        }
        Ok(Self { members })
    }

    fn share<F: Real>(&self) -> F {
        F::from_f64(1.0 / self.members.len() as f64)
    }
}

impl<F: Real, E: Encoder<F>> Encoder<F> for Ensemble<E> {
    type Tape = EnsembleTape<F, E::Tape>;

    fn shape(&self) -> StimulusShape {
        self.members[0].shape()
    }

    fn n_units(&self) -> usize {
        self.members[0].n_units()
    }

    fn frames(&self) -> Range<usize> {
        let ranges = self.members.iter().map(Encoder::frames);
        ranges.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end)).unwrap_or_default()
    }

    fn name(&self) -> &'static str {
        "ensemble"
    }

    fn tape(&self) -> Self::Tape {
        EnsembleTape {
            members: self.members.iter().map(Encoder::tape).collect(),
            responses: vec![F::zero(); self.n_units()],
            gradient: vec![F::zero(); self.shape().len()],
        }
    }

    fn respond(&self, stimulus: &[F], tape: &mut Self::Tape, responses: &mut [F]) {
        responses.fill(F::zero());
        let EnsembleTape { members: tapes, responses: own, .. } = tape;
        for (member, tape) in self.members.iter().zip(tapes) {
            member.respond(stimulus, tape, own);
            add(responses, own);
        }
        scale(responses, self.share());
    }

    fn vjp(&self, cotangent: &[F], tape: &mut Self::Tape, gradient: &mut [F]) {
        gradient.fill(F::zero());
        let EnsembleTape { members: tapes, gradient: own, .. } = tape;
        for (member, tape) in self.members.iter().zip(tapes) {
            member.vjp(cotangent, tape, own);
            add(gradient, own);
        }
        scale(gradient, self.share());
    }

    fn select(&self, units: &[usize]) -> Self {
        Self { members: self.members.iter().map(|member| member.select(units)).collect() }
    }
}

fn add<F: Real>(sum: &mut [F], values: &[F]) {
    sum.iter_mut().zip(values).for_each(|(sum, &value)| *sum += value);
}

fn scale<F: Real>(values: &mut [F], factor: F) {
    values.iter_mut().for_each(|value| *value *= factor);
}
