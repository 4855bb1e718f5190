//! The drawing, for Graphviz: tools left, resources right.
//!
//! What is wrong is told by shape and words as well as by colour. Needs that are held follow the
//! solid arrows; a need that is not held, and what a tool only reaches through its neighbours, get
//! an arrow of their own, which does not push nodes apart.

use super::{AssignmentNode, IdentityNode, Picture, ResourceNode, ToolNode};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

const HEAD: &str = r##"    graph [rankdir=LR, bgcolor="white", fontname="Helvetica", fontsize=12, nodesep=0.3, ranksep=1.1, pad=0.3];
    node [fontname="Helvetica", fontsize=12, style="filled", fillcolor="white", color="#57606a", fontcolor="#1f2328", margin="0.15,0.08"];
    edge [fontname="Helvetica", fontsize=10, color="#57606a", fontcolor="#57606a", arrowsize=0.7];
"##;

const WRONG: &str = r##"color="#cf222e", fontcolor="#cf222e""##;
const UNPROVEN: &str = r##"color="#9a6700", fontcolor="#9a6700""##;
const REACH: &str = r##"color="#8250df", fontcolor="#8250df""##;

/// How many operations an arrow names.
const NAMED: usize = 2;

impl Picture {
    /// The graph in the DOT language.
    pub fn dot(&self) -> String {
        let mut out = format!("digraph {} {{\n{HEAD}", quoted(&self.server));
        for app in &self.apps {
            let _ = writeln!(
                out,
                "    subgraph {} {{",
                quoted(&format!("cluster_{}", app.name))
            );
            let label = quoted(&format!("app {}", app.name));
            let _ = writeln!(
                out,
                "        label={label}; labeljust=l; style=\"rounded\"; color=\"#8c959f\"; fontcolor=\"#57606a\";"
            );
            for tool in self.tools.iter().filter(|it| it.tool.app == app.name) {
                let _ = writeln!(out, "        {}", tool_line(tool));
            }
            out.push_str("    }\n");
        }
        // In a program too broken to place them, tools have no app.
        for tool in self.tools.iter().filter(|it| it.tool.app.is_empty()) {
            let _ = writeln!(out, "    {}", tool_line(tool));
        }
        for identity in &self.identities {
            let _ = writeln!(out, "    {}", identity_line(identity));
        }
        for assignment in &self.assignments {
            let _ = writeln!(out, "    {}", assignment_line(assignment));
        }
        let seen = self.touched();
        for resource in self
            .resources
            .iter()
            .filter(|it| !it.implicit || seen.contains(it.id.as_str()))
        {
            let _ = writeln!(out, "    {}", resource_line(resource));
        }
        for edge in self
            .edges
            .iter()
            .filter(|edge| seen.contains(edge.to.as_str()))
        {
            let look = match edge.kind {
                "covers" => " [style=dashed, label=\"covers\"]",
                "may-cover" => " [style=dotted, label=\"may cover\"]",
                _ => "",
            };
            let _ = writeln!(
                out,
                "    {} -> {}{look};",
                quoted(&edge.from),
                quoted(&edge.to)
            );
        }
        for tool in &self.tools {
            arrows(tool, &mut out);
        }
        out.push_str("}\n");
        out
    }

    /// The nodes that something leads to.
    fn touched(&self) -> BTreeSet<&str> {
        let needed = self.tools.iter().flat_map(|tool| &tool.tool.needs);
        let needed: BTreeSet<&str> = needed.map(|need| need.resource.as_str()).collect();
        let leads = self
            .edges
            .iter()
            .filter(|edge| !edge.kind.ends_with("cover") && edge.kind != "covers");
        let mut seen: BTreeSet<&str> = leads.map(|edge| edge.to.as_str()).collect();
        let also = self
            .resources
            .iter()
            .filter(|it| !it.implicit || needed.contains(it.name.as_str()));
        seen.extend(also.map(|it| it.id.as_str()));
        seen
    }
}

fn tool_line(tool: &ToolNode) -> String {
    let shown = &tool.tool;
    let mut numbers = format!("needs {}", shown.needs.len());
    if shown.missing > 0 {
        let _ = write!(numbers, ", missing {}", shown.missing);
    }
    if !shown.reach.is_empty() {
        let _ = write!(numbers, ", reach {}", shown.reach.len());
    }
    let look = match shown.missing {
        0 => String::new(),
        _ => format!(", penwidth=2, {WRONG}"),
    };
    node(
        &tool.id,
        &[&shown.name, &numbers],
        &format!("shape=box, style=\"filled,rounded\"{look}"),
    )
}

