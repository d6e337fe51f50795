//! The interface to HDF5, the same for both backends.

use crate::nwb_files::{
    Scratch, array, column, group, number_attribute, reference_attribute, text_attribute, texts,
};
use neuroloom_io::hdf5::{Attribute, Dtype, File, ObjectKind, Visit, walk};
use neuroloom_testkit::workspace_root;
use rust_hdf5::{H5File, LibverBound};

/// A file with every type that is read, and what lies in it.
fn sample(scratch: &Scratch) -> File {
    let path = scratch.path("sample.h5");
    let file = H5File::create(&path).unwrap();
    let root = file.root_group();
    let types = group(&root, "types", "Probe");
    column(&types, "i8", &[-1_i8, 2]);
    column(&types, "i16", &[-300_i16, 2]);
    column(&types, "i32", &[-70_000_i32, 2]);
    column(&types, "i64", &[-5_000_000_000_i64, 2]);
    column(&types, "u8", &[200_u8, 2]);
    column(&types, "u16", &[60_000_u16, 2]);
    column(&types, "u32", &[4_000_000_000_u32, 2]);
    column(&types, "u64", &[1_u64 << 60, 2]);
    column(&types, "f32", &[0.5_f32, 2.0]);
    column(&types, "f64", &[0.1_f64, 2.0]);
    column(&types, "bool", &[rust_hdf5::HBool::from(true), false.into()]);
    texts(&types, "fixed_text", &["ab", "wxyz"]);
    let matrix: Vec<i16> = (0..12).collect();
    array(&root, "matrix", &[4, 3], &matrix);
    let chunked =
        root.new_dataset::<f32>().shape([100, 8]).chunk(&[16, 8]).deflate(6).create("chunked").unwrap();
    chunked.write_raw(&(0..800).map(|i| i as f32).collect::<Vec<_>>()).unwrap();
    text_attribute(&chunked, "unit", "volts");
    number_attribute(&chunked, "rate", 30.0);
    chunked.new_attr::<i32>().shape(()).create("count").unwrap().write_numeric(&7_i32).unwrap();
    reference_attribute(&chunked, "table", "/types");
    let references = root.new_dataset::<u64>().object_references().shape([2]).create("references").unwrap();
    references.write_object_references(&["/types", "/matrix"]).unwrap();
    root.create_soft_link("alias", "/types").unwrap();
    root.create_soft_link("nowhere", "/absent/object").unwrap();
    file.close().unwrap();
    File::open(&path).unwrap()
}

#[test]
fn every_number_type_reads_as_f64() {
    let scratch = Scratch::new();
    let file = sample(&scratch);
    let first = [
        ("i8", -1.0),
        ("i16", -300.0),
        ("i32", -70_000.0),
        ("i64", -5e9),
        ("u8", 200.0),
        ("u16", 60_000.0),
        ("u32", 4e9),
        ("u64", (1_u64 << 60) as f64),
        ("f32", 0.5),
        ("f64", 0.1),
        ("bool", 1.0),
    ];
    for (name, expected) in first {
        let values: Vec<f64> = file.numbers(&format!("/types/{name}")).unwrap();
        assert_eq!(values[0], expected, "{name}");
        assert_eq!(values.len(), 2, "{name}");
    }
}

#[test]
fn stored_types_and_shapes_are_told() {
    let scratch = Scratch::new();
    let file = sample(&scratch);
    let dtype = |name: &str| file.info(name).unwrap().dtype;
    assert_eq!(dtype("/types/i16"), Dtype::Int(16));
    assert_eq!(dtype("/types/u64"), Dtype::Uint(64));
    assert_eq!(dtype("/types/f32"), Dtype::Float(32));
    assert_eq!(dtype("/types/bool"), Dtype::Bool);
    assert_eq!(dtype("/types/fixed_text"), Dtype::Text(Some(4)));
    assert_eq!(dtype("/references"), Dtype::Reference);
    assert_eq!(file.info("/matrix").unwrap().shape, [4, 3]);
    assert_eq!(file.info("/matrix").unwrap().chunk, None);
    assert_eq!(file.info("/chunked").unwrap().chunk, Some(vec![16, 8]));
}

#[test]
fn text_of_fixed_length_is_read() {
    let scratch = Scratch::new();
    let file = sample(&scratch);
    assert_eq!(file.texts("/types/fixed_text").unwrap(), ["ab", "wxyz"]);
    let error = file.texts("/types/i16").unwrap_err();
    assert_eq!((error.expected_text(), error.found_text()), (Some("text"), Some("int16")));
}

/// The recording that ships with the workspace, written by the C library through h5py.
#[test]
fn text_of_variable_length_is_read() {
    let path = workspace_root().join("data/a2929/A2929-200711.nwb");
    let file = File::open(&path).unwrap();
    assert_eq!(file.info("/units/location").unwrap().dtype, Dtype::Text(None));
    let locations = file.texts("/units/location").unwrap();
    assert_eq!((locations.len(), locations[0].as_str(), locations[14].as_str()), (15, "adn", "ca1"));
    assert_eq!(file.texts("/intervals/epochs/tags").unwrap(), ["sleep", "wake"]);
    assert_eq!(file.texts("/identifier").unwrap(), ["A2929-200711"]);
    let kind = file.text_attribute("/units", "neurodata_type").unwrap();
    assert_eq!(kind.as_deref(), Some("Units"));
    let group = file.references("/units/electrode_group").unwrap();
    assert_eq!(group[0].as_deref(), Some("/general/extracellular_ephys/group0_"));
}

