use std::collections::BTreeSet;
use std::sync::Arc;

use crate::{Rdm, Result, RsaError, pairs};

/// The RDMs of both sets on the conditions that all of them have, in the order of the first.
///
/// # Errors
/// When fewer than three conditions are shared.
pub fn on_shared_conditions(data: &[Rdm], references: &[Rdm]) -> Result<(Vec<Rdm>, Vec<Rdm>)> {
    let Some(first) = data.first() else { return Ok((Vec::new(), references.to_vec())) };
    let mut shared: BTreeSet<&str> = first.conditions().iter().map(String::as_str).collect();
    for rdm in data.iter().chain(references) {
        let known: BTreeSet<&str> = rdm.conditions().iter().map(String::as_str).collect();
        shared.retain(|label| known.contains(label));
    }
    if shared.len() < 3 {
        return Err(RsaError::TooFewConditions { needed: 3, found: shared.len() });
    }
    let kept: Arc<[String]> =
        first.conditions().iter().filter(|label| shared.contains(label.as_str())).cloned().collect();
    let restrict = |rdms: &[Rdm]| rdms.iter().map(|rdm| restricted(rdm, &kept)).collect::<Result<Vec<_>>>();
    Ok((restrict(data)?, restrict(references)?))
}

fn restricted(rdm: &Rdm, kept: &Arc<[String]>) -> Result<Rdm> {
    let place = |label: &String| rdm.conditions().iter().position(|known| known == label);
    let places: Vec<usize> = kept.iter().filter_map(place).collect();
    let square = rdm.to_square();
    let values = pairs(places.len()).map(|(i, j)| square[[places[i], places[j]]]).collect();
    Rdm::new(rdm.name(), Arc::clone(kept), values)
}
