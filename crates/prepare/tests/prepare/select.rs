//! `prepare.select` on tables.

use crate::common::{behaviour, bytes, epochs, intervals, issues, list, number, report, run, spikes, traces};
use neuroloom_core::Table;
use neuroloom_prepare::IntervalSelector;
use neuroloom_prepare::select::{IntervalChoice, SelectParams, SelectStep};
use neuroloom_table::{Columns, TableBuilder, kinds};
use serde_json::json;

fn units() -> Table {
    TableBuilder::new(kinds::SPIKES)
        .text("recording_id", ["rec"; 4])
        .text("unit_id", ["0", "1", "2", "3"])
        .optional_text("region", [Some("adn"), Some("adn"), Some("ca1"), None])
        .optional_text("quality", [Some("good"), Some("mua"), Some("good"), Some("good")])
        .lists("spike_times_s", [vec![1.0, 11.0, 19.0], vec![2.0], vec![12.0, 13.0], vec![]])
        .finish()
        .unwrap()
}

fn names(list: &[&str]) -> Option<Vec<String>> {
    Some(list.iter().map(|&name| name.to_owned()).collect())
}

fn unit_ids(table: &Table) -> Vec<String> {
    let ids = table.text("unit_id").unwrap();
    (0..table.n_rows()).map(|row| ids.get_or_empty(row).to_owned()).collect()
}

fn selected(params: &SelectParams) -> Vec<String> {
    let output = run(&SelectStep, params, &[("spikes", &units()), ("intervals", &epochs())]).unwrap();
    unit_ids(&output.tables["spikes"])
}

fn wake() -> Option<IntervalSelector> {
    Some(IntervalSelector::tagged("epochs", "wake"))
}

#[test]
fn units_are_chosen_by_region_quality_id_and_activity() {
    let select = SelectParams::default;
    assert_eq!(selected(&select()), ["0", "1", "2", "3"]);
    assert_eq!(selected(&SelectParams { regions: names(&["adn"]), ..select() }), ["0", "1"]);
    assert_eq!(selected(&SelectParams { regions: names(&["adn", "ca1"]), ..select() }), ["0", "1", "2"]);
    assert_eq!(selected(&SelectParams { quality: names(&["good"]), ..select() }), ["0", "2", "3"]);
    assert_eq!(selected(&SelectParams { unit_ids: names(&["3", "1"]), ..select() }), ["1", "3"]);
    assert_eq!(selected(&SelectParams { min_spikes: Some(2), ..select() }), ["0", "2"]);
    // The recording lasts 19 s as far as its spikes tell: 3 / 19 and 2 / 19 Hz.
    assert_eq!(selected(&SelectParams { min_rate_hz: Some(0.15), ..select() }), ["0"]);
    // Over the 10 s awake both have 0.2 Hz.
    let awake = SelectParams { min_rate_hz: Some(0.2), restrict_to: wake(), ..select() };
    assert_eq!(selected(&awake), ["0", "2"]);
}

#[test]
fn spikes_are_restricted_and_say_where_they_were_observed() {
    let params = SelectParams { restrict_to: wake(), ..SelectParams::default() };
    let output = run(&SelectStep, &params, &[("spikes", &units()), ("intervals", &epochs())]).unwrap();
    let table = &output.tables["spikes"];
    assert_eq!(list(table, "spike_times_s", 0), [11.0, 19.0]);
    assert_eq!(list(table, "spike_times_s", 1), [] as [f64; 0], "a silent unit stays");
    assert_eq!(list(table, "observed_start_s", 1), [10.0]);
    assert_eq!(list(table, "observed_stop_s", 1), [20.0]);
    assert_eq!(table.text("quality").unwrap().get(1), Some("mua"), "other columns stay");
    let again = run(&SelectStep, &params, &[("spikes", table), ("intervals", &epochs())]).unwrap();
    assert_eq!(again.tables["spikes"], *table, "restricting twice is restricting once");
}

