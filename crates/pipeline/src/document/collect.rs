//! `collect`: one task that reads all variants of what comes in.

use super::findings::{Findings, Place, listing};
use super::node::{Node, Value};

/// The axes that end at a step: its inputs get all variants on them.
#[derive(Clone, Debug, Default)]
pub(super) enum Collect {
    /// None: the step has a task for each variant of what it reads.
    #[default]
    Nothing,
    /// All that come in. There may be none, so that a base with `collect: all` fits a pipeline without a sweep.
    All,
    /// Those named, each of which must come in.
    Axes(Vec<(String, Place)>),
}

impl Collect {
    /// Whether the axis `name` ends here.
    pub fn takes(&self, name: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::All => true,
            Self::Axes(axes) => axes.iter().any(|(axis, _)| axis == name),
        }
    }

    /// Reports axes that are none of `incoming`, those that the sources have, or that the step itself has (`own`).
    /// Whether all is well.
    pub fn check(&self, step: &str, incoming: &[&str], own: &[&str], findings: &mut Findings) -> bool {
        let before = findings.errors();
        let Self::Axes(axes) = self else { return true };
        for (axis, place) in axes {
            if own.contains(&axis.as_str()) {
                let message = format!("`{step}` collects the axis `{axis}` and varies it itself");
                findings.error(*place, message).hint("leave the matrix to the steps before it");
            } else if !incoming.contains(&axis.as_str()) {
                let hint = findings.did_you_mean(axis, incoming.iter().copied());
                let hint = hint.unwrap_or_else(|| match incoming {
                    [] => "nothing that it reads has variants".into(),
                    _ => format!("its sources have {}", listing(incoming.iter().copied())),
                });
                findings.error(*place, format!("no axis `{axis}` reaches `{step}`")).hint(hint);
            }
        }
        findings.errors() == before
    }
}

/// Reads the value of `collect`.
pub(super) fn read(node: &Node, findings: &mut Findings) -> Collect {
    match &node.value {
        Value::Broken => Collect::Nothing,
        Value::Text(text) if text == "all" => Collect::All,
        Value::List(items) if items.is_empty() => {
            findings.error(node.place, "`collect` names no axis").hint("write `collect: all` or an axis");
            Collect::Nothing
        }
        Value::List(items) => Collect::Axes(items.iter().filter_map(|item| axis(item, findings)).collect()),
        _ => Collect::Axes(axis(node, findings).into_iter().collect()),
    }
}

fn axis(node: &Node, findings: &mut Findings) -> Option<(String, Place)> {
    Some((node.expect_text("an axis in `collect`", findings)?.to_owned(), node.place))
}
