//! Readings of connections to edges and a consensus: the rules, and the published defects beside ours.
use neuroloom_celegans::Profile;
use neuroloom_celegans::connectome::{
    ConnectomeParams, MIXED_UNITS, Reading, SourceEdges, UnitScale, Weights, consensus, source_edges,
};
use neuroloom_celegans::names::slot;
use neuroloom_core::Error;
use proptest::prelude::*;

fn readings(rows: &[(&str, &str, &str, f64)]) -> Vec<Reading> {
    let reading = |(row, (pre, post, kind, weight)): (usize, &(&str, &str, &str, f64))| Reading {
        row: row as u64,
        pre: (*pre).into(),
        post: (*post).into(),
        kind: (*kind).into(),
        weight: *weight,
        q_value: None,
    };
    rows.iter().enumerate().map(reading).collect()
}

fn params(profile: Profile) -> ConnectomeParams {
    ConnectomeParams { profile, ..ConnectomeParams::default() }
}

fn edges(source: &str, unit: &str, rows: &[(&str, &str, &str, f64)], profile: Profile) -> SourceEdges {
    source_edges(source, unit, &readings(rows), &params(profile)).unwrap()
}

fn refused(reading: Reading) -> Error {
    source_edges("a", "synapses", &[reading], &params(Profile::Exact)).unwrap_err()
}

fn weights(edges: &SourceEdges, pre: &str, post: &str) -> Option<Weights> {
    edges.edges.get(&(slot(pre).unwrap(), slot(post).unwrap())).copied()
}

#[test]
fn gap_readings_of_both_directions_are_averaged_and_written_in_both() {
    let rows = [
        ("AVAL", "AVAR", "electrical", 2.0),
        ("AVAR", "AVAL", "electrical", 5.0),
        ("AVAL", "AVAR", "EJ", 5.0),
        ("RIS", "RIS", "GapJunction", 3.0),
    ];
    let found = edges("a", "synapses", &rows, Profile::Exact);
    let expected = Some(Weights { gap: 4.0, chem: 0.0 });
    assert_eq!((weights(&found, "AVAL", "AVAR"), weights(&found, "AVAR", "AVAL")), (expected, expected));
    assert_eq!(weights(&found, "RIS", "RIS"), Some(Weights { gap: 3.0, chem: 0.0 }));
    assert_eq!(found.edges.len(), 3);
}

#[test]
fn repeated_chemical_readings_are_summed_in_exact_and_the_first_in_compat() {
    let rows =
        [("AVAL", "VB2", "chemical", 2.0), ("AVAL", "VB2", "Send", 3.0), ("VB2", "AVAL", "chemical", 0.0)];
    assert_eq!(weights(&edges("a", "synapses", &rows, Profile::Exact), "AVAL", "VB2").unwrap().chem, 5.0);
    let published = edges("a", "synapses", &rows, Profile::Compat);
    assert_eq!(weights(&published, "AVAL", "VB2").unwrap().chem, 2.0);
    assert_eq!(published.dropped.weightless, 1);
}

#[test]
fn defect_e_padded_names_are_lost_by_the_published_rule() {
    let rows = [("AVAL", "VB02", "chemical", 2.0), ("DA01", "AS09", "electrical", 1.0)];
    assert_eq!(edges("cook2019", "sections", &rows, Profile::Exact).edges.len(), 3);
    let published = edges("cook2019", "sections", &rows, Profile::Compat);
    assert_eq!((published.edges.len(), published.dropped.outside), (0, 2));
}

#[test]
fn defect_f_monadic_synapses_are_overlooked_by_the_published_rule() {
    let rows = [
        ("AVAL", "PVCL", "S", 4.0),
        ("AVAL", "PVCL", "Sp", 2.0),
        ("AVAL", "PVCR", "S", 1.0),
        ("PVCL", "AVAL", "R", 4.0),
        ("PVCL", "AVAL", "Rp", 2.0),
        ("VB2", "NMJ", "NMJ", 9.0),
    ];
    let ours = edges("chklovskii", "synapses", &rows, Profile::Exact);
    assert_eq!(ours.edges.values().map(|w| w.chem).collect::<Vec<_>>(), [6.0, 1.0]);
    assert_eq!(ours.dropped.ignored, 3);
    let published = edges("chklovskii", "synapses", &rows, Profile::Compat);
    assert_eq!(published.edges.values().map(|w| w.chem).collect::<Vec<_>>(), [2.0]);
}

