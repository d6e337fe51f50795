//! NumPy files: those of numpy itself, damaged and hostile ones.

use std::path::{Path, PathBuf};

use neuroloom_core::{Result, files};
use neuroloom_io::npy::{self, Archive, Array, Values};
use neuroloom_io::numbers::Numbers;
use neuroloom_testkit::assert_survives;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/npy").join(name)
}

fn read(name: &str) -> Array {
    npy::read(&fixture(&format!("{name}.npy"))).unwrap()
}

fn read_archive(path: &Path) -> Result<()> {
    let mut archive = Archive::open(path)?;
    let names = archive.names().to_vec();
    names.iter().try_for_each(|name| archive.read(name).map(drop))
}

#[test]
fn arrays_come_in_c_order_whatever_the_file_has() {
    let grid: Vec<f64> = (0..24).map(f64::from).collect();
    let fortran = read("fortran");
    assert_eq!(fortran.shape, [2, 3, 4]);
    assert_eq!(fortran.values, Values::Numbers(Numbers::F64(grid)));
    let quarters = (0..24).map(|i| i as f32 / 4.0).collect();
    assert_eq!(read("float32").values, Values::Numbers(Numbers::F32(quarters)));
    let big = (0..24).map(|i| i - 12).collect();
    assert_eq!(read("big_endian").values, Values::Numbers(Numbers::I16(big)));
}

#[test]
fn every_plain_type_is_read() {
    let Values::Numbers(half) = read("half").values else { panic!("no numbers") };
    // 6e-8 rounds to the smallest binary16, 2^-24.
    assert_eq!(half.to_f64(), [1.0, -2.5, 65504.0, 2_f64.powi(-24), f64::INFINITY]);
    assert_eq!(read("bool").values, Values::Bools(vec![true, false, false, true]));
    assert_eq!(read("unicode").values, Values::Texts(["CA1", "µ", ""].map(str::to_owned).into()));
    assert_eq!(read("bytes").values, Values::Texts(["good", "mua"].map(str::to_owned).into()));
    assert_eq!(
        (read("scalar").shape.len(), read("scalar").values),
        (0, Values::Numbers(Numbers::U64(vec![7])))
    );
    assert_eq!(read("empty").shape, [0, 5]);
    assert_eq!(read("version_2").values, Values::Numbers(Numbers::I32(vec![0, 1, 2])));
}

#[test]
fn headers_are_read_alone() {
    let header = npy::read_header(&fixture("fortran.npy")).unwrap();
    assert_eq!((header.shape.as_slice(), header.fortran_order), ([2, 3, 4].as_slice(), true));
    assert_eq!(header.dtype.to_string(), "float64");
}

#[test]
fn what_is_no_plain_array_is_refused_by_name() {
    for (name, word) in [("object", "pickle"), ("complex", "complex"), ("records", "records")] {
        let error = npy::read(&fixture(&format!("{name}.npy"))).unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
        assert!(error.report().contains(&format!("{name}.npy")), "{error}");
    }
}

#[test]
fn archives_stored_and_deflated_are_read() {
    let mut stored = Archive::open(&fixture("stored.npz")).unwrap();
    assert_eq!(stored.names(), ["t", "word"]);
    assert_eq!(stored.read("t").unwrap().vector().unwrap().to_f64(), [0.0, 0.5, 1.0, 1.5, 2.0]);
    assert_eq!(stored.read("word").unwrap().values, Values::Texts(vec!["unit".into()]));
    let mut deflated = Archive::open(&fixture("deflated.npz")).unwrap();
    assert_eq!(deflated.read("t").unwrap().vector().unwrap().get(999), Some(499.5));
    assert!(deflated.read("objects").unwrap_err().report().contains("deflated.npz: objects"));
    assert!(deflated.read("T").unwrap_err().hint_text().unwrap().contains("\"t\""));
}

#[test]
fn a_header_that_claims_more_than_there_is_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npy");
    for shape in ["(1000000000000,)", "(4294967296, 4294967296, 4294967296)", "(-1,)", "(2,)", "3"] {
        let header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend([0; 8]);
        files::write_bytes(&path, &bytes).unwrap();
        assert!(npy::read(&path).is_err(), "{shape}");
    }
}

#[test]
fn damaged_files_are_read_or_refused() {
    for name in ["float32.npy", "fortran.npy", "unicode.npy"] {
        let bytes = std::fs::read(fixture(name)).unwrap();
        let outcomes = assert_survives(&bytes, 200, npy::read);
        assert!(outcomes.refused > 50, "{name}: {outcomes:?}");
    }
}

#[test]
fn damaged_archives_are_read_or_refused() {
    assert!(read_archive(&fixture("stored.npz")).is_ok());
    let bytes = std::fs::read(fixture("stored.npz")).unwrap();
    let outcomes = assert_survives(&bytes, 250, read_archive);
    assert!(outcomes.refused > 100, "{outcomes:?}");
    let bytes = std::fs::read(fixture("deflated.npz")).unwrap();
    let outcomes = assert_survives(&bytes, 250, |path| Archive::open(path)?.read("t"));
    assert!(outcomes.refused > 50, "{outcomes:?}");
}
