//! The one place where files are touched.
//!
//! What is written goes to a temporary name, is synced, checked, then renamed: nothing under its final name is ever
//! partial. Every call to the operating system passes [`faults`], where a test makes the k-th of them fail, and is
//! made again where a signal interrupted it, so that no caller ever sees an interruption.
//!
//! | module | question it answers |
//! | --- | --- |
//! | `system` | which calls are there, and what do all of them have in common? |
//! | [`faults`] | how does a test make one of them fail? |
//! | `handle` | what is an open file? |
//! | `read` | how is a whole file read? |
//! | `refusal` | is a file damaged, or does the disk fail? |
//! | `atomic` | how is a file written or linked so that it is whole or absent? |
//! | `staged` | how is a file or folder filled before it has its name? |
//! | `temporary` | what has a temporary name, and who removes what the dead left behind? |
//! | `folders` | how are folders made, listed and removed? |
//! | `status` | is it there, what is it, how long is it? |
//! | `append` | how does a file grow by a line? |
//! | `marks` | how do computers that share a file system agree by small files? |

mod append;
mod atomic;
pub mod faults;
mod folders;
mod handle;
mod marks;
mod read;
mod refusal;
mod staged;
mod status;
mod system;
mod temporary;

pub use append::{Lines, append_line, open_to_append};
pub use atomic::{link, write_atomic, write_atomic_checked, write_bytes};
pub use folders::{create_folders, list, list_files, remove_file, remove_folder};
pub use handle::File;
pub use marks::{claim, modified, point, pointed, take_away, touch};
pub use read::{digest, open, read_bytes, read_text, read_text_if_present};
pub use refusal::Refusal;
pub use staged::{StagedFile, StagedFolder};
pub use status::{
    exists, is_file, is_folder, is_link, is_same_file, make_read_only, metadata, metadata_of_link, real_path,
    size, size_if_present,
};
pub use temporary::{TEMPORARY_PREFIX, sweep_temporaries};
