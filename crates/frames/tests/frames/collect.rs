//! The tables of a sweep below each other.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, ArrayRef, Float64Array, Int64Array, RecordBatch};
use arrow_schema::{DataType, Field, Schema};
use neuroloom_core::{
    Inputs, PlanContext, PlannedInputs, PlannedTable, Registry, Result, RunContext, Table, TableKind,
    TableParts, Variant,
};
use neuroloom_frames::{collect, register};
use neuroloom_table::{check, kinds};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{
    Row, dictionary, field, names, numbers, rows, rows_of, says, table, texts, unit_of, words,
};

fn variant(labels: &[(&str, &str)], batch: RecordBatch) -> Variant {
    let labels = labels.iter().map(|(axis, label)| ((*axis).to_owned(), (*label).to_owned())).collect();
    Variant { labels, table: Arc::new(check(kinds::TABLE, batch).unwrap()) }
}

fn one_column(name: &str, unit: Option<&str>, values: &[f64]) -> RecordBatch {
    let array: ArrayRef = Arc::new(Float64Array::from(values.to_vec()));
    let schema = Schema::new(vec![field(name, array.data_type(), unit)]);
    RecordBatch::try_new(Arc::new(schema), vec![array]).unwrap()
}

fn sweep(labels: [&str; 2]) -> RecordBatch {
    let batch = || one_column("loss", None, &[0.5]);
    collect(&[variant(&[("a", labels[0])], batch()), variant(&[("a", labels[1])], batch())], None).unwrap()
}

#[test]
fn labels_are_whole_numbers_or_numbers_or_text() {
    assert_eq!(sweep(["4", "-8"]).column(0).as_primitive::<Int64Type>().values(), &[4, -8]);
    assert_eq!(sweep(["4", "0.5"]).column(0).as_primitive::<Float64Type>().values(), &[4.0, 0.5]);
    for words in [["4", "fast"], ["nan", "1"], ["inf", "1"], ["", "1"]] {
        let batch = sweep(words);
        assert_eq!(batch.column(0).data_type(), &dictionary());
        assert_eq!(texts(&batch, "a"), words.map(|word| Some(word.to_owned())));
    }
}

#[test]
fn the_columns_of_the_axes_come_first_and_units_stay() {
    let batch = one_column("rate_hz", Some("Hz"), &[1.0, 2.0]);
    let both = collect(
        &[
            variant(&[("recording", "w1"), ("rank", "4")], batch.clone()),
            variant(&[("recording", "w2"), ("rank", "4")], batch),
        ],
        None,
    );
    let both = both.unwrap();
    assert_eq!(names(&both), ["recording", "rank", "rate_hz"]);
    assert_eq!(unit_of(&both, "rate_hz").as_deref(), Some("Hz"));
    assert_eq!(both.column(2).as_primitive::<Float64Type>().values(), &[1.0, 2.0, 1.0, 2.0]);
    let recordings = ["w1", "w1", "w2", "w2"].map(|name| Some(name.to_owned()));
    assert_eq!(texts(&both, "recording"), recordings);
}

#[test]
fn a_column_that_a_variant_lacks_has_no_values_there() {
    let (a, b) = (one_column("a", None, &[1.0]), one_column("b", None, &[2.0]));
    let both = collect(&[variant(&[("k", "1")], a), variant(&[("k", "2")], b)], None).unwrap();
    assert_eq!((numbers(&both, "a"), numbers(&both, "b")), (vec![Some(1.0), None], vec![None, Some(2.0)]));
    assert!(both.schema().field_with_name("a").unwrap().is_nullable());
}

