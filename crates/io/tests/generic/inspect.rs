//! What `inspect` says of every format.

use std::path::Path;

use neuroloom_core::{Registry, files};
use neuroloom_io::{Format, Inspection, inspect};
use neuroloom_testkit::shared_data;
use rust_hdf5::H5File;

use crate::{fixture, folder_with, numpy};

fn of(name: &str, bytes: &[u8]) -> Inspection {
    let folder = folder_with(name, bytes);
    inspect(&folder.path().join(name)).unwrap()
}

fn shape(inspection: &Inspection, object: &str) -> Option<Vec<u64>> {
    inspection.objects.iter().find(|known| known.path == object).unwrap().shape.clone()
}

/// The parameters of the first suggestion, if the step takes them; a missing file is no matter of parameters.
fn accepts(inspection: &Inspection) -> bool {
    let registry = neuroloom_io::register(Registry::default());
    let suggestion = inspection.ingest.first().unwrap();
    let (_, with) = suggestion.yaml.split_once("with: ").unwrap();
    let with = with.strip_suffix(" }").unwrap();
    let words = with.replace('{', "{\"").replace(", ", ", \"").replace(": ", "\": ").replace("{\" ", "{\"");
    // Bare words of the flow mapping are quoted by hand: the tests have no YAML parser.
    let quoted: String = words.split_inclusive(": ").map(quote_bare).collect();
    let value: serde_json::Value = serde_json::from_str(&quoted).unwrap_or_else(|e| panic!("{e}: {quoted}"));
    registry.get(suggestion.step).unwrap().check(&value).is_ok()
}

fn quote_bare(part: &str) -> String {
    let end = part.find([',', '}']).unwrap_or(part.len());
    let (value, rest) = part.split_at(end);
    let bare = value.trim();
    let is_bare = !bare.is_empty() && bare.chars().all(|c| c.is_ascii_alphabetic() || c == '_');
    if is_bare && !part.starts_with('"') { format!("\"{bare}\" {rest}") } else { part.to_owned() }
}

#[test]
fn matlab_files_of_both_versions_list_their_variables() {
    for name in ["mat5/plain.mat", "mat73/plain.mat"] {
        let said = inspect(&fixture(name)).unwrap();
        assert_eq!(shape(&said, "matrix"), Some(vec![2, 3]), "{name}");
        let est = said.objects.iter().find(|object| object.path == "est").unwrap();
        assert_eq!(est.about.as_deref(), Some("fields: fs_hz, neurons, note"));
        assert_eq!(said.ingest.first().unwrap().step, "ingest.array");
    }
    assert_eq!(inspect(&fixture("mat73/plain.mat")).unwrap().format, Format::MatV73);
    let said = inspect(&fixture("mat73/spikes.mat")).unwrap();
    assert!(said.ingest.first().unwrap().yaml.contains("object: \"dff\", time: \"time\""), "{said}");
    assert!(said.ingest.iter().any(|line| line.yaml.contains("as: spikes")), "{said}");
    assert!(accepts(&said));
}

#[test]
fn tables_tell_their_columns_and_rows() {
    let said = of("a.csv", b"# made\nt;a;b\n0;1;2\n1;3;4\n2;5;6\n");
    assert_eq!((said.rows, said.objects.len()), (Some(3), 3));
    assert!(said.recognised.as_deref().unwrap().contains("semicolons"));
    assert!(said.ingest[0].yaml.ends_with("columns: { time: \"t\" } } }"), "{said}");
    assert!(accepts(&said));
    let said = of("b.csv", b"neuron,t,dff\nAVAL,0,1\nAVAR,0,2\n");
    assert!(said.ingest[0].yaml.contains("unit: \"neuron\", time: \"t\", value: \"dff\""), "{said}");
    assert!(accepts(&said));
    let said = of("c.tsv", b"1\t0.5\n2\t0.75\n");
    assert_eq!((said.ingest[0].step, said.rows), ("ingest.events", Some(2)));
}

