//! The report as one HTML page.

mod ending;
mod glance;
mod params;
mod step;
mod table;

use crate::dag;
use crate::escape::{escape, id};
use crate::{Report, StepSection, StepStatus};

const STYLE: &str = include_str!("html/style.css");

/// The report as one HTML page: figures first, then the graph, then each step, then where everything came from.
///
/// The page carries its style and its figures, loads nothing, runs no script, follows the reader's light or dark
/// setting, and prints. It is well-formed XML. The same report gives the same bytes. All text is escaped, except
/// the SVG in [`FigureSection::svg`](crate::FigureSection::svg), which must come from
/// [`figure::draw`](crate::figure::draw).
pub fn render(report: &Report) -> String {
    let mut body = header(report);
    body.push_str(&glance::section(report));
    body.push_str(&pipeline(report));
    for (i, section) in report.steps.iter().enumerate() {
        body.push_str(&variants_anchor(report, i));
        body.push_str(&step::section(section));
    }
    body.push_str(&ending::sections(report));
    let (title, style) = (escape(&report.title), STYLE.trim());
    let contents = contents(report);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"color-scheme\" content=\"light dark\"/>\n<title>{title} · Neuroloom</title>\n\
         <style>\n{style}\n</style>\n</head>\n<body>\n{contents}<main>\n{body}</main>\n</body>\n</html>\n"
    )
}

fn header(report: &Report) -> String {
    let subtitle = paragraph("subtitle", &report.subtitle);
    let done = report.steps.iter().filter(|step| is_done(step)).count();
    let steps = match (done, report.steps.len()) {
        (done, all) if done == all => format!("{all} steps"),
        (done, all) => format!("{done} of {all} steps done"),
    };
    let warnings: usize = report.steps.iter().map(|step| step.summary.warnings.len()).sum();
    let mut facts = vec![steps, format!("seed {}", report.seed)];
    if !report.version.is_empty() {
        facts.push(format!("neuroloom {}", report.version));
    }
    if warnings > 0 {
        facts.push(format!("{warnings} {}", if warnings == 1 { "warning" } else { "warnings" }));
    }
    let facts: String = facts.iter().map(|fact| format!("<li>{}</li>", escape(fact))).collect();
    format!(
        "<header>\n<h1>{}</h1>\n{subtitle}<ul class=\"facts\">{facts}</ul>\n</header>\n",
        escape(&report.title)
    )
}

fn is_done(step: &StepSection) -> bool {
    matches!(step.status, StepStatus::Done | StepStatus::Reused)
}

fn contents(report: &Report) -> String {
    let item = |step: &StepSection| {
        let (target, class) = (id("step", &step.name), step::status_class(&step.status));
        let (name, step_id) = (escape(&step.name), escape(&step.step_id));
        format!("<li class=\"{class}\"><a href=\"#{target}\">{name}<small>{step_id}</small></a></li>\n")
    };
    let steps: String = report.steps.iter().map(item).collect();
    let glance = if glance::chosen(report).is_empty() {
        ""
    } else {
        "<li><a href=\"#glance\">Results at a glance</a></li>\n"
    };
    let list = if steps.is_empty() { String::new() } else { format!("<ol>\n{steps}</ol>\n") };
    format!(
        "<nav aria-label=\"Contents\">\n<p class=\"brand\">Neuroloom</p>\n<ul>\n{glance}\
         <li><a href=\"#pipeline\">Pipeline</a></li>\n</ul>\n{list}<ul>\n\
         <li><a href=\"#provenance\">Inputs and versions</a></li>\n\
         <li><a href=\"#reproduce\">Reproduce and cite</a></li>\n</ul>\n</nav>\n"
    )
}

fn pipeline(report: &Report) -> String {
    let graph = if report.dag.nodes.is_empty() {
        String::new()
    } else {
        format!("<div class=\"scroll\">{}</div>\n", dag::svg(&report.dag))
    };
    let text = if report.pipeline_text.is_empty() {
        String::new()
    } else {
        format!(
            "<details><summary>Pipeline file, as run</summary>\n<pre>{}</pre>\n</details>\n",
            escape(report.pipeline_text.trim_end())
        )
    };
    format!("<section id=\"pipeline\">\n<h2>Pipeline</h2>\n{graph}{text}</section>\n")
}

/// Where the graph's one box for all variants leads: before the first of them, `factors[rank=4]`.
fn variants_anchor(report: &Report, i: usize) -> String {
    let base = |step: &StepSection| step.name.split_once('[').map(|(base, _)| base.to_owned());
    match report.steps.get(i).and_then(base) {
        Some(name) if !report.steps.iter().take(i).any(|step| base(step).as_ref() == Some(&name)) => {
            format!("<span id=\"{}\"></span>\n", id("step", &name))
        }
        _ => String::new(),
    }
}

/// A paragraph, or nothing for no text.
fn paragraph(class: &str, text: &str) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    format!("<p class=\"{class}\">{}</p>\n", escape(text))
}