#[test]
fn samples_are_restricted_piece_by_piece() {
    let pieces = intervals(&[("parts", &[], 0.15, 0.4), ("parts", &[], 0.6, 9.0)]);
    let params =
        SelectParams { restrict_to: Some(IntervalSelector::set("parts")), ..SelectParams::default() };
    let signal = traces("dff", 0.0, 0.1, &[&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]);
    let compass = behaviour(0.0, 0.1, None, vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let tables = [("traces", &signal), ("behaviour", &compass), ("intervals", &pieces)];
    let output = run(&SelectStep, &params, &tables).unwrap();
    let table = &output.tables["traces"];
    // Samples lie at 3 * 0.1 = 0.30000000000000004 and 6 * 0.1 = 0.6000000000000001.
    assert_eq!([list(table, "trace", 0), list(table, "trace", 1)], [vec![2.0, 3.0], vec![6.0]]);
    assert_eq!([number(table, "segment", 0), number(table, "segment", 1)], [0.0, 1.0]);
    assert_eq!([number(table, "t0_s", 0), number(table, "dt_s", 0)], [0.2, 0.1]);
    let table = &output.tables["behaviour"];
    assert_eq!(list(table, "value", 0), [2.0, 3.0, 6.0]);
    assert_eq!(list(table, "t_s", 0), [0.2, 3.0 * 0.1, 6.0 * 0.1], "no regular base spans a hole");
}

#[test]
fn explicit_times_are_cut_with_their_samples() {
    let compass = behaviour(0.0, 0.0, Some(vec![1.0, 9.5, 10.0, 10.5, 20.0]), vec![1.0, 2.0, 3.0, 4.0, 5.0]);
    let params = SelectParams { restrict_to: wake(), ..SelectParams::default() };
    let output = run(&SelectStep, &params, &[("behaviour", &compass), ("intervals", &epochs())]).unwrap();
    let table = &output.tables["behaviour"];
    assert_eq!(list(table, "value", 0), [3.0, 4.0], "[start, stop): 10 is in, 20 is out");
    assert_eq!(list(table, "t_s", 0), [10.0, 10.5]);
}

#[test]
fn intervals_are_chosen_by_set_tag_and_time() {
    let table = intervals(&[
        ("epochs", &["wake"], 0.0, 10.0),
        ("trials", &["go"], 1.0, 2.0),
        ("trials", &["stop"], 3.0, f64::NAN),
        ("trials", &["go"], 5.0, 6.0),
    ]);
    let count = |choice: IntervalChoice| {
        let params = SelectParams { intervals: Some(choice), ..SelectParams::default() };
        run(&SelectStep, &params, &[("intervals", &table)]).unwrap().tables["intervals"].n_rows()
    };
    assert_eq!(count(IntervalChoice::default()), 4);
    assert_eq!(count(IntervalChoice { interval_sets: names(&["trials"]), ..Default::default() }), 3);
    assert_eq!(count(IntervalChoice { tags: names(&["go"]), ..Default::default() }), 2);
    assert_eq!(count(IntervalChoice { start_s: Some(3.0), ..Default::default() }), 2);
    assert_eq!(
        count(IntervalChoice { stop_s: Some(6.0), ..Default::default() }),
        2,
        "an open end does not stop"
    );
}

#[test]
fn selecting_nothing_lists_what_there_was() {
    let error = |params: &SelectParams| report(run(&SelectStep, params, &[("spikes", &units())]));
    let select = SelectParams::default;
    let region = error(&SelectParams { regions: names(&["adn", "ca3"]), ..select() });
    assert!(region.contains("\"ca3\"") && region.contains("found: \"adn\", \"ca1\""), "{region}");
    let both = error(&SelectParams { regions: names(&["ca1"]), quality: names(&["mua"]), ..select() });
    assert!(both.contains("is called \"mua\"") && both.contains("found: \"good\""), "{both}");
    let quiet = error(&SelectParams { min_spikes: Some(9), ..select() });
    assert!(quiet.contains("no unit fires enough") && quiet.contains("3 spikes"), "{quiet}");
    let behaviour_only = SelectParams { behaviour_signals: names(&["x"]), ..select() };
    assert!(error(&behaviour_only).contains("the input `behaviour`"));
    assert!(error(&SelectParams { restrict_to: wake(), ..select() }).contains("not connected"));
    assert!(report(run(&SelectStep, &select(), &[])).contains("nothing to select from"));
    let elsewhere = SelectParams { restrict_to: wake(), ..select() };
    let early = behaviour(0.0, 0.1, None, vec![0.0; 5]);
    let other = traces("dff", 0.0, 0.1, &[&[1.0]]);
    let output = run(&SelectStep, &elsewhere, &[("behaviour", &early), ("intervals", &epochs())]).unwrap();
    assert!(list(&output.tables["behaviour"], "value", 0).is_empty());
    let lost = report(run(&SelectStep, &elsewhere, &[("traces", &other), ("intervals", &epochs())]));
    assert!(lost.contains("nothing is left of the traces"), "{lost}");
}

#[test]
fn bad_parameters_are_named() {
    let found = issues("prepare.select", json!({"regions": [], "min_rate_hz": -1.0, "region": ["adn"]}));
    assert!(found.iter().any(|issue| issue.contains("region")), "{found:?}");
    assert_eq!(issues("prepare.select", json!({"regions": [], "min_rate_hz": -1.0})).len(), 2);
}

#[test]
fn an_empty_table_stays_empty() {
    let output = run(&SelectStep, &SelectParams::default(), &[("spikes", &spikes(&[]))]).unwrap();
    assert_eq!(output.tables["spikes"].n_rows(), 0);
}

#[test]
fn threads_do_not_change_the_bytes() {
    let params = SelectParams { restrict_to: wake(), ..SelectParams::default() };
    let run =
        |threads| bytes(&SelectStep, &params, &[("spikes", &units()), ("intervals", &epochs())], threads);
    assert_eq!(run(1), run(2));
}
