//! What is read of a damaged file is what the damaged file says.
//!
//! Three classes of damage: in the bytes of numbers, where the format has no checksum, exactly these numbers change;
//! under a checksum nothing changes, or the file is refused; elsewhere (a shape, an address, a name) a format without
//! checksums may say something else that is sound, and the other tests ask for no more than that the reader survives.

use std::ops::Range;
use std::path::{Path, PathBuf};

use neuroloom_core::{Result, files};
use neuroloom_io::npy::{self, Archive, Array};
use neuroloom_io::{alf, mat5, nwb, phy, suite2p};
use neuroloom_table::Columns;
use neuroloom_testkit::{Outcomes, Trial};

use crate::{numpy, nwb_files};

const N: usize = 200;

fn fixture(name: &str) -> Vec<u8> {
    files::read_bytes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)).unwrap()
}

/// Where `part` stands in `bytes`; it must stand there once.
fn place(bytes: &[u8], part: &[u8]) -> Range<usize> {
    let mut places = bytes.windows(part.len()).enumerate().filter(|(_, window)| *window == part);
    let (start, _) = places.next().unwrap();
    assert!(places.next().is_none());
    start..start + part.len()
}

fn doubles(bytes: &[u8]) -> Vec<f64> {
    bytes.as_chunks().0.iter().map(|word| f64::from_le_bytes(*word)).collect()
}

fn singles(bytes: &[u8]) -> Vec<f64> {
    bytes.as_chunks().0.iter().map(|word| f64::from(f32::from_le_bytes(*word))).collect()
}

/// Damages the numbers at `place` of the file `bytes`: `read` must give what `decode` makes of the damaged bytes.
fn exactly_the_damaged_numbers_change(
    bytes: &[u8],
    place: Range<usize>,
    decode: fn(&[u8]) -> Vec<f64>,
    read: impl Fn(&Path) -> Result<Vec<f64>> + Send + Sync + 'static,
) -> Outcomes {
    Trial::new(bytes, N).only(place.clone()).judge(read, |corruption, _, found| {
        let expected = decode(&corruption.apply(bytes)[place.clone()]);
        let same = |(a, b): (&f64, &f64)| a == b || (a.is_nan() && b.is_nan());
        let right = expected.len() == found.len() && expected.iter().zip(found).all(same);
        if right { Ok(()) } else { Err(format!("{found:?} and not {expected:?}")) }
    })
}

#[test]
fn damaged_numbers_of_an_array_are_read_as_they_stand() {
    let bytes = fixture("npy/float32.npy");
    let data = bytes.len() - 24 * 4..bytes.len();
    let read = |path: &Path| Ok(npy::read(path)?.numbers()?.to_f64());
    let outcomes = exactly_the_damaged_numbers_change(&bytes, data, singles, read);
    assert!(outcomes.refused == 0 && outcomes.changed > N / 2, "{outcomes:?}");
}

#[test]
fn archives_have_checksums() {
    let read = |path: &Path| -> Result<Vec<(String, Array)>> {
        let mut archive = Archive::open(path)?;
        // That of Python objects is refused in a sound archive too.
        let names: Vec<String> = archive.names().iter().filter(|name| *name != "objects").cloned().collect();
        names.into_iter().map(|name| Ok((name.clone(), archive.read(&name)?))).collect()
    };
    for name in ["npy/stored.npz", "npy/deflated.npz"] {
        let bytes = fixture(name);
        let outcomes = Trial::new(&bytes, N).judge(read, |_, sound, found| {
            // Names have no checksum: an array may be lost or called otherwise, but is never another one.
            let known = |(_, array): &(String, Array)| sound.iter().any(|(_, other)| other == array);
            if found.iter().all(known) { Ok(()) } else { Err(format!("{found:?}")) }
        });
        assert!(outcomes.refused > N / 4, "{name}: {outcomes:?}");
    }
}

#[test]
fn compressed_matlab_variables_have_checksums() {
    let read = |path: &Path| -> Result<Vec<mat5::MatValue>> {
        let file = mat5::File::open(path)?;
        file.variables().iter().map(|variable| Ok(file.read(&variable.name)?.value)).collect()
    };
    let bytes = fixture("mat5/compressed.mat");
    let outcomes = Trial::new(&bytes, N).judge(read, |_, sound, found| {
        let known =
            |value: &mat5::MatValue| sound.iter().any(|other| format!("{other:?}") == format!("{value:?}"));
        if found.iter().all(known) { Ok(()) } else { Err(format!("{found:?}")) }
    });
    assert!(outcomes.refused > N / 4, "{outcomes:?}");
}

/// A reader of the folder of `target` in which it puts the damaged file first.
fn in_its_folder(
    target: PathBuf,
    read: impl Fn() -> Result<Vec<f64>> + Send + Sync + 'static,
) -> impl Fn(&Path) -> Result<Vec<f64>> + Send + Sync + 'static {
    move |damaged| {
        files::write_bytes(&target, &files::read_bytes(damaged)?)?;
        read()
    }
}

