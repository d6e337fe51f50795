//! Columns of a schema.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_schema::{DataType, Field};

/// Metadata key under which a field carries its unit.
pub const UNIT: &str = "unit";
/// Metadata key under which a field carries its meaning.
pub const DOC: &str = "description";

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// Dictionary-encoded string: an id or another word that repeats.
    Id,
    /// Free text.
    Text,
    /// Truth value.
    Bool,
    /// 64-bit signed integer.
    Integer,
    /// 32-bit signed integer, where a layout of other people prescribes it.
    Integer32,
    /// 64-bit float.
    Number,
    /// List of 64-bit floats.
    NumberList,
    /// List of 32- or 64-bit floats: a reader keeps the precision of its source.
    SignalList,
    /// List of strings.
    TextList,
}

/// One column of a schema.
#[derive(Clone, Copy, Debug)]
pub struct ColumnSpec {
    /// Name, with the unit as its ending where it has one: `t0_s`.
    pub name: &'static str,
    /// Type.
    pub column_type: ColumnType,
    /// Whether a row may lack it.
    pub nullable: bool,
    /// Unit; none for names, flags and values whose unit stands in a column of its own.
    pub unit: Option<&'static str>,
    /// What it means.
    pub doc: &'static str,
}

impl ColumnSpec {
    /// A column that every row has.
    pub const fn new(name: &'static str, column_type: ColumnType, doc: &'static str) -> Self {
        Self { name, column_type, nullable: false, unit: None, doc }
    }

    /// The same, in a unit.
    #[must_use]
    pub const fn unit(self, unit: &'static str) -> Self {
        Self { unit: Some(unit), ..self }
    }

    /// The same, absent in some rows.
    #[must_use]
    pub const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }

    /// The Arrow field, with unit and meaning in its metadata.
    pub fn field(&self) -> Field {
        let mut metadata = HashMap::from([(DOC.to_owned(), self.doc.to_owned())]);
        metadata.extend(self.unit.map(|unit| (UNIT.to_owned(), unit.to_owned())));
        Field::new(self.name, self.column_type.arrow(), self.nullable).with_metadata(metadata)
    }
}

impl ColumnType {
    /// The Arrow type; of two admitted ones the wider.
    pub fn arrow(self) -> DataType {
        let list = |item| DataType::List(Arc::new(Field::new_list_field(item, true)));
        match self {
            Self::Id => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            Self::Text => DataType::Utf8,
            Self::Bool => DataType::Boolean,
            Self::Integer => DataType::Int64,
            Self::Integer32 => DataType::Int32,
            Self::Number => DataType::Float64,
            Self::NumberList | Self::SignalList => list(DataType::Float64),
            Self::TextList => list(DataType::Utf8),
        }
    }

    /// Whether a column of Arrow type `found` will do.
    pub fn admits(self, found: &DataType) -> bool {
        let narrow = DataType::List(Arc::new(Field::new_list_field(DataType::Float32, true)));
        *found == self.arrow() || (self == Self::SignalList && *found == narrow)
    }
}
