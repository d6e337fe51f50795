//! Which columns of a result are columns of a table, as far as the query says so plainly.
//!
//! Only the outermost `SELECT` over tables by name is looked at. For a nested query, a union or a computed value nothing
//! is claimed: a unit that is lost is missed, a wrong one is believed.

use std::collections::{BTreeMap, HashMap};

use arrow_array::RecordBatch;
use arrow_schema::{Field, Metadata};
use neuroloom_table::UNIT;
use sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Query, Select, SelectItem,
    SelectItemQualifiedWildcardKind, SetExpr, TableFactor, WildcardAdditionalOptions,
};

/// Functions whose value has the unit of their first argument.
const UNIT_KEEPING: [&str; 17] = [
    "abs",
    "avg",
    "ceil",
    "first",
    "floor",
    "last",
    "max",
    "mean",
    "median",
    "min",
    "quantile_cont",
    "quantile_disc",
    "round",
    "std",
    "stddev",
    "stddev_samp",
    "sum",
];

/// Where a column of a result comes from.
#[derive(Clone, Debug)]
pub(super) enum Origin {
    /// It is this column, unchanged.
    Column(Field),
    /// It is made of this column and has its unit.
    Measure(Field),
}

impl Origin {
    /// What the column inherits.
    pub fn metadata(&self) -> Metadata {
        match self {
            Self::Column(field) => field.metadata().clone(),
            Self::Measure(field) => {
                let unit = field.metadata().get(UNIT);
                let unit: HashMap<_, _> =
                    unit.map(|unit| (UNIT.to_owned(), unit.clone())).into_iter().collect();
                unit.into()
            }
        }
    }
}

/// The origins that are known, by the name of the column in the result.
pub(super) fn origins(query: &Query, tables: &[(&str, &RecordBatch)]) -> BTreeMap<String, Origin> {
    let (None, SetExpr::Select(select)) = (&query.with, query.body.as_ref()) else { return BTreeMap::new() };
    match Sources::of(select, tables) {
        Some(sources) => select.projection.iter().flat_map(|item| sources.item(item)).collect(),
        None => BTreeMap::new(),
    }
}

/// The tables of `FROM`, by the names that they have in the query.
struct Sources<'a>(Vec<(String, &'a RecordBatch)>);

impl<'a> Sources<'a> {
    fn of(select: &Select, tables: &[(&str, &'a RecordBatch)]) -> Option<Self> {
        let factors = select.from.iter().flat_map(|from| {
            std::iter::once(&from.relation).chain(from.joins.iter().map(|join| &join.relation))
        });
        let source = |factor: &TableFactor| {
            let TableFactor::Table { name, alias, args: None, .. } = factor else { return None };
            let [part] = name.0.as_slice() else { return None };
            let name = &part.as_ident()?.value;
            let (_, batch) = tables.iter().find(|(table, _)| table == name)?;
            let called = match alias {
                Some(alias) if alias.columns.is_empty() => &alias.name.value,
                Some(_) => return None,
                None => name,
            };
            Some((called.clone(), *batch))
        };
        factors.map(source).collect::<Option<_>>().map(Self)
    }

    fn item(&self, item: &SelectItem) -> Vec<(String, Origin)> {
        match item {
            SelectItem::UnnamedExpr(expr) => {
                let origin = self.origin(expr);
                let named = origin.map(|origin| match &origin {
                    Origin::Column(field) | Origin::Measure(field) => (field.name().clone(), origin),
                });
                named.into_iter().collect()
            }
            SelectItem::ExprWithAlias { expr, alias } => {
                self.origin(expr).map(|origin| (alias.value.clone(), origin)).into_iter().collect()
            }
            SelectItem::Wildcard(options) if is_plain(options) => self.all(None),
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options)
                if is_plain(options) =>
            {
                self.all(name.0.first().and_then(|part| part.as_ident()).map(|table| table.value.as_str()))
            }
            _ => Vec::new(),
        }
    }

    /// Columns of all tables, or of one. A column of a later table whose name was there before carries its table's.
    fn all(&self, only: Option<&str>) -> Vec<(String, Origin)> {
        let mut all: Vec<(String, Origin)> = Vec::new();
        for (table, batch) in self.0.iter().filter(|(table, _)| only.is_none_or(|only| only == table)) {
            for field in batch.schema().fields() {
                let taken = all.iter().any(|(name, _)| name == field.name());
                let name = if taken { format!("{}:{table}", field.name()) } else { field.name().clone() };
                all.push((name, Origin::Column(field.as_ref().clone())));
            }
        }
        all
    }

    fn origin(&self, expr: &Expr) -> Option<Origin> {
        match expr {
            Expr::Nested(inner) => self.origin(inner),
            Expr::Function(function) => self.column(argument(function)?).map(Origin::Measure),
            other => self.column(other).map(Origin::Column),
        }
    }

    /// The column that `expr` is. One that several tables have is known only where they say the same of it.
    fn column(&self, expr: &Expr) -> Option<Field> {
        let (table, name) = match expr {
            Expr::Identifier(name) => (None, &name.value),
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [table, name] => (Some(&table.value), &name.value),
                _ => return None,
            },
            _ => return None,
        };
        let sources = self.0.iter().filter(|(called, _)| table.is_none_or(|table| table == called));
        let mut found = sources.filter_map(|(_, batch)| batch.schema().field_with_name(name).cloned().ok());
        let first = found.next()?;
        found.all(|field| field.metadata() == first.metadata()).then_some(first)
    }
}

fn is_plain(options: &WildcardAdditionalOptions) -> bool {
    options.opt_rename.is_none() && options.opt_replace.is_none()
}

/// The first argument of a function that keeps its unit.
fn argument(function: &Function) -> Option<&Expr> {
    let [name] = function.name.0.as_slice() else { return None };
    let name = name.as_ident()?.value.to_ascii_lowercase();
    let FunctionArguments::List(list) = &function.args else { return None };
    let FunctionArg::Unnamed(FunctionArgExpr::Expr(first)) = list.args.first()? else { return None };
    UNIT_KEEPING.contains(&name.as_str()).then_some(first)
}
