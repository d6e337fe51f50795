//! Where everything came from, how to make it again, and whom to cite.

use crate::escape::escape;
use crate::number::bytes;
use crate::{InputFile, Report};

pub(super) fn sections(report: &Report) -> String {
    format!("{}{}", provenance(report), reproduce(report))
}

fn provenance(report: &Report) -> String {
    let version = if report.version.is_empty() { "unknown" } else { report.version.as_str() };
    let inputs = if report.inputs.is_empty() {
        "<p>No source files were read.</p>\n".to_owned()
    } else {
        inputs(&report.inputs)
    };
    format!(
        "<section id=\"provenance\">\n<h2>Inputs and versions</h2>\n{inputs}\
         <table class=\"pairs\">\n<tr><th scope=\"row\">neuroloom</th><td>{}</td></tr>\n\
         <tr><th scope=\"row\">seed</th><td>{}</td></tr>\n</table>\n{}</section>\n",
        escape(version),
        report.seed,
        outputs(report),
    )
}

fn inputs(inputs: &[InputFile]) -> String {
    let row = |input: &InputFile| {
        format!(
            "<tr><td>{}</td><td class=\"number\">{}</td><td><code>{}</code></td></tr>\n",
            escape(&input.path),
            bytes(input.bytes),
            input.digest
        )
    };
    let rows: String = inputs.iter().map(row).collect();
    digest_table("source file", "size", &rows)
}

fn outputs(report: &Report) -> String {
    let tables = report.steps.iter().flat_map(|step| &step.tables);
    let rows: String = tables
        .map(|table| {
            let (file, n_rows, digest) = (escape(&table.file), table.n_rows, table.digest);
            format!(
                "<tr><td>{file}</td><td class=\"number\">{n_rows}</td><td><code>{digest}</code></td></tr>\n"
            )
        })
        .collect();
    if rows.is_empty() { rows } else { digest_table("result file", "rows", &rows) }
}

fn digest_table(what: &str, size: &str, rows: &str) -> String {
    format!(
        "<div class=\"scroll\"><table class=\"digests\">\n<thead><tr><th scope=\"col\">{what}</th>\
         <th scope=\"col\">{size}</th><th scope=\"col\">BLAKE3</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n"
    )
}

fn reproduce(report: &Report) -> String {
    let command = if report.command.is_empty() {
        String::new()
    } else {
        format!(
            "<p>With the same version, inputs and seed this command gives the same bytes:</p>\n<pre>{}</pre>\n",
            escape(&report.command)
        )
    };
    format!("<section id=\"reproduce\">\n<h2>Reproduce and cite</h2>\n{command}{}</section>\n", cite(report))
}

/// Every reference once, in the order of the steps.
fn cite(report: &Report) -> String {
    let methods = report.steps.iter().filter_map(|step| step.reference.as_ref());
    let mut references: Vec<&String> = Vec::new();
    for reference in methods.chain(&report.references) {
        if !reference.trim().is_empty() && !references.contains(&reference) {
            references.push(reference);
        }
    }
    if references.is_empty() {
        return String::new();
    }
    let items: String =
        references.iter().map(|reference| format!("<li>{}</li>\n", linked(reference))).collect();
    format!("<p>The methods used here are due to:</p>\n<ol class=\"references\">\n{items}</ol>\n")
}

/// The text with its web addresses as links, which a reader may follow and the page never does.
fn linked(text: &str) -> String {
    text.split_inclusive(char::is_whitespace)
        .map(|word| {
            let address = word.trim().trim_end_matches(['.', ',', ';', ')']);
            if !address.starts_with("https://") {
                return escape(word);
            }
            let rest = word.strip_prefix(address).unwrap_or_default();
            let address = escape(address);
            format!("<a rel=\"noreferrer\" href=\"{address}\">{address}</a>{}", escape(rest))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_links_and_nothing_else_does() {
        assert_eq!(
            linked("A & B 2024, https://doi.org/10.1/x<y>. See javascript:x"),
            "A &amp; B 2024, <a rel=\"noreferrer\" href=\"https://doi.org/10.1/x&lt;y&gt;\">\
             https://doi.org/10.1/x&lt;y&gt;</a>. See javascript:x"
        );
    }
}