#[test]
fn numpy_archives_tell_their_members() {
    let said = inspect(&fixture("npy/deflated.npz")).unwrap();
    assert_eq!(said.recognised.as_deref(), Some("NumPy arrays (.npz)"));
    assert_eq!(shape(&said, "t"), Some(vec![1000]));
    let pickle = said.objects.iter().find(|object| object.path == "objects").unwrap();
    assert!(pickle.unreadable.is_some(), "{said}");
    let bytes = numpy::npy("<f4", &[3, 90], std::iter::repeat_n(0, 3 * 90 * 4));
    let said = of("dff.npy", &bytes);
    assert_eq!(shape(&said, "dff.npy"), Some(vec![3, 90]));
    assert!(accepts(&said), "{said}");
}

#[test]
fn folders_and_hdf5_files_are_recognised_by_their_parts() {
    let folder = tempfile::tempdir().unwrap();
    let f = numpy::npy("<f4", &[2, 5], std::iter::repeat_n(0, 40));
    files::write_bytes(&folder.path().join("suite2p/plane0/F.npy"), &f).unwrap();
    let said = inspect(folder.path()).unwrap();
    assert_eq!((said.recognised.as_deref(), said.ingest[0].step), (Some("Suite2p"), "ingest.suite2p"));
    let said = inspect(&folder.path().join("suite2p")).unwrap();
    assert_eq!(shape(&said, "plane0/F.npy"), Some(vec![2, 5]));
    assert!(accepts(&said));
    let phy = tempfile::tempdir().unwrap();
    numpy::write_f64(&phy.path().join("spike_times.npy"), &[1.0]);
    numpy::write_i32(&phy.path().join("spike_clusters.npy"), &[1]);
    assert_eq!(inspect(phy.path()).unwrap().ingest[0].step, "ingest.phy");
    let alf = tempfile::tempdir().unwrap();
    numpy::write_f64(&alf.path().join("spikes.times.npy"), &[1.0]);
    assert_eq!(inspect(alf.path()).unwrap().ingest[0].step, "ingest.alf");
    let caiman = folder.path().join("cnmf.hdf5");
    let file = H5File::create(&caiman).unwrap();
    let estimates = file.create_group("estimates").unwrap();
    estimates.new_dataset::<f64>().shape([2, 3]).create("C").unwrap().write_raw(&[0.0; 6]).unwrap();
    file.close().unwrap();
    let said = inspect(&caiman).unwrap();
    assert_eq!((said.recognised.as_deref(), said.ingest[0].step), (Some("CaImAn"), "ingest.caiman"));
}

#[test]
fn what_cannot_be_read_is_named_still() {
    assert_eq!(of("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest").format, Format::CompoundFile);
    let said = of("a.json", br#"{ "fs_hz": 2, "speed": [1, 2, 3] }"#);
    assert_eq!((said.recognised.as_deref(), shape(&said, "speed")), (Some("JSON"), Some(vec![3])));
    let said = of("a.txt.gz", b"\x1f\x8b\x08\x00broken");
    assert!(said.notes[0].contains("cannot be unpacked"), "{said}");
    assert!(of("empty", b"").ingest.is_empty());
    assert!(of("unknown", &[0xff, 0x00, 0xfe]).ingest.is_empty());
    assert!(inspect(Path::new("no/such/file")).is_err());
}

#[test]
fn the_files_at_hand_get_the_right_step() {
    for (file, step) in [
        ("spikes/songbird_hvc/MackeviciusData.mat", "ingest.array"),
        ("spikes/songbird_hvc/songbird_spikes.txt", "ingest.events"),
        ("spikes/allen_719161530_binned/Y.csv", "ingest.table"),
        ("spikes/pynapple_A2929/A2929-200711.nwb", "ingest.nwb"),
        ("calcium/caiman_like/mouse_caiman_like.hdf5", "ingest.caiman"),
        ("calcium/thunder/suite2p_like", "ingest.suite2p"),
        ("nlb/lfads_lorenz.h5", "ingest.nlb"),
        ("rsa/rsatoolbox_92images/rdms_long.parquet", "ingest.table"),
        ("celegans/connectome/witvliet_2020_8_adult.xlsx", "ingest.connectome"),
        ("celegans/connectome/Chklovskii_NeuronConnect.xls", "ingest.connectome"),
    ] {
        let Some(path) = shared_data(file) else { return };
        let said = inspect(&path).unwrap();
        assert_eq!(said.ingest.first().map(|suggestion| suggestion.step), Some(step), "{said}");
    }
}
