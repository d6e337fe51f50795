//! MATLAB files of version 7.3, and either version by one door.

use std::path::Path;

use neuroloom_core::{Result, files};
use neuroloom_io::mat5::{Limits, MatValue, Variable};
use neuroloom_io::numbers::Numbers;
use neuroloom_io::{mat, mat73};
use neuroloom_testkit::{assert_survives, shared_data};

use crate::fixture;

fn read(name: &str) -> Variable {
    mat::open(&fixture("mat73/plain.mat")).unwrap().read(name).unwrap()
}

fn read_all(path: &Path) -> Result<()> {
    let file = mat73::File::open(path)?;
    file.variables().iter().try_for_each(|variable| file.read(&variable.name).map(drop))
}

#[test]
fn numbers_stand_in_matlabs_order() {
    let matrix = read("matrix");
    let array = matrix.view().numbers().unwrap();
    assert_eq!(array.shape, [2, 3]);
    assert_eq!(array.values.to_f64()[..3], [1.5, 4.5, 2.5]);
    let cube = read("cube");
    let cube = cube.view().numbers().unwrap();
    assert_eq!((cube.shape.as_slice(), cube.values.get(1)), ([2, 3, 4].as_slice(), Some(12.0)));
    assert_eq!(read("single").view().numbers().unwrap().values, Numbers::F32(vec![1.25, -2.0]));
    assert_eq!(read("empty").value.shape(), [0, 3]);
    let compressed = read("compressed");
    let compressed = compressed.view().numbers().unwrap();
    assert_eq!((compressed.shape.as_slice(), compressed.values.get(41)), ([40, 50].as_slice(), Some(1.0)));
}

#[test]
fn both_versions_give_the_same_values() {
    let (old, new) = (fixture("mat5/plain.mat"), fixture("mat73/plain.mat"));
    let (old, new) = (mat::open(&old).unwrap(), mat::open(&new).unwrap());
    let mut shared = vec!["matrix", "single", "cube", "truth", "word", "lines", "est", "records", "empty"];
    shared.extend(["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]);
    for name in shared {
        let (a, b) = (old.read(name).unwrap().value, new.read(name).unwrap().value);
        // NaN is not equal to itself.
        assert_eq!(format!("{a:?}"), format!("{b:?}"), "{name}");
    }
    let info = |file: &mat::File, name: &str| file.variables().into_iter().find(|v| v.name == name).unwrap();
    for name in ["matrix", "truth", "word", "est", "records", "empty"] {
        assert_eq!(info(&old, name), info(&new, name));
    }
}

#[test]
fn cells_keep_their_items_in_order() {
    let cells = read("cells");
    assert_eq!(cells.view().cell(0).unwrap().text().unwrap(), "AVAL");
    assert_eq!(cells.view().cell(1).unwrap().numbers().unwrap().values, Numbers::I16(vec![1, 2, 3]));
    let neuron = cells.view().cell(2).unwrap().cell(1).unwrap();
    assert_eq!(neuron.field("id").unwrap().number().unwrap(), 8.0);
    assert_eq!(cells.view().cell(3).unwrap().value().shape(), [0, 0]);
    let grid = read("grid");
    assert_eq!(grid.value.shape(), [2, 3]);
    assert_eq!(grid.view().cell(1).unwrap().number().unwrap(), 1.0);
    assert_eq!(read("no_cells").view().cells().unwrap().items.len(), 0);
    assert_eq!(read("no_word").view().text().unwrap(), "");
}

#[test]
fn a_place_is_found_in_either_version() {
    for version in ["mat5/plain.mat", "mat73/plain.mat"] {
        let file = mat::open(&fixture(version)).unwrap();
        let find = |place: &str| file.find(&place.parse().unwrap());
        assert_eq!(find("est.neurons{2}.id").unwrap().view().unwrap().number().unwrap(), 8.0);
        assert_eq!(find("records(3).name").unwrap().view().unwrap().text().unwrap(), "unit 2");
        let error = find("est.neurons{2}.traces").unwrap_err();
        assert_eq!(error.location().object.as_deref(), Some("est.neurons{2}"), "{version}");
        assert_eq!(error.hint_text(), Some("did you mean \"trace\"?"));
        assert!(find("est.neurons{3}").is_err() && find("nothing").is_err());
    }
}

#[test]
fn what_only_matlab_can_read_is_skipped_and_said() {
    let file = mat::open(&fixture("mat73/plain.mat")).unwrap();
    assert!(file.notes().iter().any(|note| note.starts_with("table: a MATLAB table")), "{:?}", file.notes());
    assert!(matches!(file.read("complex").unwrap().value, MatValue::Skipped(_)));
    assert!(file.read("table").unwrap().view().numbers().is_err());
}

#[test]
fn references_in_a_ring_are_refused_in_time() {
    let error = read_all(&fixture("mat73/ring.mat")).unwrap_err();
    assert!(error.message().contains("too deep"), "{error}");
    assert!(error.location().object.as_deref().is_some_and(|place| place.starts_with("ring{1}{1}")));
}

#[test]
fn a_variable_beyond_the_limits_is_refused() {
    let limits = Limits { memory_bytes: 1 << 10 };
    let file = mat73::File::open_with(&fixture("mat73/plain.mat"), limits).unwrap();
    assert!(file.read("truth").is_ok());
    let error = file.read("compressed").unwrap_err();
    assert_eq!(error.location().object.as_deref(), Some("compressed"), "{error}");
}

#[test]
#[cfg_attr(feature = "hdf5-c", ignore = "the C library may hang or overrun on damaged files")]
fn damaged_files_are_read_or_refused() {
    let bytes = files::read_bytes(&fixture("mat73/spikes.mat")).unwrap();
    let outcomes = assert_survives(&bytes, 200, read_all);
    assert!(outcomes.refused > 10, "{outcomes:?}");
}

#[test]
fn a_real_file_of_version_5_opens_by_the_same_door() {
    let Some(path) = shared_data("spikes/songbird_hvc/MackeviciusData.mat") else { return };
    let file = mat::open(&path).unwrap();
    let neural = file.variables().into_iter().find(|variable| variable.name == "NEURAL").unwrap();
    assert_eq!((neural.class.as_str(), neural.shape.as_slice()), ("double", [75, 666].as_slice()));
}
