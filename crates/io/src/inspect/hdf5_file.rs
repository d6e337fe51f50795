//! HDF5 files: NWB, those of known programs, and any other.

use std::path::Path;

use neuroloom_core::Result;

use super::{Inspection, ObjectSummary};
use crate::Format;
use crate::hdf5::{self, File, Object, ObjectKind, Visit};
use crate::nwb::{Session, neurodata_type};

pub(super) fn inspect(path: &Path, inspection: &mut Inspection) -> Result<()> {
    let file = File::open(path)?;
    if inspection.format == Format::Nwb {
        inspection.session = Some(Session::of(&file)?);
    }
    hdf5::walk(&file, "/", |object| {
        inspection.objects.push(summary(&file, object));
        // The schema that NWB files carry says nothing of the recording.
        Ok(if object.path == "/specifications" { Visit::Skip } else { Visit::Descend })
    })?;
    inspection.objects.sort_by(|a, b| a.path.cmp(&b.path));
    inspection.recognised = program(inspection).map(str::to_owned);
    Ok(())
}

/// The program that wrote the file, by the objects that only its files have.
fn program(inspection: &Inspection) -> Option<&'static str> {
    let ends = |name: &str| inspection.objects.iter().any(|object| object.path.ends_with(name));
    if inspection.has("/estimates") && (inspection.has("/estimates/C") || inspection.has("/estimates/A")) {
        return Some("CaImAn");
    }
    if ends("/train_spikes_heldin") || ends("/eval_spikes_heldin") || inspection.has("/train_data") {
        return Some("Neural Latents Benchmark");
    }
    if inspection.has("/dissimilarities") && inspection.has("/rdm_descriptors") {
        return Some("rsatoolbox RDMs");
    }
    None
}

fn summary(file: &File, object: &Object) -> ObjectSummary {
    describe(file, object)
        .unwrap_or_else(|error| ObjectSummary::new(&object.path).unreadable(error.message()))
}

fn describe(file: &File, object: &Object) -> Result<ObjectSummary> {
    let path = object.path.as_str();
    let kind = Some(neurodata_type(file, path)?).filter(|kind| !kind.is_empty());
    let mut summary = ObjectSummary { neurodata_type: kind, ..ObjectSummary::new(path) };
    if object.kind == ObjectKind::Dataset {
        let info = file.info(path)?;
        summary.dtype = Some(info.dtype.to_string());
        summary.shape = Some(info.shape);
        summary.unit = file.text_attribute(path, "unit")?.filter(|unit| !unit.is_empty());
        summary.rate_hz = file.number_attribute(path, "rate")?;
    }
    Ok(summary)
}
