//! Damaged files of every source: an error or values, never a panic, a hang or a flood of memory.

use std::path::Path;

use neuroloom_celegans::Profile;
use neuroloom_core::{Result, files};
use neuroloom_testkit::assert_survives;
use neuroloom_worms::Source;

use crate::support::{copied, fixture, options, read};

const VARIANTS: usize = 200;

/// Damages `file` of the fixtures of its source, with the sound ones beside it, and reads what it belongs to.
fn survives(source: Source, file: &str) {
    let bytes = files::read_bytes(&fixture(source.name()).join(file)).unwrap();
    // One folder: the variants come one after another.
    let folder = copied(source.name());
    let damaged_file = folder.path().join(file);
    let recording = folder.path().join(match file {
        "NeuroPAL_labels_dict.json" => "2022-07-27-45-data.h5",
        "neurons.json" => "time_trace.json",
        "0_labels.txt" | "0_t.txt" => "0_gcamp.txt",
        recording => recording,
    });
    assert!(read(source, &recording, &options(Profile::Exact)).is_ok(), "{file}");
    let outcomes = assert_survives(&bytes, VARIANTS, move |damaged: &Path| -> Result<()> {
        files::write_bytes(&damaged_file, &files::read_bytes(damaged)?)?;
        read(source, &recording, &options(Profile::Exact)).map(|_| ())
    });
    assert_eq!(outcomes.read + outcomes.refused, VARIANTS);
    assert!(outcomes.refused > 0, "{file}: {outcomes:?}");
    drop(folder);
}

macro_rules! sources {
    ($($name:ident: $source:ident $($file:literal)+;)+) => {
        $(#[test]
        fn $name() {
            $(survives(Source::$source, $file);)+
        })+
    };
}

sources! {
    kato: Kato2015 "WT_Stim.mat";
    nichols: Nichols2017 "npr1_let.mat";
    skora: Skora2018 "WT_fasted.mat";
    kaplan: Kaplan2020 "Neuron2019_Data_MNhisCl_RIShisCl.mat";
    uzel: Uzel2022 "Uzel_WT.mat";
    nejatbakhsh: Nejatbakhsh2020 "sub-worm1_ophys.nwb";
    yemini: Yemini2021 "Head_Activity_OH16230.mat" "Tail_Activity_OH16230.mat";
    lin: Lin2023 "run1.mat";
    dag: Dag2023 "2022-07-27-45-data.h5" "NeuroPAL_labels_dict.json";
    flavell: Flavell2023 "worm.json" "time_trace.json" "neurons.json";
    leifer: Leifer2023 "0_gcamp.txt" "0_labels.txt" "0_t.txt";
    venkatachalam: Venkatachalam2024 "worms.zip";
}
