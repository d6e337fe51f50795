//! The graph in the languages of Mermaid and Graphviz.

use super::Dag;

/// The graph as a Mermaid flowchart.
pub fn mermaid(dag: &Dag) -> String {
    let mut out = String::from("flowchart TD\n");
    for (i, node) in dag.nodes.iter().enumerate() {
        let (name, step) = (mermaid_text(&node.name), mermaid_text(&node.step_id));
        let times = if node.variants > 1 { format!(" × {}", node.variants) } else { String::new() };
        out.push_str(&format!("    n{i}[\"<b>{name}</b>{times}<br/>{step}\"]\n"));
    }
    for ((from, to), label) in dag.arrows() {
        let label = mermaid_text(&label);
        let label = if label.is_empty() { String::new() } else { format!("|\"{label}\"|") };
        out.push_str(&format!("    n{from} -->{label} n{to}\n"));
    }
    out
}

/// The graph in Graphviz's dot language.
pub fn dot(dag: &Dag) -> String {
    let mut out = String::from(
        "digraph pipeline {\n    rankdir=TB;\n    node [shape=box, style=rounded, fontname=\"Helvetica\"];\n    edge [fontname=\"Helvetica\", fontsize=10];\n",
    );
    for (i, node) in dag.nodes.iter().enumerate() {
        let times = if node.variants > 1 { format!(" × {}", node.variants) } else { String::new() };
        let (name, step) = (dot_text(&node.name), dot_text(&node.step_id));
        out.push_str(&format!("    n{i} [label=\"{name}{times}\\n{step}\"];\n"));
    }
    for ((from, to), label) in dag.arrows() {
        out.push_str(&format!("    n{from} -> n{to} [label=\"{}\"];\n", dot_text(&label)));
    }
    out.push_str("}\n");
    out
}

/// Mermaid reads `#name;` and `#code;` as characters inside quotes.
fn mermaid_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '#' | '<' | '>' | '&' | ';' | '`' | '\\' | '*' | '_' | '[' | ']' | '{' | '}' | '|' => {
                out.push_str(&format!("#{};", u32::from(c)));
            }
            _ if c.is_control() => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}

fn dot_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            _ if c.is_control() => out.push(' '),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{DagEdge, DagNode};
    use super::*;

    fn hostile() -> Dag {
        let edge = |from_port: &str, to_port: &str| DagEdge {
            from: "a\"]; x".into(),
            from_port: from_port.into(),
            to: "b".into(),
            to_port: to_port.into(),
        };
        let second = DagNode { variants: 3, ..DagNode::new("b", "rsa.rdm@1") };
        Dag {
            nodes: vec![DagNode::new("a\"]; x", "in\\gest\n<b>"), second],
            edges: vec![edge("spikes", "spikes"), edge("epochs", "intervals"), edge("", "")],
        }
    }

    #[test]
    fn names_cannot_leave_their_quotes_in_mermaid() {
        assert_eq!(
            mermaid(&hostile()),
            "flowchart TD\n    n0[\"<b>a#34;#93;#59; x</b><br/>in#92;gest #60;b#62;\"]\n    \
             n1[\"<b>b</b> × 3<br/>rsa.rdm@1\"]\n    n0 -->|\"spikes, epochs → intervals\"| n1\n"
        );
    }

    #[test]
    fn names_cannot_leave_their_quotes_in_dot() {
        let dot = dot(&hostile());
        assert!(dot.contains(r#"n0 [label="a\"]; x\nin\\gest <b>"];"#), "{dot}");
        assert!(dot.contains(r#"n0 -> n1 [label="spikes, epochs → intervals"];"#), "{dot}");
        assert!(dot.starts_with("digraph") && dot.ends_with("}\n"));
    }

    #[test]
    fn an_edge_to_nowhere_is_left_out() {
        let edge = DagEdge { from: "a".into(), to: "ghost".into(), ..DagEdge::default() };
        let dag = Dag { nodes: vec![DagNode::new("a", "x@1")], edges: vec![edge] };
        assert!(!dot(&dag).contains("->"));
    }
}
