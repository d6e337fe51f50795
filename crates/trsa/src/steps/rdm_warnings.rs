//! What may be odd about the RDMs that a step was given.

use neuroloom_core::Summary;
use neuroloom_math::ranking;

use crate::Rdm;

/// Names in a warning at most.
const NAMED: usize = 5;

/// Warns of RDMs that are the same and of RDMs in which more than half of the dissimilarities are tied.
pub fn warn_about(summary: Summary, rdms: &[Rdm]) -> Summary {
    let same = duplicates(rdms);
    let tied: Vec<&str> = rdms.iter().filter(|rdm| is_mostly_tied(rdm)).map(Rdm::name).collect();
    let summary = match same.is_empty() {
        true => summary,
        false => summary.warn(format!("{} RDMs repeat another one: {}", same.len(), named(&same))),
    };
    match tied.is_empty() {
        true => summary,
        false => summary.warn(format!(
            "more than half of the dissimilarities are tied in {} RDMs: {}; rho_a and tau_a give no credit for ties",
            tied.len(),
            named(&tied)
        )),
    }
}

/// The first few names, and how many more there are.
pub fn named(names: &[&str]) -> String {
    let shown = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        rest => format!("{shown} and {rest} more"),
    }
}

/// Names of RDMs with the same entries as one before them.
fn duplicates(rdms: &[Rdm]) -> Vec<&str> {
    let bits = |rdm: &Rdm| rdm.dissimilarities().iter().map(|d| d.to_bits()).collect::<Vec<_>>();
    let mut seen = std::collections::HashSet::new();
    rdms.iter().filter(|rdm| !seen.insert(bits(rdm))).map(Rdm::name).collect()
}

fn is_mostly_tied(rdm: &Rdm) -> bool {
    let values: Vec<f64> = rdm.dissimilarities().iter().copied().filter(|d| !d.is_nan()).collect();
    let n_tied: usize =
        ranking(&values).sorted.chunk_by(|a, b| a == b).filter(|tie| tie.len() > 1).map(<[f64]>::len).sum();
    2 * n_tied > values.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rdm(name: &str, values: &[f64]) -> Rdm {
        let conditions: Vec<String> = ["a", "b", "c"].map(String::from).into();
        Rdm::new(name, conditions, values.to_vec()).unwrap()
    }

    #[test]
    fn repeated_and_tied_rdms_are_named() {
        let rdms = [rdm("x", &[1.0, 2.0, 3.0]), rdm("y", &[1.0, 2.0, 3.0]), rdm("z", &[1.0, 1.0, 2.0])];
        let warnings = warn_about(Summary::default(), &rdms).warnings;
        assert_eq!(warnings.len(), 2);
        assert_eq!(warnings[0], "1 RDMs repeat another one: y");
        assert!(warnings[1].contains("1 RDMs: z"));
        assert!(warn_about(Summary::default(), &rdms[..1]).warnings.is_empty());
    }
}
