//! Matrices: flags, extents and name, then what the class asks for.

use neuroloom_core::{Error, Result};

use super::element::{Cursor, Element, MATRIX};
use super::value::{CellArray, Class, LogicalArray, MatValue, NumericArray, StructArray};
use super::{chars, sparse};
use crate::numbers::{NumberType, Numbers};

const COMPLEX: u8 = 0x08;
const LOGICAL: u8 = 0x02;
/// Cells in structs in cells … deeper than this are not read: the stack is finite.
pub(crate) const DEEPEST: usize = 64;

/// What every matrix begins with.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) class: Class,
    pub(super) is_complex: bool,
    pub(super) is_logical: bool,
    /// Extents, at least two; none of an opaque object, which has no extents.
    pub(super) shape: Vec<usize>,
    pub(super) name: String,
}

impl Head {
    /// Reads flags, extents and name.
    ///
    /// # Errors
    /// When the class is unknown or the extents are none.
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self> {
        let element = cursor.next("the flags of an array")?;
        let Numbers::U32(flags) = element.numbers(cursor.endian)? else {
            return Err(at(element, "the flags of an array are no uint32"));
        };
        let word = flags.first().copied().unwrap_or(0);
        let (code, bits) = (word as u8, (word >> 8) as u8);
        let class = Class::of(code).ok_or_else(|| {
            at(element, "an array of an unknown class")
                .expected("a class from 1 to 17")
                .found(code.to_string())
        })?;
        // The elements of an opaque object are names, not extents.
        let shape = if class == Class::Opaque { Vec::new() } else { shape(cursor)? };
        let name = String::from_utf8_lossy(cursor.next("the name of an array")?.data).into_owned();
        Ok(Self { class, is_complex: bits & COMPLEX != 0, is_logical: bits & LOGICAL != 0, shape, name })
    }

    /// Number of items.
    ///
    /// # Errors
    /// When it is beyond any memory.
    pub(super) fn n_items(&self) -> Result<usize> {
        let n = self.shape.iter().try_fold(1_usize, |n, &extent| n.checked_mul(extent));
        n.ok_or_else(|| Error::data("an array has too many items").found(format!("extents {:?}", self.shape)))
    }
}

fn shape(cursor: &mut Cursor<'_>) -> Result<Vec<usize>> {
    let element = cursor.next("the extents of an array")?;
    let extents = element.numbers(cursor.endian)?.to_i64()?;
    let shape: Option<Vec<usize>> = extents.iter().map(|&extent| usize::try_from(extent).ok()).collect();
    shape.filter(|shape| (2..=32).contains(&shape.len())).ok_or_else(|| {
        at(element, "the extents of an array make no sense")
            .expected("2 to 32 numbers, none below 0")
            .found(format!("{extents:?}"))
    })
}

/// Bytes that may still be allocated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    left: u64,
    most: u64,
}

impl Budget {
    pub(crate) fn new(most: u64) -> Self {
        Self { left: most, most }
    }

    pub(crate) fn left(&self) -> u64 {
        self.left
    }

    /// Takes `n` items of `width` bytes off it.
    ///
    /// # Errors
    /// When less is left.
    pub(crate) fn spend(&mut self, n: usize, width: usize) -> Result<()> {
        let bytes = (n as u64).saturating_mul(width as u64);
        self.left = self.left.checked_sub(bytes).ok_or_else(|| too_large(bytes, self.most))?;
        Ok(())
    }
}

pub(super) fn too_large(bytes: u64, most: u64) -> Error {
    Error::data("a variable needs more memory than reading it may take")
        .expected(format!("at most {most} bytes"))
        .found(format!("{bytes} bytes more"))
        .hint("raise `Limits::memory_bytes`, or save the variable in parts")
}

/// Reads the matrix `element`; `depth` arrays lie around it.
///
/// # Errors
/// When it is damaged, too deep or too large. The object of the error is the place within the variable.
pub(super) fn read(
    cursor: &Cursor<'_>,
    element: Element<'_>,
    depth: usize,
    budget: &mut Budget,
) -> Result<MatValue> {
    if element.data_type != MATRIX {
        return Err(at(element, "an element is no array")
            .expected(format!("type {MATRIX}"))
            .found(format!("type {}", element.data_type)));
    }
    if depth > DEEPEST {
        return Err(
            at(element, "arrays lie too deep in one another").expected(format!("at most {DEEPEST} levels"))
        );
    }
    budget.spend(1, size_of::<MatValue>())?;
    if element.data.is_empty() {
        // What MATLAB writes for a cell that was never filled.
        return Ok(empty());
    }
    let mut inner = cursor.within(element);
    let head = Head::read(&mut inner)?;
    match head.class {
        Class::Numeric(number_type) => numeric(&mut inner, head, number_type, budget),
        Class::Char => chars::read(&mut inner, &head, budget).map(MatValue::Char),
        Class::Sparse => sparse::read(&mut inner, &head, budget).map(MatValue::Sparse),
        Class::Cell => cell(&mut inner, &head, depth, budget),
        Class::Struct => record(&mut inner, &head, depth, budget),
        Class::Object | Class::Function | Class::Opaque | Class::Complex => Ok(MatValue::Skipped(head.class)),
    }
}

fn empty() -> MatValue {
    MatValue::Numeric(NumericArray { shape: vec![0, 0], values: Numbers::F64(Vec::new()), imaginary: None })
}

