//! How much a spike says of the condition.

/// Spatial information, bits per spike: `I = sum_c p_c (r_c / r) log2(r_c / r)` with the share of time `p_c`, the
/// rate `r_c` in Hz and the mean rate `r = sum_c p_c r_c` (Skaggs, McNaughton, Gothard and Markus 1993).
///
/// Conditions that were never met are left out. NaN for a neuron without spikes. It is biased upwards for few spikes.
///
/// ```
/// use neuroloom_prepare::tuning::bits_per_spike;
///
/// assert_eq!(bits_per_spike(&[12.0, 0.0, 0.0, 0.0], &[1.0; 4]), 2.0);
/// assert_eq!(bits_per_spike(&[5.0, 5.0], &[1.0, 1.0]), 0.0);
/// ```
pub fn bits_per_spike(spikes: &[f64], occupancy_s: &[f64]) -> f64 {
    let total_spikes: f64 = spikes.iter().sum();
    let total_s: f64 = occupancy_s.iter().sum();
    let terms = spikes.iter().zip(occupancy_s).filter(|(spikes, time)| **spikes > 0.0 && **time > 0.0);
    if total_spikes == 0.0 || total_s == 0.0 {
        return f64::NAN;
    }
    terms
        .map(|(spikes, time)| {
            let share = spikes / total_spikes;
            share * (share * total_s / time).log2()
        })
        .sum()
}