fn identity_line(identity: &IdentityNode) -> String {
    let over = identity.identity.excess.operations.len();
    let excess = match over {
        0 => String::new(),
        _ => format!("excess {over}"),
    };
    let look = match over {
        0 => String::new(),
        _ => format!(", peripheries=2, {UNPROVEN}"),
    };
    let lines = [identity.identity.name.as_str(), identity.r#type, &excess];
    node(&identity.id, &lines, &format!("shape=ellipse{look}"))
}

fn assignment_line(assignment: &AssignmentNode) -> String {
    let custom = if assignment.custom { "custom role" } else { "" };
    let idle = assignment.needs == 0;
    let lines = [
        assignment.role.as_str(),
        custom,
        if idle { "unused" } else { "" },
    ];
    let look = if idle {
        format!(", style=\"filled,dashed\", {UNPROVEN}")
    } else {
        String::new()
    };
    let tip = format!(", tooltip={}", quoted(&assignment.place));
    node(&assignment.id, &lines, &format!("shape=note{look}{tip}"))
}

fn resource_line(resource: &ResourceNode) -> String {
    let sensitivity = resource.sensitivity.as_deref().unwrap_or("");
    let lines = [resource.name.as_str(), &resource.r#type, sensitivity];
    let tip = format!(", tooltip={}", quoted(&resource.scope));
    node(&resource.id, &lines, &format!("shape=cylinder{tip}"))
}

fn node(id: &str, lines: &[&str], look: &str) -> String {
    let lines: Vec<_> = lines
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| escaped(line))
        .collect();
    format!("{} [label=\"{}\", {look}];", quoted(id), lines.join("\\n"))
}

/// The arrows from a tool to what it needs and does not hold for sure, and to what it only reaches.
fn arrows(tool: &ToolNode, out: &mut String) {
    let mut open: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for need in tool.tool.needs.iter().filter(|need| need.verdict != "held") {
        let key = (need.resource.as_str(), need.verdict);
        open.entry(key).or_default().push(&need.operation);
    }
    for ((resource, verdict), operations) in open {
        let (word, look) = match verdict {
            "missing" => ("missing", format!("style=bold, arrowhead=tee, {WRONG}")),
            _ => (
                "not proven",
                format!("style=dashed, arrowhead=odot, {UNPROVEN}"),
            ),
        };
        let mut lines = vec![format!("{word}:")];
        lines.extend(operations.iter().take(NAMED).map(|name| short(name)));
        if operations.len() > NAMED {
            lines.push(format!("and {} more", operations.len() - NAMED));
        }
        arrow(tool, resource, &lines, &look, out);
    }
    let mut reach: BTreeMap<&str, usize> = BTreeMap::new();
    for reached in &tool.tool.reach {
        *reach.entry(&reached.resource).or_default() += 1;
    }
    for (resource, count) in reach {
        let line = format!("reach {count}");
        let look = format!("style=dotted, arrowhead=empty, {REACH}");
        arrow(tool, resource, &[line], &look, out);
    }
}

fn arrow(tool: &ToolNode, resource: &str, lines: &[String], look: &str, out: &mut String) {
    let lines: Vec<_> = lines.iter().map(|line| escaped(line)).collect();
    let (from, to) = (quoted(&tool.id), quoted(&format!("resource/{resource}")));
    let label = lines.join("\\n");
    let _ = writeln!(
        out,
        "    {from} -> {to} [label=\"{label}\", constraint=false, {look}];"
    );
}

/// The end of an operation's name, which tells it from its siblings.
pub(super) fn short(operation: &str) -> String {
    let parts: Vec<&str> = operation.split('/').collect();
    let from = parts
        .len()
        .saturating_sub(if operation.ends_with("/action") { 3 } else { 2 });
    match from {
        0 => operation.to_owned(),
        _ => format!("…/{}", parts.get(from..).unwrap_or_default().join("/")),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// Text between quotes: a backslash would begin one of Graphviz's own escapes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_a_reader_could_take_for_its_own_is_escaped() {
        assert_eq!(super::escaped("say \"hi\"\nthere"), "say \\\"hi\\\" there");
    }
}
