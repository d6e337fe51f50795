//! `join`.

use neuroloom_frames::{How, Join, join};
use proptest::prelude::*;

use crate::support::{
    Row, columns, dictionary, names, number_column, numbers, rows, says, table, text_column, texts, type_of,
    unit_of, words,
};

/// Pairs of row numbers, by two loops.
fn pairs(left: &[Row], right: &[Row], how: How) -> Vec<(Option<usize>, Option<usize>)> {
    let equal =
        |a: &Row, b: &Row| a.region.is_some() && a.region == b.region && a.unit.is_some() && a.unit == b.unit;
    let mut pairs = Vec::new();
    for (i, a) in left.iter().enumerate() {
        let partners: Vec<usize> =
            right.iter().enumerate().filter(|(_, b)| equal(a, b)).map(|(j, _)| j).collect();
        match how {
            How::Semi if !partners.is_empty() => pairs.push((Some(i), None)),
            How::Anti if partners.is_empty() => pairs.push((Some(i), None)),
            How::Semi | How::Anti => {}
            How::Left | How::Full if partners.is_empty() => pairs.push((Some(i), None)),
            _ => pairs.extend(partners.into_iter().map(|j| (Some(i), Some(j)))),
        }
    }
    if how == How::Full {
        let alone = (0..right.len()).filter(|j| !left.iter().any(|a| equal(a, &right[*j])));
        pairs.extend(alone.map(|j| (None, Some(j))));
    }
    pairs
}

proptest! {
    #[test]
    fn join_finds_the_pairs_that_two_loops_find(left in rows(), right in rows()) {
        let on = words(&["region", "unit"]);
        for how in [How::Inner, How::Left, How::Full, How::Semi, How::Anti] {
            let how_to = Join { on: &on, how, suffix: "_right" };
            let joined = join(&table(&left), &table(&right), &how_to).unwrap();
            let pairs = pairs(&left, &right, how);
            let rates: Vec<_> = pairs.iter().map(|(i, _)| i.and_then(|i| left[i].rate)).collect();
            prop_assert_eq!(numbers(&joined, "rate_hz"), rates, "{:?}", how);
            let keys = pairs.iter().map(|(i, j)| match (i, j) {
                (Some(i), _) => left[*i].region.clone(),
                (None, j) => right[j.unwrap()].region.clone(),
            });
            prop_assert_eq!(texts(&joined, "region"), keys.collect::<Vec<_>>(), "{:?}", how);
            if !matches!(how, How::Semi | How::Anti) {
                let rates: Vec<_> = pairs.iter().map(|(_, j)| j.and_then(|j| right[j].rate)).collect();
                prop_assert_eq!(numbers(&joined, "rate_hz_right"), rates, "{:?}", how);
                prop_assert_eq!(unit_of(&joined, "rate_hz_right"), Some("Hz".to_owned()));
            }
            prop_assert_eq!(type_of(&joined, "region"), dictionary());
            prop_assert_eq!(unit_of(&joined, "spike_times_s"), Some("s".to_owned()));
        }
    }
}

#[test]
fn the_right_table_has_its_keys_once() {
    let left = columns(vec![("k", text_column(&["a", "b"])), ("x", number_column(&[1.0, 2.0]))]);
    let right =
        columns(vec![("y", number_column(&[3.0])), ("k", text_column(&["b"])), ("x", number_column(&[4.0]))]);
    let on = words(&["k"]);
    let joined = join(&left, &right, &Join { on: &on, how: How::Inner, suffix: "_2" }).unwrap();
    assert_eq!(names(&joined), ["k", "x", "y", "x_2"]);
}

#[test]
fn a_dictionary_is_joined_with_text_and_an_integer_with_a_narrow_one() {
    let plain = columns(vec![
        ("region", text_column(&["adn", "ca1"])),
        ("unit", std::sync::Arc::new(arrow_array::Int32Array::from(vec![1, 2]))),
    ]);
    let row = Row { region: Some("ca1".into()), unit: Some(2), rate: None, spikes: None };
    let on = words(&["region", "unit"]);
    let joined = join(&table(&[row]), &plain, &Join { on: &on, how: How::Full, suffix: "_right" }).unwrap();
    assert_eq!(texts(&joined, "region"), [Some("ca1".into()), Some("adn".into())]);
    assert_eq!(type_of(&joined, "region"), dictionary());
}

#[test]
fn mistakes_are_named() {
    let left =
        columns(vec![("k", text_column(&["a"])), ("k_2", text_column(&["a"])), ("x", number_column(&[1.0]))]);
    let right = columns(vec![("k", number_column(&[1.0])), ("x", number_column(&[1.0]))]);
    let mistake = |left, right, on: &[&str], suffix| {
        join(left, right, &Join { on: &words(on), how: How::Inner, suffix }).unwrap_err()
    };
    says(&mistake(&left, &right, &["k"], "_2"), &["different types", "text and numbers"]);
    says(&mistake(&left, &right, &["xx"], "_2"), &["on (left)", "xx", "did you mean `x`?"]);
    says(&mistake(&left, &right, &["k_2"], "_2"), &["on (right)", "did you mean `k`?"]);
    says(&mistake(&left, &left, &["x"], "_2"), &["two columns of one name", "k_2"]);
    says(&mistake(&table(&[]), &table(&[]), &["spike_times_s"], "_2"), &["cannot be a key", "spike_times_s"]);
}