#[test]
fn rows_are_read_alone() {
    let scratch = Scratch::new();
    let file = sample(&scratch);
    assert_eq!(file.number_rows::<i64>("/matrix", 1..3).unwrap(), [3, 4, 5, 6, 7, 8]);
    let rows = file.number_rows::<f32>("/chunked", 15..17).unwrap();
    assert_eq!(rows, (120..136).map(|i| i as f32).collect::<Vec<_>>());
    assert!(file.number_rows::<i64>("/matrix", 3..5).is_err());
}

#[test]
fn attributes_are_text_numbers_and_references() {
    let scratch = Scratch::new();
    let file = sample(&scratch);
    assert_eq!(file.attribute("/chunked", "unit").unwrap(), Some(Attribute::Text("volts".into())));
    assert_eq!(file.attribute("/chunked", "rate").unwrap(), Some(Attribute::Number(30.0)));
    assert_eq!(file.attribute("/chunked", "count").unwrap(), Some(Attribute::Number(7.0)));
    let table = file.attribute("/chunked", "table").unwrap();
    assert_eq!(table, Some(Attribute::Reference(Some("/types".into()))));
    assert_eq!(file.attribute("/chunked", "absent").unwrap(), None);
    assert_eq!(file.text_attribute("/types", "neurodata_type").unwrap().as_deref(), Some("Probe"));
    assert_eq!(file.text_attribute("/alias", "neurodata_type").unwrap().as_deref(), Some("Probe"));
}

#[test]
fn references_become_paths() {
    let scratch = Scratch::new();
    let file = sample(&scratch);
    let paths = file.references("/references").unwrap();
    assert_eq!(paths, [Some("/types".to_owned()), Some("/matrix".to_owned())]);
}

#[test]
fn links_are_followed_and_dangling_ones_are_absent() {
    let scratch = Scratch::new();
    let file = sample(&scratch);
    assert_eq!(file.kind("/alias").unwrap(), Some(ObjectKind::Group));
    assert_eq!(file.numbers::<f64>("/alias/f64").unwrap(), [0.1, 2.0]);
    assert_eq!(file.kind("/nowhere").unwrap(), None);
    assert_eq!(file.kind("/types/none/below").unwrap(), None);
    assert_eq!(file.kind("/matrix").unwrap(), Some(ObjectKind::Dataset));
    assert_eq!(file.kind("/").unwrap(), Some(ObjectKind::Group));
}

#[test]
fn a_walk_meets_every_object_once() {
    let scratch = Scratch::new();
    let file = sample(&scratch);
    let mut paths = Vec::new();
    walk(&file, "/", |object| {
        paths.push(object.path.clone());
        Ok(Visit::Descend)
    })
    .unwrap();
    assert_eq!(paths.iter().filter(|path| path.ends_with("/i16")).count(), 1);
    assert_eq!(&paths[..4], ["/chunked", "/matrix", "/references", "/types"]);
    assert_eq!(paths.len(), 4 + 12);
}

#[test]
fn a_group_that_holds_itself_does_not_hang_the_walk() {
    let scratch = Scratch::new();
    let path = scratch.path("loop.h5");
    let file = H5File::create(&path).unwrap();
    let inner = file.create_group("outer").unwrap().create_group("inner").unwrap();
    inner.create_soft_link("up", "/outer").unwrap();
    file.close().unwrap();
    let mut seen = 0;
    walk(&File::open(&path).unwrap(), "/", |_| {
        seen += 1;
        Ok(Visit::Descend)
    })
    .unwrap();
    assert_eq!(seen, 2);
}

/// A chunked dataset of which nothing was written may promise anything.
#[test]
fn a_promise_of_512_gib_in_a_small_file_is_refused_before_allocating() {
    let scratch = Scratch::new();
    let path = scratch.path("huge.h5");
    let file = H5File::create(&path).unwrap();
    file.new_dataset::<f64>().shape([1_usize << 36]).chunk(&[1 << 20]).create("data").unwrap();
    file.close().unwrap();
    let error = File::open(&path).unwrap().numbers::<f64>("/data").unwrap_err();
    assert_eq!(error.message(), "the dataset claims more data than the file can hold");
    assert_eq!(error.location().object.as_deref(), Some("/data"));
    assert_eq!(error.found_text(), Some("(68719476736) elements of float64"));
}

/// The old file format, which most NWB files have, guards its headers with no checksum.
#[test]
fn an_overwritten_extent_is_refused_before_allocating() {
    let scratch = Scratch::new();
    let path = scratch.path("hostile.h5");
    let file = H5File::options().libver(LibverBound::Earliest).create(&path).unwrap();
    column(&file.root_group(), "data", &[1.0_f64; 0x1357]);
    file.close().unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    let extent = 0x1357_u64.to_le_bytes();
    let places: Vec<usize> = (0..bytes.len() - 8).filter(|&i| bytes[i..i + 8] == extent).collect();
    assert!(!places.is_empty());
    for place in places {
        bytes[place..place + 8].copy_from_slice(&(1_u64 << 40).to_le_bytes());
    }
    neuroloom_core::files::write_bytes(&path, &bytes).unwrap();
    let error = File::open(&path).and_then(|file| file.numbers::<f64>("/data")).unwrap_err();
    assert_eq!(error.message(), "the dataset claims more data than the file can hold");
    assert!(error.found_text().unwrap().contains("1099511627776"), "{error}");
}