#[test]
fn a_selection_keeps_its_order() {
    let batch = table(&[]);
    let columns = words(&["spike_times_s", "region"]);
    let kept = collect(&[variant(&[("k", "1")], batch.clone())], Some(&columns)).unwrap();
    assert_eq!(names(&kept), ["k", "spike_times_s", "region"]);
    let absent = collect(&[variant(&[("k", "1")], batch)], Some(&words(&["regon"])));
    says(&absent.unwrap_err(), &["`columns` names a column that is not there", "regon"]);
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let seconds = variant(&[("k", "1")], one_column("t", Some("s"), &[1.0]));
    let hertz = variant(&[("k", "2")], one_column("t", Some("Hz"), &[1.0]));
    says(
        &collect(&[seconds.clone(), hertz], None).unwrap_err(),
        &["another unit", "k=2", "expected: s", "found: Hz"],
    );
    let array: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    let integers = Schema::new(vec![Field::new("t", DataType::Int64, true)]);
    let integers = RecordBatch::try_new(Arc::new(integers), vec![array]).unwrap();
    let integers = variant(&[("k", "2")], integers);
    says(
        &collect(&[seconds.clone(), integers], None).unwrap_err(),
        &["another type", "expected: Float64", "found: Int64"],
    );
    let alike = variant(&[("t", "1")], one_column("t", None, &[1.0]));
    says(&collect(&[alike], None).unwrap_err(), &["called like a collected axis", "found: t"]);
    let other = variant(&[("l", "2")], one_column("t", Some("s"), &[1.0]));
    says(&collect(&[seconds, other], None).unwrap_err(), &["do not have the same axes"]);
}

fn step(inputs: &Inputs, dims: &[(&'static str, u64)]) -> Table {
    let registry = register(Registry::default());
    let step = registry.get("table.collect").unwrap();
    let params = step.check(&json!({})).unwrap();
    let ctx = PlanContext { base: ".".into(), threads: 1 };
    let planned = PlannedTable::new(kinds::TABLE, dims.iter().copied());
    let plan = step.plan(&ctx, &params, &PlannedInputs::new([("tables".to_owned(), planned)])).unwrap();
    assert_eq!(plan.outputs["table"], PlannedTable::new(kinds::TABLE, dims.iter().copied()));
    step.run(&RunContext::for_test("."), &params, inputs).unwrap().tables["table"].clone()
}

#[test]
fn the_step_takes_variants_or_a_single_table() {
    let batch = one_column("a", None, &[1.0, 2.0]);
    let variants = vec![variant(&[("k", "1")], batch.clone()), variant(&[("k", "2")], batch.clone())];
    let many = step(&Inputs::default().with_variants("tables", variants), &[("rows", 4)]);
    assert_eq!((many.kind(), many.n_rows(), many.batch().num_columns()), (kinds::TABLE, 4, 2));
    let single = check(kinds::TABLE, batch).unwrap();
    let same = step(&Inputs::new([("tables".to_owned(), single.clone())]), &[]);
    assert_eq!(same.batch(), single.batch());
}

/// A table that comes in two parts.
#[derive(Debug)]
struct Halves(Table);

impl TableParts for Halves {
    fn kind(&self) -> TableKind {
        self.0.kind()
    }

    fn n_rows(&self) -> usize {
        self.0.n_rows()
    }

    fn n_parts(&self) -> usize {
        2
    }

    fn part(&self, index: usize) -> Result<Table> {
        let half = self.n_rows() / 2;
        let (from, length) = if index == 0 { (0, half) } else { (half, self.n_rows() - half) };
        check(self.kind(), self.0.batch().slice(from, length))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn collected_rows_are_those_of_the_variants_in_order(sweeps in prop::collection::vec(rows(), 1..5)) {
        let variants: Vec<Variant> = sweeps
            .iter()
            .enumerate()
            .map(|(at, rows)| {
                let whole = check(kinds::TABLE, table(rows)).unwrap();
                let labels = vec![("k".to_owned(), at.to_string())];
                Variant { labels, table: Arc::new(Halves(whole)) }
            })
            .collect();
        let collected = collect(&variants, None).unwrap();
        let all: Vec<Row> = sweeps.concat();
        let (labels, rest): (Vec<usize>, Vec<usize>) = ((0..1).collect(), (1..collected.num_columns()).collect());
        prop_assert_eq!(rows_of(&collected.project(&rest).unwrap()), all);
        let labels = collected.project(&labels).unwrap();
        let expected = sweeps.iter().enumerate().flat_map(|(at, rows)| vec![at as i64; rows.len()]);
        prop_assert_eq!(labels.column(0).as_primitive::<Int64Type>().values().to_vec(), expected.collect::<Vec<_>>());
    }
}