#[test]
fn functional_readings_count_when_significant_with_their_sign() {
    let reading = |row: u64, q_value: f64, weight: f64| Reading {
        row,
        pre: "AWCOFF".into(),
        post: ["AVAL", "AVAR", "AVBL", "AVBR"][row as usize].into(),
        kind: "functional".into(),
        weight,
        q_value: Some(q_value),
    };
    let rows = [
        reading(0, 0.01, -0.4),
        reading(1, 0.05, 1.0),
        reading(2, f64::NAN, 1.0),
        reading(3, 0.01, f64::INFINITY),
    ];
    let found = source_edges("funconn", "dF/F", &rows, &params(Profile::Exact));
    let found = found.unwrap();
    assert!(found.functional);
    assert_eq!(weights(&found, "AWCL", "AVAL").unwrap().chem, -0.4);
    assert_eq!((found.edges.len(), found.dropped.insignificant, found.dropped.weightless), (1, 2, 1));
}

#[test]
fn bad_readings_are_refused_with_their_row() {
    let reading = |kind: &str, weight: f64, q_value: Option<f64>| Reading {
        row: 17,
        pre: "AVAL".into(),
        post: "AVAR".into(),
        kind: kind.into(),
        weight,
        q_value,
    };
    let unknown = refused(reading("chemcial", 1.0, None));
    assert_eq!((unknown.location().object.as_deref(), unknown.location().offset), (Some("type"), Some(17)));
    assert!(unknown.expected_text().unwrap().contains("electrical"));
    let negative = refused(reading("chemical", -1.0, None));
    assert_eq!(
        (negative.location().object.as_deref(), negative.location().offset),
        (Some("weight"), Some(17))
    );
    assert_eq!(refused(reading("functional", 1.0, Some(1.5))).location().object.as_deref(), Some("q_value"));
}

#[test]
fn many_readings_outside_the_names_are_warned_about_with_the_commonest() {
    let rows = [
        ("AVAL", "AVAR", "chemical", 1.0),
        ("BWM1", "AVAR", "chemical", 1.0),
        ("BWM1", "AVAL", "chemical", 1.0),
        ("AVAL", "CANL", "chemical", 1.0),
    ];
    let found = edges("a", "synapses", &rows, Profile::Exact);
    assert_eq!((found.dropped.outside, found.warnings.len()), (3, 1));
    assert!(found.warnings[0].message.ends_with("the commonest: \"BWM1\" (2), \"CANL\" (1)"));
}

fn pair(weight: f64, kind: &'static str) -> [(&'static str, &'static str, &'static str, f64); 1] {
    [("AVAL", "AVAR", kind, weight)]
}

fn averaged(
    sources: &[SourceEdges],
    profile: Profile,
    unit_scale: UnitScale,
) -> (neuroloom_celegans::connectome::ConsensusEdge, String) {
    let members: Vec<&SourceEdges> = sources.iter().collect();
    let (mut pairs, _, unit) = consensus(&members, &ConnectomeParams { unit_scale, ..params(profile) });
    (pairs.remove(&(slot("AVAL").unwrap(), slot("AVAR").unwrap())).unwrap(), unit)
}

#[test]
fn defect_h_equal_values_count_once_in_the_published_mean() {
    let sources = |profile| {
        let of = |name, weight| edges(name, "synapses", &pair(weight, "electrical"), profile);
        [of("a", 1.0), of("b", 1.0), of("c", 4.0)]
    };
    let published = averaged(&sources(Profile::Compat), Profile::Compat, UnitScale::None).0;
    assert_eq!(published.mean_gap(), Some(2.5));
    let ours = averaged(&sources(Profile::Exact), Profile::Exact, UnitScale::MatchTotal).0;
    assert_eq!((ours.mean_gap(), ours.gap.len()), (Some(2.0), 3));
    assert!((ours.sd_gap().unwrap() - 3.0_f64.sqrt()).abs() < 1e-12);
}

