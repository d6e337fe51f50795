//! The figures that a reader wants to see first.

use crate::escape::{escape, id};
use crate::{FigureSection, Report, StepSection};

/// Figures in the strip.
const MOST: usize = 3;
/// Size of their SVG together, bytes: they stand twice on the page.
const MOST_BYTES: usize = 1 << 20;

/// The first figures of the last steps that have any, in the order of the steps.
pub(super) fn chosen(report: &Report) -> Vec<(&StepSection, &FigureSection)> {
    let mut chosen: Vec<(&StepSection, &FigureSection)> = Vec::new();
    let mut bytes = 0;
    for step in report.steps.iter().rev() {
        let Some(figure) = step.figures.first() else { continue };
        bytes += figure.svg.len();
        if chosen.len() == MOST || bytes > MOST_BYTES {
            break;
        }
        chosen.push((step, figure));
    }
    chosen.reverse();
    chosen
}

pub(super) fn section(report: &Report) -> String {
    let chosen = chosen(report);
    if chosen.is_empty() {
        return String::new();
    }
    let card = |(step, figure): &(&StepSection, &FigureSection)| {
        let (target, name, svg) = (id("step", &step.name), escape(&step.name), &figure.svg);
        let (caption, width) = (escape(&figure.caption), width(svg));
        format!(
            "<figure class=\"card\" style=\"--width:{width}\"><div class=\"scroll\">{svg}</div><figcaption>{caption} \
             <a href=\"#{target}\">{name}</a></figcaption></figure>\n"
        )
    };
    let cards: String = chosen.iter().map(card).collect();
    format!(
        "<section id=\"glance\">\n<h2>Results at a glance</h2>\n<div class=\"strip\">\n{cards}</div>\n</section>\n"
    )
}

/// The width that an SVG says it has, pixels: wide figures get wide cards.
fn width(svg: &str) -> u32 {
    let after = svg.split_once(" width=\"").map_or("", |(_, after)| after);
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(480)
}
