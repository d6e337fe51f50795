//! Names of simulated units.

/// Numbers from 0, with as many digits as the last one has: sorted as text they are in order.
pub(crate) fn unit_ids(n_units: usize) -> impl Iterator<Item = String> {
    let digits = n_units.saturating_sub(1).to_string().len();
    (0..n_units).map(move |unit| format!("{unit:0digits$}"))
}
