//! The section of one step.

use neuroloom_core::{Metric, MetricValue};

use super::{paragraph, params, table};
use crate::escape::{escape, id, relative_link};
use crate::number::{count, significant};
use crate::{FigureSection, StepSection, StepStatus};

pub(super) fn section(step: &StepSection) -> String {
    let figures: String = step.figures.iter().map(figure).collect();
    let tables: String = step.tables.iter().map(table::section).collect();
    let details = [metrics(&step.summary.metrics), params::table(&step.params, &step.defaults)].concat();
    let details =
        if details.is_empty() { details } else { format!("<div class=\"details\">\n{details}</div>\n") };
    let figures =
        if figures.is_empty() { figures } else { format!("<div class=\"figures\">\n{figures}</div>\n") };
    format!(
        "<section class=\"step\" id=\"{}\">\n<h2>{} <code>{}</code>{}</h2>\n{}{}{}{figures}{details}{tables}{}</section>\n",
        id("step", &step.name),
        escape(&step.name),
        escape(&step.step_id),
        badge(&step.status),
        paragraph("subtitle", &step.title),
        failure(&step.status),
        warnings(&step.summary.warnings),
        reference(step.reference.as_deref()),
    )
}

/// The CSS class of a status.
pub(super) fn status_class(status: &StepStatus) -> &'static str {
    match status {
        StepStatus::Done => "done",
        StepStatus::Reused => "reused",
        StepStatus::Failed { .. } => "failed",
        StepStatus::NotRun => "not-run",
    }
}

fn badge(status: &StepStatus) -> String {
    let word = match status {
        StepStatus::Done => return String::new(),
        StepStatus::Reused => "reused",
        StepStatus::Failed { .. } => "failed",
        StepStatus::NotRun => "not run",
    };
    format!(" <span class=\"badge {}\">{word}</span>", status_class(status))
}

fn failure(status: &StepStatus) -> String {
    match status {
        StepStatus::Failed { message } => format!("<pre class=\"failure\">{}</pre>\n", escape(message)),
        _ => String::new(),
    }
}

fn warnings(warnings: &[String]) -> String {
    if warnings.is_empty() {
        return String::new();
    }
    let items: String = warnings.iter().map(|warning| format!("<li>{}</li>\n", escape(warning))).collect();
    format!("<ul class=\"warnings\">\n{items}</ul>\n")
}

fn figure(figure: &FigureSection) -> String {
    let link = if figure.file.is_empty() {
        String::new()
    } else {
        format!(" <a href=\"{}\">SVG</a>", relative_link(&figure.file))
    };
    format!(
        "<figure><div class=\"scroll\">{}</div><figcaption>{}{link}</figcaption></figure>\n",
        figure.svg,
        escape(&figure.caption)
    )
}

fn metrics(metrics: &[Metric]) -> String {
    let row = |metric: &Metric| {
        let unit = metric.unit.as_str();
        let unit = if unit == "1" { String::new() } else { format!(" {}", escape(unit)) };
        let (name, value) = (escape(&metric.name), escape(&value_text(&metric.value)));
        format!("<tr><th scope=\"row\">{name}</th><td>{value}{unit}</td></tr>\n")
    };
    if metrics.is_empty() {
        return String::new();
    }
    let rows: String = metrics.iter().map(row).collect();
    format!("<div>\n<h4>Results</h4>\n<table class=\"pairs\">\n{rows}</table>\n</div>\n")
}

fn value_text(value: &MetricValue) -> String {
    match value {
        MetricValue::Count(value) => count(*value),
        MetricValue::Number(value) => significant(*value, 4),
        MetricValue::Text(text) => text.clone(),
    }
}

fn reference(reference: Option<&str>) -> String {
    let text = reference.map(|text| format!("Method: {text}")).unwrap_or_default();
    paragraph("reference", &text)
}
