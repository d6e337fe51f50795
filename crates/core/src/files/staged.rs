//! Files and folders that are filled before they have their names.

use std::path::Path;

use super::File;
use super::folders::{create_folders, with_folder};
use super::system::{self, parent};
use super::temporary::Temporary;
use crate::{Error, Result};

/// A file that is filled under a temporary name and then given its final one; removed where it never gets one.
#[derive(Debug)]
pub struct StagedFile {
    file: File,
    temporary: Temporary,
}

impl StagedFile {
    /// An empty temporary file in `folder`, on the file system where it will be committed.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn new(folder: &Path) -> Result<Self> {
        let (file, temporary) =
            with_folder(folder, Temporary::file_in).map_err(|e| Error::io("create", folder, &e))?;
        Ok(Self { file, temporary })
    }

    /// Its temporary name.
    pub fn path(&self) -> &Path {
        self.temporary.path()
    }

    /// The file, open for reading and writing.
    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Syncs the file and gives it its final name.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn commit(self, target: &Path) -> Result<()> {
        self.file.sync_all().map_err(|e| Error::io("sync", target, &e))?;
        self.temporary.rename(target).map_err(|e| Error::io("rename", target, &e))?;
        sync_folder(parent(target))
    }
}

/// A folder that is filled under a temporary name and then committed under its final one.
#[derive(Debug)]
pub struct StagedFolder {
    temporary: Temporary,
}

impl StagedFolder {
    /// An empty temporary folder in `parent`, on the file system where it will be committed.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn new(parent: &Path) -> Result<Self> {
        let temporary = with_folder(parent, Temporary::folder_in);
        Ok(Self { temporary: temporary.map_err(|e| Error::io("create", parent, &e))? })
    }

    /// Where to put the files.
    pub fn path(&self) -> &Path {
        self.temporary.path()
    }

    /// Gives the folder its final name. Where `target` exists already, it stays and this one is discarded.
    ///
    /// # Errors
    /// When the operating system refuses.
    pub fn commit(self, target: &Path) -> Result<()> {
        let folder = parent(target);
        create_folders(folder)?;
        sync_folder(self.path())?;
        match self.temporary.rename(target) {
            Ok(()) => sync_folder(folder),
            Err(_) if super::is_folder(target) => Ok(()),
            Err(e) => Err(Error::io("rename", target, &e)),
        }
    }
}

fn sync_folder(folder: &Path) -> Result<()> {
    system::sync_folder(folder).map_err(|e| Error::io("sync", folder, &e))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::files::{list_files, read_text, write_bytes};

    #[test]
    fn the_first_commit_of_a_folder_stays() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("entry");
        for text in ["first", "second"] {
            let staged = StagedFolder::new(folder.path()).unwrap();
            write_bytes(&staged.path().join("x"), text.as_bytes()).unwrap();
            staged.commit(&target).unwrap();
        }
        assert_eq!(read_text(&target.join("x")).unwrap(), "first");
        assert_eq!(list_files(folder.path()).unwrap(), [PathBuf::from("entry/x")]);
    }
}
