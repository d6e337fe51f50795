//! Objects into values.

use neuroloom_core::{Error, Result};

use super::file::empty_shape;
use super::header::{Head, Stored, matlab_shape};
use super::sparse;
use crate::hdf5::{self, DatasetInfo, Dtype, ObjectKind, Values};
use crate::mat5::{
    Budget, CellArray, CharArray, Class, DEEPEST, Limits, LogicalArray, MatValue, NumericArray, StructArray,
    moved,
};
use crate::numbers::{NumberType, Numbers};

/// Objects that a file of any length may hold; beyond that, each needs at least a reference of 8 bytes. Without it, a few
/// references that lead to one another in a ring of fans would be followed for ever.
const ALWAYS_ALLOWED: u64 = 1 << 20;

/// Reads one variable within limits.
pub(super) struct Reader<'a> {
    file: &'a hdf5::File,
    budget: Budget,
    objects_left: u64,
}

impl<'a> Reader<'a> {
    pub(super) fn new(file: &'a hdf5::File, limits: Limits) -> Self {
        let objects_left = ALWAYS_ALLOWED.saturating_add(file.length() / 8);
        Self { file, budget: Budget::new(limits.memory_bytes), objects_left }
    }

    /// The value of the object at `path`, which stands at `place` in MATLAB's words; `depth` arrays lie around it.
    ///
    /// # Errors
    /// When it is damaged, too deep or too large.
    pub(super) fn read(&mut self, path: &str, place: &str, depth: usize) -> Result<MatValue> {
        self.value(path, place, depth).map_err(|error| match error.location().object.as_deref() {
            // The reader of HDF5 names its own paths, `/#refs#/b`, which say nothing to who wrote the file.
            Some(object) if !object.starts_with('/') => error,
            _ => moved(&error, place.to_owned()).at_file(self.file.path()),
        })
    }

    fn value(&mut self, path: &str, place: &str, depth: usize) -> Result<MatValue> {
        if depth > DEEPEST {
            return Err(Error::data("arrays lie too deep in one another")
                .expected(format!("at most {DEEPEST} levels")));
        }
        self.objects_left = self.objects_left.checked_sub(1).ok_or_else(|| {
            Error::data("a variable has more items than its file can hold")
                .hint("the file is damaged: references lead in rings")
        })?;
        self.budget.spend(1, size_of::<MatValue>())?;
        match self.file.kind(path)? {
            Some(kind @ ObjectKind::Group) => self.group(path, kind, place, depth),
            Some(kind @ ObjectKind::Dataset) => self.dataset(path, kind, place, depth),
            None => Err(Error::data("a reference leads nowhere").found(path)),
        }
    }

    fn group(&mut self, path: &str, kind: ObjectKind, place: &str, depth: usize) -> Result<MatValue> {
        match Head::of(self.file, path, kind)?.stored {
            Stored::Class(Class::Sparse) => {
                sparse::read(self.file, path, &mut self.budget).map(MatValue::Sparse)
            }
            Stored::Class(Class::Struct) => self.record(path, place, depth),
            Stored::Class(class) => Ok(MatValue::Skipped(class)),
            Stored::Logical => Ok(MatValue::Skipped(Class::Opaque)),
        }
    }

    /// A struct that is one record holds its fields; the fields of a struct array hold references, one a record.
    fn record(&mut self, path: &str, place: &str, depth: usize) -> Result<MatValue> {
        let fields: Vec<String> = self.file.children(path)?.into_iter().map(|child| child.name).collect();
        let shape = record_shape(self.file, path)?;
        let mut columns = Vec::new();
        if is_struct_array(self.file, path, &fields)? {
            let n: usize = shape.iter().product();
            for field in &fields {
                let targets = self.targets(&hdf5::join(path, field), n)?;
                let mut column = Vec::new();
                for (record, target) in targets.iter().enumerate() {
                    let place = format!("{place}({}).{field}", record + 1);
                    column.push(self.target(target.as_deref(), &place, depth)?);
                }
                columns.push(column);
            }
        } else {
            for field in &fields {
                let value = self.read(&hdf5::join(path, field), &format!("{place}.{field}"), depth + 1)?;
                columns.push(vec![value]);
            }
        }
        Ok(MatValue::Struct(StructArray { shape, fields, items: by_record(columns) }))
    }

