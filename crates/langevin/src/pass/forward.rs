//! From counts to log rates.

use neuroloom_nn::{CounterStream, Real, Sites};

use super::{Pass, rows_by_trial};
use crate::draws::{Coordinated, Draws};
use crate::model::Model;
use crate::trial_set::TrialSet;

impl<T: Real> Pass<T> {
    /// Log rates of the trials of `sites`, numbers in `set`.
    ///
    /// # Panics
    /// When there are not as many trials as it has room for.
    pub fn forward(
        &mut self,
        model: &Model,
        parameters: &[T],
        set: &TrialSet,
        sites: Sites<'_>,
        draws: &Draws,
    ) {
        self.encode(model, parameters, set, sites, draws);
        self.flow(model, parameters, sites, draws.noise);
        self.decode(model, parameters, sites, draws);
        self.read_out(model, parameters);
    }

    /// Encoder states and what follows from them alone.
    pub fn encode(
        &mut self,
        model: &Model,
        parameters: &[T],
        set: &TrialSet,
        sites: Sites<'_>,
        draws: &Draws,
    ) {
        self.see(model, set, sites, &draws.coordinated);
        let Self { u, encoder, h, .. } = self;
        model.encoder.forward(parameters, sites, draws.encoder, u, encoder, h);
        let first = &h[..self.n_trials * model.options.hidden];
        for (linear, values) in model.start.iter().flatten().zip(&mut self.start) {
            linear.forward(parameters, first, values);
        }
        if let Some([low, high]) = model.options.logvar_clamp {
            let [_, z, _, v] = &mut self.start;
            let clamp = |x: &mut T| *x = x.at_least(T::from_f64(low)).at_most(T::from_f64(high));
            z.iter_mut().chain(v).for_each(clamp);
        }
        if let Some(drive) = &model.drive {
            drive.forward(parameters, h, &mut self.drive);
        }
    }

    /// Positions and velocities; nothing where there are none.
    pub fn flow(&mut self, model: &Model, parameters: &[T], sites: Sites<'_>, noise: CounterStream) {
        if !model.has_latents() {
            return;
        }
        let n = self.n_trials * model.options.hidden;
        let [z_mean, z_logvar, v_mean, v_logvar] = &self.start;
        let starts = [(z_mean, z_logvar, &mut self.flow.z), (v_mean, v_logvar, &mut self.flow.v)];
        for (((mean, logvar, start), e), place) in
            starts.into_iter().zip(&mut self.noise).zip(Draws::START_NOISE)
        {
            for (&trial, row) in sites.trials.iter().zip(e.chunks_exact_mut(model.options.hidden)) {
                noise.normals([0, trial, place], row);
            }
            for (((start, &mean), &logvar), &e) in start[..n].iter_mut().zip(mean).zip(logvar).zip(&*e) {
                *start = mean + (T::from_f64(0.5) * logvar).exponential() * e;
            }
        }
        let drive = (!self.drive.is_empty()).then_some(&self.drive[..]);
        model.flow.forward(&model.potential, parameters, sites, noise, drive, &mut self.flow);
    }

    /// What the readout sees.
    pub fn decode(&mut self, model: &Model, parameters: &[T], sites: Sites<'_>, draws: &Draws) {
        self.tokenise(model, sites);
        let Self { tokens, decoder, decoded, .. } = self;
        model.decoder.forward(parameters, sites, &draws.decoder, tokens, decoder, decoded);
    }

    /// Keeps what the encoder states mean for the decoder: other latents are then decoded by [`decode_latents`](Self::decode_latents).
    pub fn share_encoder(&mut self, model: &Model, parameters: &[T], sites: Sites<'_>) {
        self.tokenise(model, sites);
        model.decoder.share(parameters, 2 * model.options.hidden, &self.tokens, &mut self.shared);
    }

