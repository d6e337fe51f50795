//! `.xls` of Excel 97 to 2003 (BIFF8).

use std::sync::Arc;

use neuroloom_core::{Error, Result};

use super::biff::{Record, record, records};
use super::compound::{self, u16_at, u32_at};
use super::{Cell, Sheet, sst};

/// Version number of BIFF8 in the first record.
const BIFF8: u16 = 0x0600;

/// An open workbook.
pub(super) struct Xls {
    stream: Vec<u8>,
    /// Names of the sheets, and where their records begin.
    sheets: Vec<(String, usize)>,
    strings: Vec<Arc<str>>,
}

impl Xls {
    pub fn open(file: &[u8]) -> Result<Self> {
        let stream = compound::stream(file, &["Workbook", "Book"]).map_err(|fault| damaged(&fault))?;
        let mut sheets = Vec::new();
        let mut parts: Vec<&[u8]> = Vec::new();
        let mut last = 0;
        let mut ended = false;
        for (ordinal, found) in records(&stream).enumerate() {
            match found.kind {
                record::BEGIN if ordinal == 0 => check_version(found)?,
                record::ENCRYPTED => return Err(encrypted()),
                record::SHEET => {
                    sheets.extend(listed(found).ok_or_else(|| damaged("its list of sheets is cut short"))?);
                }
                record::STRINGS => parts.push(found.data),
                record::CONTINUE if last == record::STRINGS => parts.push(found.data),
                record::END => {
                    ended = true;
                    break;
                }
                _ => {}
            }
            if found.kind != record::CONTINUE {
                last = found.kind;
            }
        }
        if !ended {
            return Err(damaged("its records end before they should"));
        }
        let strings = match parts.as_slice() {
            [] => Vec::new(),
            parts => sst::shared_strings(parts).ok_or_else(|| damaged("its shared strings are cut short"))?,
        };
        Ok(Self { stream, sheets, strings })
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.sheets.iter().map(|(name, _)| name.as_str())
    }

    pub fn nth(&mut self, ordinal: usize) -> Result<Option<Sheet>> {
        let Some((name, offset)) = self.sheets.get(ordinal) else { return Ok(None) };
        let bytes = self.stream.get(*offset..).unwrap_or_default();
        let sheet = cells(bytes, name, &self.strings);
        sheet.map(Some).map_err(|fault| damaged(&fault).at_object(format!("sheet {name:?}")))
    }
}

fn damaged(fault: &str) -> Error {
    Error::data(format!("the workbook is damaged: {fault}"))
        .expected("an .xls file of Excel 97 or later")
        .hint("copy it again from its source, or save it as .xlsx")
}

fn encrypted() -> Error {
    Error::data("the workbook is encrypted").hint("save it without a password")
}

fn check_version(begin: Record<'_>) -> Result<()> {
    match u16_at(begin.data, 0) {
        Some(BIFF8) => Ok(()),
        found => Err(Error::data("the workbook has a version that is not read")
            .expected("an .xls file of Excel 97 or later")
            .found(format!("version {:#06x}", found.unwrap_or(0)))
            .hint("save it as .xlsx")),
    }
}

/// Name and place of a sheet with cells; charts and macros have none.
fn listed(found: Record<'_>) -> Option<Option<(String, usize)>> {
    let offset = u32_at(found.data, 0)? as usize;
    let is_worksheet = *found.data.get(5)? == 0;
    let name = sst::short_string(found.data.get(6..)?)?;
    Some(is_worksheet.then_some((name, offset)))
}

/// The cells of the sheet whose records begin with `bytes`. Charts within it have records of their own, which are
/// passed over.
fn cells(bytes: &[u8], name: &str, strings: &[Arc<str>]) -> Result<Sheet, String> {
    let mut sheet = Sheet::new(name);
    let mut depth = 0_usize;
    let mut awaiting_string = None;
    for found in records(bytes) {
        match (found.kind, depth) {
            (record::BEGIN, _) => depth += 1,
            (record::END, 0 | 1) => return Ok(sheet),
            (record::END, _) => depth -= 1,
            (_, 1) => read_cell(&mut sheet, found, strings, &mut awaiting_string)
                .ok_or_else(|| format!("a record of type {:#06x} makes no sense", found.kind))?,
            _ => {}
        }
    }
    Err("its records end before they should".into())
}

/// Puts the cells of a record into the sheet; other records hold none.
fn read_cell(
    sheet: &mut Sheet,
    found: Record<'_>,
    strings: &[Arc<str>],
    awaiting_string: &mut Option<(u32, u32)>,
) -> Option<()> {
    let mut set = |(row, column): (u32, u32), cell| sheet.set(row, column, cell);
    match found.kind {
        record::NUMBER => set(found.place()?, Cell::Number(found.float(6)?)),
        record::RK => set(found.place()?, Cell::Number(found.packed(6)?)),
        record::RK_ROW => {
            let (row, first) = found.place()?;
            // Six bytes a cell between the place of the first and the number of the last column.
            let n_cells = found.data.len().checked_sub(6)? / 6;
            for ordinal in 0..n_cells {
                set((row, first + ordinal as u32), Cell::Number(found.packed(6 + 6 * ordinal)?));
            }
        }
        record::SHARED_STRING => {
            let string = strings.get(u32_at(found.data, 6)? as usize)?;
            set(found.place()?, Cell::Text(Arc::clone(string)));
        }
        record::LABEL | record::RICH_LABEL => {
            set(found.place()?, Cell::Text(sst::string(found.data.get(6..)?)?.into()));
        }
        record::FORMULA => match found.data.get(6..14)? {
            [0, _, _, _, _, _, 0xff, 0xff] => *awaiting_string = Some(found.place()?),
            [_, _, _, _, _, _, 0xff, 0xff] => {}
            _ => set(found.place()?, Cell::Number(found.float(6)?)),
        },
        record::FORMULA_STRING => {
            if let Some(place) = awaiting_string.take() {
                set(place, Cell::Text(sst::string(found.data)?.into()));
            }
        }
        _ => {}
    }
    Some(())
}
