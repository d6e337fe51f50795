//! One output table: its file, its first rows, its columns.

use crate::escape::{escape, relative_link};
use crate::number::count;
use crate::{ColumnSection, TableSection};

pub(super) fn section(table: &TableSection) -> String {
    let (port, kind, file) = (escape(&table.port), escape(&table.kind), escape(&table.file));
    let kind = if kind == port { String::new() } else { format!("<span>{kind} table</span> ") };
    let rows = format!("{} {}", count(table.n_rows), if table.n_rows == 1 { "row" } else { "rows" });
    format!(
        "<details class=\"table\"><summary><b>{port}</b> {kind}<span>{rows}</span> \
         <a href=\"{}\">{file}</a> <code title=\"BLAKE3 {}\">{}</code></summary>\n{}{}</details>\n",
        relative_link(&table.file),
        table.digest,
        table.digest.short(),
        preview(table),
        columns(&table.columns),
    )
}

fn preview(table: &TableSection) -> String {
    if table.preview.is_empty() {
        return String::new();
    }
    let heads: String = table.columns.iter().map(head).collect();
    let cell = |text: &String| {
        let class = if is_numeric(text) { " class=\"number\"" } else { "" };
        format!("<td{class}>{}</td>", escape(text))
    };
    let row = |row: &Vec<String>| format!("<tr>{}</tr>\n", row.iter().map(cell).collect::<String>());
    let rows: String = table.preview.iter().map(row).collect();
    let shown = table.preview.len() as u64;
    let more = if table.n_rows > shown {
        format!("<p class=\"more\">{} more rows in the file.</p>\n", count(table.n_rows - shown))
    } else {
        String::new()
    };
    format!(
        "<div class=\"scroll\"><table class=\"preview\">\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n{more}"
    )
}

fn head(column: &ColumnSection) -> String {
    let unit = if column.unit.is_empty() || column.unit == "1" {
        String::new()
    } else {
        format!(" <small>{}</small>", escape(&column.unit))
    };
    format!("<th scope=\"col\" title=\"{}\">{}{unit}</th>", escape(&column.doc), escape(&column.name))
}

fn columns(columns: &[ColumnSection]) -> String {
    let row = |column: &ColumnSection| {
        format!(
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td></tr>\n",
            escape(&column.name),
            escape(&column.data_type),
            escape(&column.unit),
            escape(&column.doc)
        )
    };
    let rows: String = columns.iter().map(row).collect();
    format!(
        "<div class=\"scroll\"><table class=\"columns\">\n<thead><tr><th scope=\"col\">column</th>\
         <th scope=\"col\">type</th><th scope=\"col\">unit</th><th scope=\"col\">meaning</th></tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table></div>\n"
    )
}

fn is_numeric(text: &str) -> bool {
    text.parse::<f64>().is_ok()
}
