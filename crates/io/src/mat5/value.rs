//! What a variable holds.

use crate::numbers::Numbers;

/// The class of an array, as MATLAB's `class` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `cell`
    Cell,
    /// `struct`
    Struct,
    /// An object of the old kind (`@folder`): not read.
    Object,
    /// `char`
    Char,
    /// A sparse matrix.
    Sparse,
    /// `double`, `single`, `int8` … `uint64`
    Numeric(crate::numbers::NumberType),
    /// `function_handle`: not read.
    Function,
    /// An object of the new kind (`classdef`: `table`, `string`, `datetime` …): not read.
    Opaque,
    /// Complex numbers of a file of version 7.3: not read. (Those of version 5 are numeric, in two parts.)
    Complex,
}

impl Class {
    /// The class of a code of the array flags.
    pub(super) fn of(code: u8) -> Option<Self> {
        use crate::numbers::NumberType as N;
        Some(match code {
            1 => Self::Cell,
            2 => Self::Struct,
            3 => Self::Object,
            4 => Self::Char,
            5 => Self::Sparse,
            6 => Self::Numeric(N::F64),
            7 => Self::Numeric(N::F32),
            8 => Self::Numeric(N::I8),
            9 => Self::Numeric(N::U8),
            10 => Self::Numeric(N::I16),
            11 => Self::Numeric(N::U16),
            12 => Self::Numeric(N::I32),
            13 => Self::Numeric(N::U32),
            14 => Self::Numeric(N::I64),
            15 => Self::Numeric(N::U64),
            16 => Self::Function,
            17 => Self::Opaque,
            _ => return None,
        })
    }

    /// MATLAB's name.
    pub fn name(self) -> &'static str {
        use crate::numbers::NumberType as N;
        match self {
            Self::Cell => "cell",
            Self::Struct => "struct",
            Self::Object => "object",
            Self::Char => "char",
            Self::Sparse => "sparse",
            Self::Numeric(N::F64) => "double",
            Self::Numeric(N::F32) => "single",
            Self::Numeric(integer) => integer.name(),
            Self::Function => "function_handle",
            Self::Opaque => "opaque",
            Self::Complex => "complex",
        }
    }
}

/// An array of any class. Items stand in MATLAB's order: the first index runs fastest.
#[derive(Clone, Debug, PartialEq)]
pub enum MatValue {
    /// Numbers.
    Numeric(NumericArray),
    /// Truth values.
    Logical(LogicalArray),
    /// Text.
    Char(CharArray),
    /// A matrix of mostly zeros.
    Sparse(SparseArray),
    /// Arrays.
    Cell(CellArray),
    /// Records.
    Struct(StructArray),
    /// An object or a function, which only MATLAB can make sense of.
    Skipped(Class),
}

impl MatValue {
    /// What it is, in MATLAB's words.
    pub fn class_name(&self) -> &'static str {
        match self {
            Self::Numeric(array) => Class::Numeric(array.values.number_type()).name(),
            Self::Logical(_) => "logical",
            Self::Char(_) => "char",
            Self::Sparse(_) => "sparse",
            Self::Cell(_) => "cell",
            Self::Struct(_) => "struct",
            Self::Skipped(class) => class.name(),
        }
    }

    /// Extents; none of what is skipped.
    pub fn shape(&self) -> Vec<usize> {
        match self {
            Self::Numeric(array) => array.shape.clone(),
            Self::Logical(array) => array.shape.clone(),
            Self::Char(array) => array.shape.clone(),
            Self::Sparse(array) => vec![array.n_rows, array.n_columns],
            Self::Cell(array) => array.shape.clone(),
            Self::Struct(array) => array.shape.clone(),
            Self::Skipped(_) => Vec::new(),
        }
    }
}

/// Numbers, `[rows, columns, …]`.
#[derive(Clone, Debug, PartialEq)]
pub struct NumericArray {
    /// Extents, at least two.
    pub shape: Vec<usize>,
    /// The numbers (their real parts), of the array's class.
    pub values: Numbers,
    /// The imaginary parts of a complex array.
    pub imaginary: Option<Numbers>,
}

/// Truth values, `[rows, columns, …]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogicalArray {
    /// Extents, at least two.
    pub shape: Vec<usize>,
    /// The values.
    pub values: Vec<bool>,
}

/// Text, a string per row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CharArray {
    /// Extents, at least two; a string is one row.
    pub shape: Vec<usize>,
    /// The rows, padded with blanks as MATLAB keeps them.
    pub rows: Vec<String>,
}

/// A sparse matrix by columns: those of column `j` are `column_offsets[j]..column_offsets[j + 1]`.
#[derive(Clone, Debug, PartialEq)]
pub struct SparseArray {
    /// Rows.
    pub n_rows: usize,
    /// Columns.
    pub n_columns: usize,
    /// Where each column begins, and where the last ends: `n_columns + 1` offsets that do not decrease.
    pub column_offsets: Vec<usize>,
    /// Row of each value, below `n_rows`.
    pub row_indices: Vec<usize>,
    /// The values (their real parts); truth values are 0 and 1.
    pub values: Numbers,
    /// The imaginary parts of a complex matrix.
    pub imaginary: Option<Numbers>,
    /// Whether the values are truth values.
    pub is_logical: bool,
}

impl SparseArray {
    /// Row and value of every stored item of column `column`, from top to bottom.
    pub fn column(&self, column: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let bound = |i: usize| self.column_offsets.get(i).copied().unwrap_or(0);
        let range = if column < self.n_columns { bound(column)..bound(column + 1) } else { 0..0 };
        range.filter_map(|i| Some((*self.row_indices.get(i)?, self.values.get(i)?)))
    }
}

/// Arrays, `[rows, columns, …]`.
#[derive(Clone, Debug, PartialEq)]
pub struct CellArray {
    /// Extents, at least two.
    pub shape: Vec<usize>,
    /// The arrays.
    pub items: Vec<MatValue>,
}

/// Records with the same fields, `[rows, columns, …]`.
#[derive(Clone, Debug, PartialEq)]
pub struct StructArray {
    /// Extents, at least two; a single record is `[1, 1]`.
    pub shape: Vec<usize>,
    /// Names of the fields.
    pub fields: Vec<String>,
    /// The values, record after record: field `f` of record `r` is item `r · fields + f`.
    pub items: Vec<MatValue>,
}

impl StructArray {
    /// Number of records.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Field `name` of record `record`.
    pub fn get(&self, record: usize, name: &str) -> Option<&MatValue> {
        let field = self.fields.iter().position(|field| field == name)?;
        let first = record.checked_mul(self.fields.len())?;
        self.items.get(first.checked_add(field)?).filter(|_| record < self.len())
    }
}