#[test]
fn damaged_fluorescence_is_read_as_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let plane = folder.path().join("plane0");
    let target = plane.join("F.npy");
    let data = (0..12).flat_map(|i| (i as f32 + 0.5).to_le_bytes());
    files::write_bytes(&target, &numpy::npy("<f4", &[3, 4], data)).unwrap();
    let bytes = files::read_bytes(&target).unwrap();
    let read = in_its_folder(target, move || {
        let traces = suite2p::read(&plane, &suite2p::ReadOptions::new(10.0))?.traces;
        let samples = traces.lists("trace")?;
        Ok((0..traces.n_rows()).flat_map(|row| samples.get(row).unwrap_or_default().to_vec()).collect())
    });
    let data = bytes.len() - 48..bytes.len();
    let outcomes = exactly_the_damaged_numbers_change(&bytes, data, singles, read);
    assert!(outcomes.refused == 0 && outcomes.changed > N / 2, "{outcomes:?}");
}

#[test]
fn damaged_spike_times_are_read_as_they_stand_or_refused_as_no_times() {
    let folder = tempfile::tempdir().unwrap();
    let probe = folder.path().to_path_buf();
    let target = probe.join("spikes.times.npy");
    numpy::write_f64(&target, &[0.5, 0.75, 1.0, 4.0]);
    numpy::write_i32(&probe.join("spikes.clusters.npy"), &[3; 4]);
    let bytes = files::read_bytes(&target).unwrap();
    let read = in_its_folder(target, move || {
        let spikes = alf::read(&probe, &alf::ReadOptions::default())?.spikes;
        Ok(spikes.lists("spike_times_s")?.get(0).unwrap_or_default().to_vec())
    });
    let data = bytes.len() - 32..bytes.len();
    let outcomes = exactly_the_damaged_numbers_change(&bytes, data, doubles, read);
    // Times that run backwards or are not finite.
    assert!(outcomes.refused > N / 10 && outcomes.changed > N / 10, "{outcomes:?}");
}

#[test]
fn damaged_samples_of_kilosort_are_divided_as_they_stand_or_refused() {
    let folder = tempfile::tempdir().unwrap();
    let session = folder.path().to_path_buf();
    let target = session.join("spike_times.npy");
    let samples = [200_u64, 1000, 30_000, 50_000].into_iter().flat_map(u64::to_le_bytes);
    files::write_bytes(&target, &numpy::npy("<u8", &[4], samples)).unwrap();
    numpy::write_i32(&session.join("spike_clusters.npy"), &[1; 4]);
    let bytes = files::read_bytes(&target).unwrap();
    let options = phy::ReadOptions { sample_rate_hz: Some(20_000.0), ..phy::ReadOptions::default() };
    let read = in_its_folder(target, move || {
        let spikes = phy::read(&session, &options)?.spikes;
        Ok(spikes.lists("spike_times_s")?.get(0).unwrap_or_default().to_vec())
    });
    let data = bytes.len() - 32..bytes.len();
    let seconds = |bytes: &[u8]| -> Vec<f64> {
        bytes.as_chunks().0.iter().map(|word| u64::from_le_bytes(*word) as f64 / 20_000.0).collect()
    };
    let outcomes = exactly_the_damaged_numbers_change(&bytes, data, seconds, read);
    assert!(outcomes.refused > N / 10 && outcomes.changed > N / 10, "{outcomes:?}");
}

/// A file with one series of 40 samples of 3 channels, and these samples as bytes.
fn nwb_with_series() -> (Vec<u8>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.nwb");
    let samples: Vec<f64> = (0..120).map(|i| f64::from(i) + 0.25).collect();
    nwb_files::write_nwb(&path, |file| {
        let acquisition = nwb_files::group(&file.root_group(), "acquisition", "");
        let series = nwb_files::group(&acquisition, "position", "TimeSeries");
        let data = nwb_files::array(&series, "data", &[40, 3], &samples);
        nwb_files::text_attribute(&data, "unit", "cm");
        let start = nwb_files::column(&series, "starting_time", &[0.5_f64]);
        nwb_files::number_attribute(&start, "rate", 30.0);
    });
    let samples = samples.into_iter().flat_map(f64::to_le_bytes).collect();
    (files::read_bytes(&path).unwrap(), samples)
}

fn behaviour(path: &Path) -> Result<Vec<Vec<f64>>> {
    let recording = nwb::read(path, &nwb::ReadOptions::default())?;
    let Some(table) = recording.behaviour else { return Ok(Vec::new()) };
    let values = table.lists("value")?;
    Ok((0..table.n_rows()).map(|row| values.get(row).unwrap_or_default().to_vec()).collect())
}

#[test]
#[cfg_attr(feature = "hdf5-c", ignore = "the C library may hang or overrun on damaged files")]
fn damaged_samples_of_nwb_are_read_as_they_stand() {
    let (bytes, samples) = nwb_with_series();
    let read = |path: &Path| {
        let channels = behaviour(path)?;
        // As the file has them: all channels at one time side by side.
        Ok((0..40).flat_map(|i| channels.iter().filter_map(move |channel| channel.get(i).copied())).collect())
    };
    let data = place(&bytes, &samples);
    let outcomes = exactly_the_damaged_numbers_change(&bytes, data, doubles, read);
    assert!(outcomes.refused == 0 && outcomes.changed > N / 2, "{outcomes:?}");
}
