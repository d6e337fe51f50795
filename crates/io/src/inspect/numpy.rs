//! NumPy arrays, zip archives of them and of others, and gzip.

use std::io::{BufReader, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use neuroloom_core::{Error, Result, files};
use zip::ZipArchive;

use super::{Inspection, ObjectSummary};
use crate::npy::{self, Header};

/// Entries of an archive that are listed at most.
const MOST_ENTRIES: usize = 1000;

pub(super) fn inspect_npy(path: &Path, inspection: &mut Inspection) -> Result<()> {
    let header = npy::read_header(path)?;
    let name = inspection.file.clone();
    inspection.objects.push(of_header(&name, &header));
    Ok(())
}

fn of_header(name: &str, header: &Header) -> ObjectSummary {
    let shape = header.shape.iter().map(|&extent| extent as u64).collect();
    ObjectSummary::new(name).shape(shape).dtype(header.dtype)
}

pub(super) fn inspect_zip(path: &Path, inspection: &mut Inspection) -> Result<()> {
    let damaged = |e: zip::result::ZipError| {
        Error::data("this is no zip archive, or a damaged one").at_file(path).found(e.to_string())
    };
    let mut archive = ZipArchive::new(BufReader::new(files::open(path)?)).map_err(damaged)?;
    let n = archive.len();
    for index in 0..n.min(MOST_ENTRIES) {
        let mut entry = archive.by_index(index).map_err(damaged)?;
        let name = entry.name().to_owned();
        let Some(array) = name.strip_suffix(".npy") else {
            let about = format!("{} bytes", entry.size());
            inspection.objects.push(ObjectSummary { about: Some(about), ..ObjectSummary::new(&name) });
            continue;
        };
        // Only the header is unpacked.
        inspection.objects.push(match Header::read(&mut entry) {
            Ok(header) => of_header(array, &header),
            Err(error) => ObjectSummary::new(array).unreadable(error.message()),
        });
    }
    if n > MOST_ENTRIES {
        inspection.notes.push(format!("{n} entries, of which {MOST_ENTRIES} are listed"));
    }
    inspection.objects.sort_by(|a, b| a.path.cmp(&b.path));
    inspection.recognised = contents(inspection).map(str::to_owned);
    Ok(())
}

/// What the archive is, by its entries.
fn contents(inspection: &Inspection) -> Option<&'static str> {
    let starts = |name: &str| inspection.objects.iter().any(|object| object.path.starts_with(name));
    if inspection.has("xl/workbook.xml") {
        return Some("spreadsheet (.xlsx)");
    }
    let is_pynapple =
        inspection.has("type") && (inspection.has("t") || inspection.has("start") || inspection.has("index"));
    match inspection.objects.iter().any(|object| object.dtype.is_some() || object.unreadable.is_some()) {
        true if is_pynapple => Some("pynapple (.npz)"),
        true => Some("NumPy arrays (.npz)"),
        false if starts(".zgroup") || starts(".zattrs") => Some("zarr"),
        false => None,
    }
}

/// Says what is inside, by its first bytes.
pub(super) fn inspect_gzip(path: &Path, inspection: &mut Inspection) -> Result<()> {
    let mut head = Vec::new();
    let unpacked = GzDecoder::new(files::open(path)?).take(512).read_to_end(&mut head);
    inspection.notes.push(match unpacked {
        Ok(_) => format!("holds {}: unpack it first (gunzip)", crate::detect::known(&head)),
        Err(e) => format!("cannot be unpacked: {e}"),
    });
    Ok(())
}
