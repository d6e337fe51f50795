//! A bounded walk over the objects of a file.

use neuroloom_core::{Error, Result};

use super::{File, ObjectKind};

/// Groups deeper than this are not followed: NWB needs five levels, and a loop of links has no end.
const MAX_DEPTH: usize = 16;
/// Objects beyond this are not followed: links can multiply paths without adding bytes.
const MAX_OBJECTS: usize = 200_000;

/// An object met on a walk.
#[derive(Clone, Debug)]
pub struct Object {
    /// Absolute path.
    pub path: String,
    /// Group or dataset.
    pub kind: ObjectKind,
}

/// What to do after having seen a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visit {
    /// Go on with its children.
    Descend,
    /// Leave its children alone.
    Skip,
}

/// Shows every object below `start` (a group; nothing happens where there is none) to `visit`, parents first,
/// children by name. Groups behind soft links are met where they lie.
///
/// # Errors
/// Those of `visit` and of the file, or when the groups go deeper or are more than any sound file has.
pub fn walk(file: &File, start: &str, mut visit: impl FnMut(&Object) -> Result<Visit>) -> Result<()> {
    if file.kind(start)? != Some(ObjectKind::Group) {
        return Ok(());
    }
    let mut seen = 0;
    let mut open = vec![(start.to_owned(), 0)];
    while let Some((group, depth)) = open.pop() {
        let mut below = Vec::new();
        for child in file.children(&group)? {
            let path = join(&group, &child.name);
            // A link that leads nowhere is no object.
            let Some(kind) = file.kind(&path)? else { continue };
            if kind == ObjectKind::Group && child.is_soft_link {
                continue;
            }
            seen += 1;
            if seen > MAX_OBJECTS {
                return Err(too_much(file, &path, "too many objects", MAX_OBJECTS));
            }
            let object = Object { path, kind };
            if visit(&object)? == Visit::Descend && kind == ObjectKind::Group {
                if depth >= MAX_DEPTH {
                    return Err(too_much(file, &object.path, "groups are nested too deep", MAX_DEPTH));
                }
                below.push((object.path, depth + 1));
            }
        }
        open.extend(below.into_iter().rev());
    }
    Ok(())
}

/// `parent/name`, where the parent may be the root.
pub(crate) fn join(parent: &str, name: &str) -> String {
    format!("{}/{name}", parent.trim_end_matches('/'))
}

fn too_much(file: &File, path: &str, message: &str, limit: usize) -> Error {
    Error::data(message)
        .at_file(file.path())
        .at_object(path)
        .expected(format!("at most {limit}"))
        .hint("a group of the file probably holds one of its own parents")
}
