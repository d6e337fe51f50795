//! `.xlsx` (ECMA-376): a zip archive of XML parts.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::Arc;

use neuroloom_core::{Error, Result};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::result::ZipError;

use super::xml::{self, Fault};
use super::{Cell, Sheet};

/// Longest part that is read: five hundred times the largest sheet of a published connectome would not fit into memory
/// as cells either.
const LONGEST_PART: u64 = 128 << 20;
/// Rows and columns that the format allows.
const MOST_ROWS: u32 = 1 << 20;
const MOST_COLUMNS: u32 = 1 << 14;

/// An open workbook: its sheets and the strings that they share.
pub(super) struct Xlsx {
    zip: ZipArchive<Cursor<Vec<u8>>>,
    /// Names of the sheets, and the parts that hold them.
    sheets: Vec<(String, String)>,
    strings: Vec<Arc<str>>,
}

impl Xlsx {
    pub fn open(bytes: Vec<u8>) -> Result<Self> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| damaged(&e))?;
        let parts = relations(&required(&mut zip, "xl/_rels/workbook.xml.rels")?)
            .map_err(|fault| broken("xl/_rels/workbook.xml.rels", fault))?;
        let sheets = listed_sheets(&required(&mut zip, "xl/workbook.xml")?, &parts)
            .map_err(|fault| broken("xl/workbook.xml", fault))?;
        let strings = match part(&mut zip, "xl/sharedStrings.xml")? {
            Some(text) => shared_strings(&text).map_err(|fault| broken("xl/sharedStrings.xml", fault))?,
            None => Vec::new(),
        };
        Ok(Self { zip, sheets, strings })
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.sheets.iter().map(|(name, _)| name.as_str())
    }

    pub fn nth(&mut self, ordinal: usize) -> Result<Option<Sheet>> {
        let Some((name, path)) = self.sheets.get(ordinal) else { return Ok(None) };
        let text = required(&mut self.zip, path)?;
        let sheet = cells(&text, name, &self.strings).map_err(|fault| broken(path, fault))?;
        Ok(Some(sheet))
    }
}

fn damaged(cause: &ZipError) -> Error {
    Error::data("this is no workbook, or a damaged one")
        .expected("the zip archive of an .xlsx file")
        .found(cause.to_string())
        .hint("copy it again from its source, or save it anew as .xlsx")
}

fn broken(part: &str, fault: Fault) -> Error {
    Error::data(format!("the workbook is damaged: {fault}")).at_object(part)
}

fn required(zip: &mut ZipArchive<Cursor<Vec<u8>>>, path: &str) -> Result<String> {
    part(zip, path)?.ok_or_else(|| {
        Error::data("the archive is no workbook: a part is missing").at_object(path).expected("an .xlsx file")
    })
}

/// The text of a part, if the archive has it. It is read to a bound whatever the archive says of its length.
fn part(zip: &mut ZipArchive<Cursor<Vec<u8>>>, path: &str) -> Result<Option<String>> {
    let entry = match zip.by_name(path) {
        Err(ZipError::FileNotFound) => return Ok(None),
        entry => entry.map_err(|e| damaged(&e).at_object(path))?,
    };
    let mut text = String::new();
    entry
        .take(LONGEST_PART + 1)
        .read_to_string(&mut text)
        .map_err(|e| broken(path, format!("it cannot be unpacked: {e}")))?;
    if text.len() as u64 > LONGEST_PART {
        return Err(Error::data("a part of the workbook is too long")
            .at_object(path)
            .expected(format!("at most {LONGEST_PART} bytes")));
    }
    Ok(Some(text))
}

/// Parts by the id under which the workbook names them.
fn relations(text: &str) -> Result<BTreeMap<String, String>, Fault> {
    let mut parts = BTreeMap::new();
    each_element(text, "Relationship", |element| {
        if let (Some(id), Some(target)) = (xml::attribute(element, "Id"), xml::attribute(element, "Target")) {
            let path = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None => format!("xl/{target}"),
            };
            parts.insert(id.into_owned(), path);
        }
    })?;
    Ok(parts)
}

/// Names and parts of the sheets, in order. Sheets that are charts only have another part and no cells.
fn listed_sheets(text: &str, parts: &BTreeMap<String, String>) -> Result<Vec<(String, String)>, Fault> {
    let mut sheets = Vec::new();
    each_element(text, "sheet", |element| {
        let part = xml::attribute(element, "id").and_then(|id| parts.get(id.as_ref()));
        if let (Some(name), Some(part)) = (xml::attribute(element, "name"), part) {
            sheets.push((name.into_owned(), part.clone()));
        }
    })?;
    Ok(sheets)
}

