//! Opening a file and making sure that it is NWB 2.

use std::path::Path;

use neuroloom_core::Result;

use crate::hdf5::File;

/// Opens the NWB file at `path`.
///
/// # Errors
/// When it is absent, no HDF5, damaged, or HDF5 that is not NWB 2.
pub(super) fn open(path: &Path) -> Result<File> {
    let file = File::open(path)?;
    match file.text_attribute("/", "nwb_version")? {
        Some(version) if version.starts_with("2.") => Ok(file),
        Some(version) => Err(file
            .error("/", "this version of NWB is not supported")
            .expected("NWB 2.x")
            .found(format!("NWB {version}"))
            .hint("convert the file to NWB 2")),
        None if file.has_dataset("/nwb_version")? => Err(file
            .error("/nwb_version", "this is an NWB 1 file")
            .expected("NWB 2.x")
            .hint("convert the file to NWB 2")),
        None => Err(file
            .error("/", "this is an HDF5 file, but no NWB file")
            .expected("the attribute nwb_version at the root")
            .hint("`neuroloom inspect` lists what is in it")),
    }
}