    /// [`decode`](Self::decode) but for rounding, where the encoder states are those that were shared.
    pub fn decode_latents(&mut self, model: &Model, parameters: &[T], sites: Sites<'_>, draws: &Draws) {
        self.tokenise(model, sites);
        let Self { tokens, decoder, decoded, shared, .. } = self;
        let n_own = 2 * model.options.hidden;
        model.decoder.forward_from(
            parameters,
            sites,
            &draws.decoder,
            n_own,
            shared,
            tokens,
            decoder,
            decoded,
        );
    }

    /// Puts what the decoder sees of a bin side by side.
    fn tokenise(&mut self, model: &Model, sites: Sites<'_>) {
        let (dim, width) = (model.options.hidden, model.options.decoder_width());
        let Self { n_trials, tokens, positions, flow, h, .. } = self;
        for (by_time, by_trial) in rows_by_trial(*n_trials, sites.n_steps) {
            let token = &mut tokens[by_trial * width..][..width];
            for (part, values) in token.chunks_exact_mut(dim).zip(parts(model, [&flow.z, &flow.v, h])) {
                part.copy_from_slice(&values[by_time * dim..][..dim]);
            }
            let bin = positions.iter().skip(by_time / *n_trials * width);
            token.iter_mut().zip(bin).for_each(|(value, &position)| *value += position);
        }
    }

    /// Log rates of what was decoded.
    pub fn read_out(&mut self, model: &Model, parameters: &[T]) {
        model.readout.forward(parameters, &self.decoded, &mut self.log_rates);
        clamp_log_rates(model, &mut self.log_rates);
    }

    /// What the encoder sees, and which entries pass a gradient.
    fn see(&mut self, model: &Model, set: &TrialSet, sites: Sites<'_>, coordinated: &Coordinated) {
        let (size, lag) = (model.size, model.options.input_lag);
        self.cotangents.passes.fill(T::ONE);
        let mut seen = vec![T::ZERO; size.n_observed * size.n_in];
        let mut masks = [vec![T::ZERO; size.n_in], vec![T::ZERO; size.n_in]];
        for (place, &trial) in sites.trials.iter().enumerate() {
            let counts = set.counts(trial).chunks_exact(size.n_out);
            for (time, (row, counts)) in seen.chunks_exact_mut(size.n_in).zip(counts).enumerate() {
                let [factors, passes] = &mut masks;
                coordinated.unseen.mask([time as u32, trial, 0], factors);
                for ((x, &count), &factor) in row.iter_mut().zip(counts).zip(&*factors) {
                    *x = T::from_f64(f64::from(count)) * factor;
                }
                let entries = (place * size.n_bins + time) * size.n_out;
                if let Some(target) = self.cotangents.passes.get_mut(entries..entries + size.n_in)
                    && coordinated.unseen.is_on()
                {
                    coordinated.held.mask([time as u32, trial, 0], passes);
                    for ((target, &pass), &factor) in target.iter_mut().zip(&*passes).zip(&*factors) {
                        *target = if factor == T::ZERO { T::ONE } else { pass };
                    }
                }
            }
            for time in 0..size.n_bins {
                let source = time.saturating_sub(lag).min(size.n_observed - 1);
                let row = (time * self.n_trials + place) * size.n_in;
                self.u[row..row + size.n_in].copy_from_slice(&seen[source * size.n_in..][..size.n_in]);
            }
        }
    }
}

/// Those of position, velocity and encoder state that the decoder sees, in the order in which it sees them.
pub(super) fn parts<V>(model: &Model, [z, v, h]: [V; 3]) -> impl Iterator<Item = V> {
    let input = model.options.decoder_input;
    let latents = [z, v].into_iter().filter(move |_| input.has_latents());
    latents.chain(Some(h).filter(|_| input.has_encoder()))
}

/// Limits the size of log rates.
pub fn clamp_log_rates<T: Real>(model: &Model, log_rates: &mut [T]) {
    if let Some(clamp) = model.options.lograte_clamp.map(T::from_f64) {
        log_rates.iter_mut().for_each(|a| *a = a.at_least(-clamp).at_most(clamp));
    }
}