fn numeric(cursor: &mut Cursor<'_>, head: Head, class: NumberType, budget: &mut Budget) -> Result<MatValue> {
    let n = head.n_items()?;
    let values = part(cursor, n, class, budget)?;
    if head.is_logical {
        let values = (0..n).map(|i| values.get(i).is_some_and(|value| value != 0.0)).collect();
        return Ok(MatValue::Logical(LogicalArray { shape: head.shape, values }));
    }
    let imaginary = if head.is_complex { Some(part(cursor, n, class, budget)?) } else { None };
    Ok(MatValue::Numeric(NumericArray { shape: head.shape, values, imaginary }))
}

/// The real or imaginary parts of `n` items, which the file may store in a narrower type than that of the class.
pub(super) fn part(
    cursor: &mut Cursor<'_>,
    n: usize,
    class: NumberType,
    budget: &mut Budget,
) -> Result<Numbers> {
    let element = cursor.next("the numbers of an array")?;
    budget.spend(element.data.len(), class.width())?;
    let stored = element.numbers(cursor.endian)?;
    if stored.len() != n {
        return Err(at(element, "an array has another number of items than its extents say")
            .expected(n.to_string())
            .found(stored.len().to_string()));
    }
    let found = stored.number_type().name();
    stored.cast(class).ok_or_else(|| {
        at(element, "an array stores numbers that its class cannot hold").expected(class.name()).found(found)
    })
}

fn cell(cursor: &mut Cursor<'_>, head: &Head, depth: usize, budget: &mut Budget) -> Result<MatValue> {
    let n = head.n_items()?;
    let mut items = room(cursor, n)?;
    for i in 0..n {
        let place = || format!("{{{}}}", i + 1);
        items.push(item(cursor, depth, budget).map_err(|error| within(error, &place()))?);
    }
    Ok(MatValue::Cell(CellArray { shape: head.shape.clone(), items }))
}

fn record(cursor: &mut Cursor<'_>, head: &Head, depth: usize, budget: &mut Budget) -> Result<MatValue> {
    let fields = field_names(cursor)?;
    let n_records = head.n_items()?;
    let n_items = n_records.checked_mul(fields.len());
    let mut items = room(cursor, n_items.unwrap_or(usize::MAX))?;
    // A struct without fields may have any extents, and has no items to run through.
    let n_records = if fields.is_empty() { 0 } else { n_records };
    for record in 0..n_records {
        for field in &fields {
            let place =
                || if n_records == 1 { format!(".{field}") } else { format!("({}).{field}", record + 1) };
            items.push(item(cursor, depth, budget).map_err(|error| within(error, &place()))?);
        }
    }
    Ok(MatValue::Struct(StructArray { shape: head.shape.clone(), fields, items }))
}

fn item(cursor: &mut Cursor<'_>, depth: usize, budget: &mut Budget) -> Result<MatValue> {
    let element = cursor.next("an item of an array")?;
    read(cursor, element, depth + 1, budget)
}

/// Room for `n` items, each of which takes at least a tag of the bytes that are left.
fn room(cursor: &Cursor<'_>, n: usize) -> Result<Vec<MatValue>> {
    let most = cursor.left() / super::element::TAG_BYTES;
    if n > most {
        return Err(Error::data("an array claims more items than its bytes can hold")
            .at_offset(cursor.offset() as u64)
            .expected(format!("at most {most}"))
            .found(n.to_string()));
    }
    // Not reserved: the items of a hostile file may be few after all.
    Ok(Vec::new())
}

fn field_names(cursor: &mut Cursor<'_>) -> Result<Vec<String>> {
    let element = cursor.next("the length of field names")?;
    let lengths = element.numbers(cursor.endian)?.to_i64()?;
    let length = match lengths.as_slice() {
        [length] => usize::try_from(*length).ok().filter(|&length| length > 0),
        _ => None,
    };
    let names = cursor.next("the names of fields")?;
    if names.data.is_empty() {
        return Ok(Vec::new());
    }
    let Some(length) = length.filter(|length| names.data.len().is_multiple_of(*length)) else {
        return Err(at(element, "field names have no length")
            .expected(format!("a divisor of {} bytes", names.data.len()))
            .found(format!("{lengths:?}")));
    };
    Ok(names.data.chunks(length).map(until_zero).collect())
}

fn until_zero(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.split(|&byte| byte == 0).next().unwrap_or_default()).into_owned()
}

/// An error at `element`.
pub(super) fn at(element: Element<'_>, message: &str) -> Error {
    Error::data(message).at_offset(element.offset as u64)
}

/// `error`, which happened at `place` of what is read; the places add up from the inside out.
pub(super) fn within(error: Error, place: &str) -> Error {
    match error.location().object.clone() {
        None => error.at_object(place),
        Some(inner) => moved(&error, format!("{place}{inner}")),
    }
}

/// `error` at another object. A place once given stays, so this makes a new error.
pub(crate) fn moved(error: &Error, object: String) -> Error {
    let mut longer = Error::new(error.kind(), error.message()).at_object(object);
    let (offset, location) = (error.location().offset, error.location());
    if let Some(offset) = offset {
        longer = longer.at_offset(offset);
    }
    if let Some(file) = &location.file {
        longer = longer.at_file(file);
    }
    if let Some(expected) = error.expected_text() {
        longer = longer.expected(expected);
    }
    if let Some(found) = error.found_text() {
        longer = longer.found(found);
    }
    match error.hint_text() {
        Some(hint) => longer.hint(hint),
        None => longer,
    }
}