    fn dataset(&mut self, path: &str, kind: ObjectKind, place: &str, depth: usize) -> Result<MatValue> {
        let head = Head::of(self.file, path, kind)?;
        if head.is_empty {
            return Ok(empty(head.stored, empty_shape(self.file, path)?));
        }
        let class = match head.stored {
            Stored::Logical => return self.logical(path),
            Stored::Class(class) => class,
        };
        match class {
            Class::Numeric(number_type) => self.numeric(path, number_type),
            Class::Char => self.chars(path),
            Class::Cell => self.cells(path, place, depth),
            Class::Struct => Err(Error::data("a struct is no group").hint("the file is damaged there")),
            other => Ok(MatValue::Skipped(other)),
        }
    }

    fn cells(&mut self, path: &str, place: &str, depth: usize) -> Result<MatValue> {
        let shape = matlab_shape(&self.info(path, size_of::<Option<String>>())?.shape)?;
        let mut items = Vec::new();
        for (i, target) in self.file.references(path)?.iter().enumerate() {
            items.push(self.target(target.as_deref(), &format!("{place}{{{}}}", i + 1), depth)?);
        }
        Ok(MatValue::Cell(CellArray { shape, items }))
    }

    fn target(&mut self, target: Option<&str>, place: &str, depth: usize) -> Result<MatValue> {
        match target {
            Some(target) => self.read(target, place, depth + 1),
            None => Err(self.file.error(place, "an item is a reference that leads nowhere")),
        }
    }

    fn targets(&mut self, path: &str, n: usize) -> Result<Vec<Option<String>>> {
        self.info(path, size_of::<Option<String>>())?;
        let targets = self.file.references(path)?;
        if targets.len() == n {
            return Ok(targets);
        }
        Err(Error::data("the fields of a struct array differ in their number of records")
            .expected(n.to_string())
            .found(targets.len().to_string()))
    }

    fn numeric(&mut self, path: &str, class: NumberType) -> Result<MatValue> {
        let shape = matlab_shape(&self.info(path, class.width())?.shape)?;
        let stored = numbers(self.file.values(path, None)?);
        let found = stored.as_ref().map_or("no numbers", |stored| stored.number_type().name());
        let values = stored.and_then(|stored| stored.cast(class)).ok_or_else(|| {
            Error::data("an array stores what its class cannot hold").expected(class.name()).found(found)
        })?;
        Ok(MatValue::Numeric(NumericArray { shape, values, imaginary: None }))
    }

    fn logical(&mut self, path: &str) -> Result<MatValue> {
        let shape = matlab_shape(&self.info(path, 1)?.shape)?;
        let values = match self.file.values(path, None)? {
            Values::Bool(values) => Some(values),
            other => {
                numbers(other).map(|numbers| numbers.to_f64().iter().map(|&value| value != 0.0).collect())
            }
        };
        let values = values.ok_or_else(|| Error::data("truth values are stored as no numbers"))?;
        Ok(MatValue::Logical(LogicalArray { shape, values }))
    }

    fn chars(&mut self, path: &str) -> Result<MatValue> {
        let info = self.info(path, size_of::<char>())?;
        let shape = matlab_shape(&info.shape)?;
        let rows = match self.file.values(path, None)? {
            Values::Text(rows) => rows,
            Values::U16(units) => rows(&units, shape.first().copied().unwrap_or(0)),
            other => match numbers(other).and_then(|numbers| numbers.cast(NumberType::U16)) {
                Some(Numbers::U16(units)) => rows(&units, shape.first().copied().unwrap_or(0)),
                _ => {
                    return Err(Error::data("text is stored as neither text nor UTF-16")
                        .found(info.dtype.to_string()));
                }
            },
        };
        Ok(MatValue::Char(CharArray { shape, rows }))
    }

