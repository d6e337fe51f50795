//! Which source a file is of, by what is in it and, where several share a layout, by its name.

use std::path::Path;

use neuroloom_core::Result;

use crate::Source;
use crate::document::Document;
use crate::layout::{CHKLOVSKII, COOK_CHEMICAL, COOK_GAP, IDS, NEMANODE, OPENWORM, OPENWORM_SHEET};
use crate::spreadsheet::{Sheet, Workbook};

/// The source of the file at `path`, if it is one of the known.
///
/// # Errors
/// When the file is damaged.
pub(crate) fn recognise(path: &Path, document: &mut Document) -> Result<Option<Source>> {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    match document {
        Document::Workbook(book) => of_workbook(book, &stem),
        Document::Sheet(sheet) => Ok(of_sheet(sheet, &stem)),
        Document::Json(_) => Ok(stem.contains("jse").then_some(Source::White1986Jse)),
        Document::Hdf5 => {
            let file = neuroloom_io::hdf5::File::open(path)?;
            Ok(file.has_dataset(IDS)?.then_some(Source::Funconn))
        }
        Document::Table(_) => Ok(None),
    }
}

fn of_workbook(book: &mut Workbook, stem: &str) -> Result<Option<Source>> {
    let names = book.names();
    let has = |name: &str| names.contains(&name);
    if has(COOK_CHEMICAL) && has(COOK_GAP) {
        return Ok(Some(Source::Cook2019));
    }
    let sheet = if has(OPENWORM_SHEET) {
        book.sheet(OPENWORM_SHEET)?
    } else if names.is_empty() {
        return Ok(None);
    } else {
        book.nth(0)?
    };
    Ok(of_sheet(&sheet, stem))
}

fn of_sheet(sheet: &Sheet, stem: &str) -> Option<Source> {
    let header = sheet.header(sheet.first_row()?);
    let has = |names: [&str; 4]| names.iter().all(|name| header.iter().any(|(_, word)| word == name));
    if has(OPENWORM) && sheet.name() == OPENWORM_SHEET {
        return Some(Source::Openworm);
    }
    if has(CHKLOVSKII) {
        return Some(Source::Chklovskii);
    }
    let words = format!("{stem} {}", sheet.name().to_lowercase());
    has(NEMANODE).then(|| of_nemanode(&words)).flatten()
}

/// The exports of nemanode have one header: the names of file and sheet tell them apart.
fn of_nemanode(words: &str) -> Option<Source> {
    let parts: Vec<&str> = words.split(|character: char| !character.is_ascii_alphanumeric()).collect();
    let has = |part: &str| parts.contains(&part);
    let of_witvliet = [("7", Source::Witvliet2020Adult7), ("8", Source::Witvliet2020Adult8)];
    let of_white =
        [("whole", Source::White1986Whole), ("n2u", Source::White1986N2u), ("jsh", Source::White1986Jsh)];
    let candidates: &[(&str, Source)] = match (has("witvliet"), has("white")) {
        (true, false) => &of_witvliet,
        (false, true) => &of_white,
        _ => &[],
    };
    candidates.iter().find(|(part, _)| has(part)).map(|(_, source)| *source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_of_nemanode_are_told_apart_by_name() {
        let of = |words: &str| of_nemanode(words).map(Source::name);
        assert_eq!(of("witvliet_2020_7_adult "), Some("witvliet2020_7"));
        assert_eq!(of("x witvliet_2020_8 adult"), Some("witvliet2020_8"));
        assert_eq!(of("aconnectome_white_1986_whole "), Some("white1986_whole"));
        assert_eq!(of("white_1986_n2u"), Some("white1986_n2u"));
        assert_eq!((of("witvliet_2020_1 l1"), of("white_1986_l4"), of("mine_7")), (None, None, None));
    }
}
