//! Dispersions by tables and a gamma draw with the mean held fixed: not invariant, since p = m / (m + r) moves with r.

use rand::Rng;

use crate::log_dirichlet::gamma_draw;
use crate::sweep::{Sampler, eta};
use crate::{DispersionPrior, SeenBins, State};

/// r' ~ Gamma(a0 + l, h + Σ_t ln((r + m_t) / r)), l tables; held in the range of dispersions.
pub(super) fn draw(sampler: &Sampler<'_>, state: &State, unit: usize, rng: &mut impl Rng) -> f64 {
    let (priors, r) = (&sampler.settings().priors, state.dispersions[unit]);
    let seen = SeenBins::new(sampler.counts(), unit, &eta(state, unit, priors.width()));
    let shape = priors.dispersion.shape + seen.draw_tables(r, rng);
    let [lowest, highest] = DispersionPrior::RANGE;
    (gamma_draw(shape, rng) / (priors.dispersion.rate + seen.log_odds(r))).clamp(lowest, highest)
}
