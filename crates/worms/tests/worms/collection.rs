//! A folder of all twelve sources, through to one naming and one clock.

use neuroloom_core::{Inputs, StepOutput, Table};
use neuroloom_table::{Columns, parquet};
use serde_json::json;

use crate::support::{fixtures, ingest, run};

fn whole(output: &StepOutput, port: &str) -> Table {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.parquet");
    output.stored[port].move_to(&path).unwrap();
    parquet::read(&path).unwrap()
}

#[test]
fn every_recording_of_every_source_is_used_or_says_why_not() {
    let output = ingest(&fixtures(), &json!({"path": "."})).unwrap();
    let inputs = Inputs::new([
        ("traces".to_owned(), whole(&output, "traces")),
        ("recordings".to_owned(), output.tables["recordings"].clone()),
    ]);
    let params = json!({"resample_dt_s": 0.333, "min_samples": 5});
    let homogenised = run(&fixtures(), 1, "celegans.homogenise", &params, &inputs).unwrap();
    let table = &homogenised.tables["recordings"];
    let (ids, statuses) = (table.text("recording_id").unwrap(), table.text("status").unwrap());
    let labelled = table.integers("n_labeled").unwrap();
    let found: Vec<String> = (0..table.n_rows())
        .map(|row| {
            format!("{} {} {}", ids.get_or_empty(row), statuses.get_or_empty(row), labelled.value(row))
        })
        .collect();
    let expected = [
        "Dag2023/2022-01-16-01 skipped 0",
        "Dag2023/2022-07-27-45 used 3",
        "Flavell2023/time_trace used 2",
        "Flavell2023/worm used 2",
        "Kaplan2020/Neuron2019_Data_MNhisCl_RIShisCl/worm00 used 2",
        "Kato2015/WT_NoStim/worm00 used 2",
        "Kato2015/WT_Stim/worm00 used 2",
        "Kato2015/WT_Stim/worm01 used 2",
        "Leifer2023/0 used 1",
        "Lin2023/run1 used 2",
        "Nejatbakhsh2020/sub-worm1_ophys used 2",
        "Nichols2017/npr1_let/worm00 used 2",
        "Nichols2017/npr1_let/worm01 used 1",
        "Skora2018/WT_fasted/worm00 used 2",
        "Uzel2022/Uzel_WT/worm00 used 1",
        "Uzel2022/Uzel_WT/worm01 used 2",
        "Venkatachalam2024/worm_0 used 3",
        "Venkatachalam2024/worm_1 used 3",
        "Yemini2021/Head_Activity_OH16230/worm00 used 3",
        "Yemini2021/Head_Activity_OH16230/worm01 used 2",
        "Yemini2021/Tail_Activity_OH16230/worm00 used 3",
        "Yemini2021/Tail_Activity_OH16230/worm01 used 2",
    ];
    assert_eq!(found, expected);
}