fn each_element(text: &str, name: &str, mut take: impl FnMut(&BytesStart<'_>)) -> Result<(), Fault> {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().map_err(|e| xml::fault(&e))? {
            Event::Start(element) | Event::Empty(element) if element.local_name().as_ref() == name => {
                take(&element);
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// The strings that cells refer to by number. Those of rich text are joined; readings in kana are left out.
fn shared_strings(text: &str) -> Result<Vec<Arc<str>>, Fault> {
    let mut reader = Reader::from_str(text);
    let mut strings: Vec<Arc<str>> = Vec::new();
    let mut item = String::new();
    let (mut in_text, mut in_reading) = (false, false);
    loop {
        let event = reader.read_event().map_err(|e| xml::fault(&e))?;
        match &event {
            Event::Start(element) => match element.local_name().as_ref() {
                "si" => item.clear(),
                "t" => in_text = true,
                "rPh" => in_reading = true,
                _ => {}
            },
            Event::Empty(element) if element.local_name().as_ref() == "si" => strings.push("".into()),
            Event::End(element) => match element.local_name().as_ref() {
                "si" => strings.push(item.as_str().into()),
                "t" => in_text = false,
                "rPh" => in_reading = false,
                _ => {}
            },
            Event::Eof => return Ok(strings),
            event if in_text && !in_reading => xml::push(&mut item, event),
            _ => {}
        }
    }
}

/// The cell that is being read.
#[derive(Default)]
struct OpenCell {
    kind: String,
    text: String,
}

/// The cells of a sheet.
fn cells(text: &str, name: &str, strings: &[Arc<str>]) -> Result<Sheet, Fault> {
    let mut reader = Reader::from_str(text);
    let mut sheet = Sheet::new(name);
    let (mut row, mut column) = (0_u32, 0_u32);
    let mut open = OpenCell::default();
    let mut in_value = false;
    loop {
        let event = reader.read_event().map_err(|e| xml::fault(&e))?;
        match &event {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "row" => {
                    let number = xml::attribute(element, "r").and_then(|r| r.parse::<u32>().ok());
                    row = number.map_or(row, |number| number.saturating_sub(1));
                    column = 0;
                }
                "c" => {
                    if let Some(place) = xml::attribute(element, "r") {
                        (row, column) = position(&place).ok_or_else(|| format!("{place:?} is no cell"))?;
                    }
                    let kind = xml::attribute(element, "t").unwrap_or_default().into_owned();
                    open = OpenCell { kind, text: String::new() };
                }
                "v" | "t" => in_value = matches!(event, Event::Start(_)),
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "v" | "t" => in_value = false,
                "c" => {
                    if let Some(cell) = value(&open, strings).map_err(|e| format!("row {}: {e}", row + 1))? {
                        sheet.set(row, column, cell);
                    }
                    column = column.saturating_add(1);
                }
                "row" => row = row.saturating_add(1),
                // What follows are merged cells, links and settings of the printer.
                "sheetData" => return Ok(sheet),
                _ => {}
            },
            Event::Eof => return Err("it ends before its cells do".into()),
            event if in_value => xml::push(&mut open.text, event),
            _ => {}
        }
    }
}

fn value(open: &OpenCell, strings: &[Arc<str>]) -> Result<Option<Cell>, Fault> {
    let text = open.text.as_str();
    if text.is_empty() {
        return Ok(None);
    }
    match open.kind.as_str() {
        "" | "n" => {
            let number = text.trim().parse().map_err(|_| format!("{text:?} is no number"))?;
            Ok(Some(Cell::Number(number)))
        }
        "s" => {
            let string = text.trim().parse::<usize>().ok().and_then(|number| strings.get(number));
            let string = string.ok_or_else(|| format!("there is no shared string {text:?}"))?;
            Ok(Some(Cell::Text(Arc::clone(string))))
        }
        _ => Ok(Some(Cell::Text(text.into()))),
    }
}

/// `B3` → row 2, column 1.
fn position(place: &str) -> Option<(u32, u32)> {
    let digits = place.find(|character: char| character.is_ascii_digit())?;
    let (letters, number) = place.split_at_checked(digits)?;
    let column = letters.bytes().try_fold(0_u32, |column, letter| {
        let digit = letter.is_ascii_uppercase().then(|| u32::from(letter - b'A') + 1)?;
        Some(column.saturating_mul(26).saturating_add(digit))
    })?;
    let row: u32 = number.parse().ok()?;
    let fits = (1..=MOST_ROWS).contains(&row) && (1..=MOST_COLUMNS).contains(&column);
    fits.then(|| (row - 1, column - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_spreadsheets_write_them() {
        assert_eq!(position("A1"), Some((0, 0)));
        assert_eq!(position("AB12"), Some((11, 27)));
        for wrong in ["", "A", "1", "A0", "a1", "A1048577", "XFE1", "A99999999999", "é1"] {
            assert_eq!(position(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn cells_of_every_type_are_read() {
        let text = r#"<worksheet><sheetData><row r="2"><c r="A2" t="s"><v>1</v></c><c><v>2.5</v></c>
            <c t="inlineStr"><is><t>a &amp; b</t></is></c><c t="b"><v>1</v></c><c r="F2" s="3"/></row>
            <row><c t="str"><f>1+1</f><v>two</v></c></row></sheetData><t>after</t></worksheet>"#;
        let sheet = cells(text, "x", &["zero".into(), "one".into()]).unwrap();
        let row: Vec<(u32, String)> = sheet.header(1);
        assert_eq!(row, [(0, "one".into()), (1, "2.5".into()), (2, "a & b".into()), (3, "1".into())]);
        assert_eq!(sheet.text(2, 0).as_deref(), Some("two"));
    }

    #[test]
    fn wrong_cells_are_refused() {
        let of = |cell: &str| cells(&format!("<sheetData><row>{cell}</row></sheetData>"), "", &[]);
        assert!(of(r#"<c t="s"><v>0</v></c>"#).unwrap_err().contains("shared string"));
        assert!(of("<c><v>x</v></c>").unwrap_err().contains("no number"));
        assert!(of(r#"<c r="ZZZZ1"><v>1</v></c>"#).unwrap_err().contains("no cell"));
        assert!(cells("<sheetData><row>", "", &[]).unwrap_err().contains("ends before"));
    }

    #[test]
    fn rich_text_is_joined_without_readings() {
        let text =
            "<sst><si><r><t>AV</t></r><r><t>AL</t></r><rPh><t>x</t></rPh></si><si/><si><t>b</t></si></sst>";
        let strings = shared_strings(text).unwrap();
        assert_eq!(strings.iter().map(AsRef::as_ref).collect::<Vec<&str>>(), ["AVAL", "", "b"]);
    }
}
