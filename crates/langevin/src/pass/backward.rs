//! From the objective to the gradient.

use neuroloom_nn::{Linear, Real, Sites};

use super::forward::parts;
use super::{Cotangents, EntryWeights, Pass, rows_by_trial};
use crate::divergence::add_cotangents;
use crate::draws::Draws;
use crate::flow::FlowCotangents;
use crate::model::Model;
use crate::options::DivergenceOptions;
use crate::trial_set::TrialSet;

impl<T: Real> Pass<T> {
    /// Adds to `gradient` that of `entry * likelihood + divergence * divergence` of the last pass, which had the same arguments.
    #[expect(clippy::too_many_arguments, reason = "what went into the forward pass, and what is asked of it")]
    pub fn backward(
        &mut self,
        model: &Model,
        parameters: &[T],
        set: &TrialSet,
        sites: Sites<'_>,
        draws: &Draws,
        divergence: &DivergenceOptions,
        weights: EntryWeights,
        gradient: &mut [T],
    ) {
        self.log_rate_cotangents(model, set, sites, weights.entry);
        self.decoder_backward(model, parameters, sites, draws, gradient);
        if let Some(start) = &model.start {
            self.flow_backward(model, parameters, divergence, weights.divergence, gradient);
            self.start_backward(model, start, parameters, weights.divergence, gradient);
        }
        let Self { u, encoder, h, cotangents, .. } = self;
        model.encoder.backward(parameters, sites, draws.encoder, u, encoder, h, &cotangents.h, gradient);
    }

    fn decoder_backward(
        &mut self,
        model: &Model,
        parameters: &[T],
        sites: Sites<'_>,
        draws: &Draws,
        gradient: &mut [T],
    ) {
        let (dim, width) = (model.options.hidden, model.options.decoder_width());
        let Self { tokens, decoder, decoded, cotangents, .. } = self;
        let d = &mut cotangents.decoded;
        model.readout.backward(parameters, decoded, &cotangents.log_rates, gradient, Some(d));
        model.decoder.backward(parameters, sites, &draws.decoder, tokens, decoder, d, gradient);
        for (by_time, by_trial) in rows_by_trial(self.n_trials, sites.n_steps) {
            let Cotangents { decoded, z, v, h, .. } = &mut *cotangents;
            let token = &decoded[by_trial * width..][..width];
            for (part, values) in token.chunks_exact(dim).zip(parts(model, [z, v, h])) {
                values[by_time * dim..][..dim].copy_from_slice(part);
            }
        }
        if !model.options.decoder_input.has_encoder() {
            cotangents.h.fill(T::ZERO);
        }
    }

    fn flow_backward(
        &mut self,
        model: &Model,
        parameters: &[T],
        divergence: &DivergenceOptions,
        weight: f64,
        gradient: &mut [T],
    ) {
        let n_first = self.n_trials * model.options.hidden;
        let Self { flow, cotangents, drive, h, .. } = self;
        let drive = (!drive.is_empty()).then_some(&drive[..]);
        let Cotangents { z, v, mean, room, .. } = &mut *cotangents;
        mean.fill(T::ZERO);
        room.fill(T::ZERO);
        add_cotangents(
            divergence,
            &model.flow,
            flow,
            drive,
            n_first,
            weight,
            [&mut *v, &mut *mean, &mut *room],
        );
        let mut all = FlowCotangents { z, v, mean };
        model.flow.backward(&model.potential, parameters, self.n_trials, flow, &mut all, gradient);
        if let Some(linear) = &model.drive {
            // The cotangent of a mean is that of the drive, which has one of its own where the prior is the flow.
            mean.iter_mut().zip(&*room).for_each(|(sum, &d)| *sum += d);
            linear.backward(parameters, h, mean, gradient, Some(&mut *room));
            add(&mut cotangents.h, &cotangents.room);
        }
    }

    /// Through the start of the flow: `z = mean + exp(logvar/2) e`.
    fn start_backward(
        &mut self,
        model: &Model,
        linears: &[Linear; 4],
        parameters: &[T],
        weight: f64,
        gradient: &mut [T],
    ) {
        let n = self.n_trials * model.options.hidden;
        let clamp = model.options.logvar_clamp.map(|ends| ends.map(T::from_f64));
        let (weight, half) = (T::from_f64(weight), T::from_f64(0.5));
        let [z_mean, z_logvar, v_mean, v_logvar] = &self.start;
        let Cotangents { z, v, h, room, .. } = &mut self.cotangents;
        let parts = [(z_mean, z_logvar, z), (v_mean, v_logvar, v)];
        let linears = linears.as_chunks::<2>().0.iter();
        let (first, room) = (&self.h[..n], &mut room[..n]);
        let mut d_logvar = vec![T::ZERO; n];
        for (((mean, logvar, d), e), [mean_linear, logvar_linear]) in
            parts.into_iter().zip(&self.noise).zip(linears)
        {
            let d = &mut d[..n];
            for ((((d, d_logvar), &mean), &logvar), &e) in
                d.iter_mut().zip(&mut d_logvar).zip(mean).zip(logvar).zip(e)
            {
                let sd = (half * logvar).exponential();
                let slope = half * (*d * sd * e + weight * (sd * sd - T::ONE));
                let free = clamp.is_none_or(|[low, high]| logvar > low && logvar < high);
                *d_logvar = if free { slope } else { T::ZERO };
                *d += weight * mean;
            }
            through(mean_linear, parameters, first, d, gradient, [&mut h[..n], &mut *room]);
            through(logvar_linear, parameters, first, &d_logvar, gradient, [&mut h[..n], &mut *room]);
        }
    }
}

/// Adds the cotangent of the input of a linear map to `dx`; `room` is overwritten.
fn through<T: Real>(
    linear: &Linear,
    parameters: &[T],
    x: &[T],
    dy: &[T],
    gradient: &mut [T],
    [dx, room]: [&mut [T]; 2],
) {
    linear.backward(parameters, x, dy, gradient, Some(&mut *room));
    add(dx, room);
}

fn add<T: Real>(sum: &mut [T], values: &[T]) {
    sum.iter_mut().zip(values).for_each(|(sum, &value)| *sum += value);
}
