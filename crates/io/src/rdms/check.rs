//! What is wrong with dissimilarities, and what is only odd.

use neuroloom_core::{Error, Result};

use super::matrices::pairs;
use super::params::NanPolicy;

/// # Errors
/// An infinite dissimilarity, or a NaN where that is not allowed: RDM, pair of labels, and how many there are.
pub(super) fn check(rdm_id: &str, vector: &[f64], labels: &[String], nan: NanPolicy) -> Result<()> {
    let refuse = |is_such: fn(f64) -> bool, what: &str| {
        let count = vector.iter().filter(|value| is_such(**value)).count();
        let place = vector.iter().position(|&value| is_such(value));
        let pair = place.and_then(|place| pairs(labels.len()).nth(place));
        let label = |i: usize| labels.get(i).map_or("", String::as_str);
        pair.map(|(i, j)| {
            Error::data(format!("a dissimilarity is {what}"))
                .at_object(rdm_id)
                .expected("a finite number")
                .found(format!("{count} such pairs, the first {:?} and {:?}", label(i), label(j)))
        })
    };
    if let Some(error) = refuse(f64::is_infinite, "infinite") {
        return Err(error);
    }
    match (nan, refuse(f64::is_nan, "missing (NaN)")) {
        (NanPolicy::Error, Some(error)) => {
            Err(error.hint("keep such pairs (`nan: keep`), or leave the RDM out by `select`"))
        }
        _ => Ok(()),
    }
}

/// Warnings on RDMs that stand twice, and on those of which more than half of the dissimilarities are tied.
pub(super) fn oddities(rdms: &[(String, Vec<f64>)]) -> Vec<String> {
    let mut warnings = Vec::new();
    let bits = |vector: &[f64]| vector.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
    let mut order: Vec<(Vec<u64>, &str)> =
        rdms.iter().map(|(id, vector)| (bits(vector), id.as_str())).collect();
    order.sort();
    let twins = order.windows(2).filter(|pair| pair[0].0 == pair[1].0).map(|pair| [pair[0].1, pair[1].1]);
    warnings.extend(twins.map(|[a, b]| format!("the RDMs {a:?} and {b:?} are the same")));
    let tied: Vec<&str> =
        rdms.iter().filter(|(_, vector)| tied_share(vector) > 0.5).map(|(id, _)| id.as_str()).collect();
    if !tied.is_empty() {
        warnings.push(format!(
            "more than half of the dissimilarities are tied: {}; rank measures depend on how ties are treated",
            tied.join(", ")
        ));
    }
    warnings
}

/// The share of values that stand twice or more.
fn tied_share(vector: &[f64]) -> f64 {
    let mut sorted = vector.to_vec();
    sorted.sort_by(f64::total_cmp);
    let tied: usize = sorted.chunk_by(|a, b| a == b).map(<[f64]>::len).filter(|&n| n > 1).sum();
    tied as f64 / vector.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twins_and_ties_are_told() {
        let rdms = [("a", vec![1.0, 2.0, 3.0]), ("b", vec![1.0, 1.0, 3.0]), ("c", vec![1.0, 2.0, 3.0])];
        let warnings = oddities(&rdms.map(|(id, vector)| (id.to_owned(), vector)));
        assert_eq!(warnings[0], r#"the RDMs "a" and "c" are the same"#);
        assert!(warnings[1].contains("tied: b;"), "{warnings:?}");
    }
}