    /// Shape and type of a dataset whose elements may be allocated, `width` bytes each.
    fn info(&mut self, path: &str, width: usize) -> Result<DatasetInfo> {
        let info = self.file.sized_info(path)?;
        let n = info.n_elements().and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
        // As it is stored and as it is given.
        self.budget.spend(n, width.saturating_add(info.dtype.size() as usize))?;
        Ok(info)
    }
}

/// Extents of the struct in the group `path`.
pub(super) fn record_shape(file: &hdf5::File, path: &str) -> Result<Vec<usize>> {
    let fields: Vec<String> = file.children(path)?.into_iter().map(|child| child.name).collect();
    match fields.first() {
        Some(field) if is_struct_array(file, path, &fields)? => {
            matlab_shape(&file.sized_info(&hdf5::join(path, field))?.shape)
        }
        _ => Ok(vec![1, 1]),
    }
}

/// The fields of a struct array are references without a class; a field that is a cell array has one.
fn is_struct_array(file: &hdf5::File, path: &str, fields: &[String]) -> Result<bool> {
    for field in fields {
        let field = hdf5::join(path, field);
        let is_list = file.has_dataset(&field)?
            && file.attribute(&field, "MATLAB_class")?.is_none()
            && file.info(&field)?.dtype == Dtype::Reference;
        if !is_list {
            return Ok(false);
        }
    }
    Ok(!fields.is_empty())
}

/// Values field after field, as record after record.
fn by_record(columns: Vec<Vec<MatValue>>) -> Vec<MatValue> {
    let n = columns.first().map_or(0, Vec::len);
    let mut columns: Vec<_> = columns.into_iter().map(Vec::into_iter).collect();
    (0..n).flat_map(|_| columns.iter_mut().filter_map(Iterator::next).collect::<Vec<_>>()).collect()
}

fn empty(stored: Stored, shape: Vec<usize>) -> MatValue {
    let nothing = |number_type| Numbers::decode(&[], number_type, crate::numbers::Endian::Little);
    match stored {
        Stored::Logical => MatValue::Logical(LogicalArray { shape, values: Vec::new() }),
        Stored::Class(Class::Numeric(number_type)) => {
            MatValue::Numeric(NumericArray { shape, values: nothing(number_type), imaginary: None })
        }
        Stored::Class(Class::Char) => MatValue::Char(CharArray { shape, rows: Vec::new() }),
        Stored::Class(Class::Cell) => MatValue::Cell(CellArray { shape, items: Vec::new() }),
        Stored::Class(Class::Struct) => {
            MatValue::Struct(StructArray { shape, fields: Vec::new(), items: Vec::new() })
        }
        Stored::Class(other) => MatValue::Skipped(other),
    }
}

/// The rows of UTF-16 units that stand column after column.
fn rows(units: &[u16], n_rows: usize) -> Vec<String> {
    let row = |row| units.iter().skip(row).step_by(n_rows).copied().collect::<Vec<u16>>();
    (0..n_rows).map(|i| String::from_utf16_lossy(&row(i))).collect()
}

/// Stored values as numbers; none where they are text or references.
pub(crate) fn numbers(values: Values) -> Option<Numbers> {
    Some(match values {
        Values::I8(values) => Numbers::I8(values),
        Values::I16(values) => Numbers::I16(values),
        Values::I32(values) => Numbers::I32(values),
        Values::I64(values) => Numbers::I64(values),
        Values::U8(values) => Numbers::U8(values),
        Values::U16(values) => Numbers::U16(values),
        Values::U32(values) => Numbers::U32(values),
        Values::U64(values) => Numbers::U64(values),
        Values::F32(values) => Numbers::F32(values),
        Values::F64(values) => Numbers::F64(values),
        Values::Bool(values) => Numbers::U8(values.into_iter().map(u8::from).collect()),
        Values::Text(_) | Values::References(_) => return None,
    })
}