#[test]
fn defect_h_the_published_uncertainty_is_absent_without_both_kinds() {
    let chem = |profile| {
        let of = |name, weight| edges(name, "synapses", &pair(weight, "chemical"), profile);
        [of("a", 1.0), of("b", 3.0)]
    };
    let published = averaged(&chem(Profile::Compat), Profile::Compat, UnitScale::None).0;
    assert_eq!(published.uncertainty(), None);
    let ours = averaged(&chem(Profile::Exact), Profile::Exact, UnitScale::None).0;
    assert_eq!((ours.mean_chem(), ours.sd_chem(), ours.sd_gap()), (Some(2.0), Some(2.0_f64.sqrt()), None));
    let both = [("AVAL", "AVAR", "chemical", 1.0), ("AVAL", "AVAR", "electrical", 2.0)];
    let other = [("AVAL", "AVAR", "chemical", 3.0), ("AVAL", "AVAR", "electrical", 4.0)];
    let sources = [both, other].map(|rows| edges("a", "synapses", &rows, Profile::Compat));
    assert_eq!(averaged(&sources, Profile::Compat, UnitScale::None).0.uncertainty(), Some(1.0));
}

#[test]
fn defect_h_sections_are_brought_to_synapses_before_they_are_averaged() {
    let cook = [
        ("AVAL", "AVAR", "chemical", 30.0),
        ("AVAL", "RIS", "chemical", 10.0),
        ("RIS", "AVAL", "chemical", 99.0),
    ];
    let synapses = [
        ("AVAL", "AVAR", "chemical", 6.0),
        ("AVAL", "RIS", "chemical", 4.0),
        ("RIS", "AVAR", "chemical", 7.0),
    ];
    let sources = [
        edges("cook2019", "sections", &cook, Profile::Exact),
        edges("w", "synapses", &synapses, Profile::Exact),
    ];
    // shared pairs: 40 sections, 10 synapses
    let (scaled, unit) = averaged(&sources, Profile::Exact, UnitScale::MatchTotal);
    assert_eq!((scaled.chem.clone(), unit.as_str()), (vec![7.5, 6.0], "synapses"));
    let (mixed, unit) = averaged(&sources, Profile::Exact, UnitScale::None);
    assert_eq!((mixed.chem.clone(), unit.as_str()), (vec![30.0, 6.0], MIXED_UNITS));
}

#[test]
fn functional_sources_have_a_weight_of_their_own_or_none() {
    let mut functional = readings(&pair(-0.5, "functional"));
    functional[0].q_value = Some(0.0);
    let functional = source_edges("funconn", "dF/F", &functional, &params(Profile::Exact)).unwrap();
    let anatomical = edges("w", "synapses", &pair(3.0, "chemical"), Profile::Exact);
    let sources = [anatomical, functional];
    let (edge, unit) = averaged(&sources, Profile::Exact, UnitScale::MatchTotal);
    assert_eq!(
        (edge.functional_weight(), edge.mean_chem(), unit.as_str()),
        (Some(-0.5), Some(3.0), "synapses")
    );
    assert_eq!(edge.sources.iter().collect::<Vec<_>>(), ["funconn", "w"]);
    let members: Vec<&SourceEdges> = sources.iter().collect();
    let without = ConnectomeParams { functional: false, ..params(Profile::Exact) };
    let (pairs, ..) = consensus(&members, &without);
    assert!(pairs.values().all(|edge| edge.functional_weight().is_none() && edge.sources.len() == 1));
}

proptest! {
    #[test]
    fn exact_keeps_the_sum_of_synapses_and_symmetric_gaps(
        rows in prop::collection::vec((0_usize..300, 0_usize..300, prop::bool::ANY, 1_u32..50), 1..200)
    ) {
        let names = neuroloom_celegans::names::NAMES;
        let kind = |gap: bool| if gap { "electrical" } else { "chemical" };
        let rows: Vec<_> = rows.iter().map(|(a, b, gap, w)| (names[*a], names[*b], kind(*gap), f64::from(*w))).collect();
        let found = edges("a", "synapses", &rows, Profile::Exact);
        let given: f64 = rows.iter().filter(|row| row.2 == "chemical").map(|row| row.3).sum();
        prop_assert_eq!(found.edges.values().map(|w| w.chem).sum::<f64>(), given);
        for ((pre, post), weights) in &found.edges {
            let mirrored = found.edges.get(&(*post, *pre)).map_or(0.0, |w| w.gap);
            prop_assert_eq!(weights.gap, mirrored);
        }
    }
}
