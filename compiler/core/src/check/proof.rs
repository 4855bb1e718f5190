//! The proof line: for each tool what it needs, what is missing, what is left over.
//!
//! ```text
//! find_invoice   as invoice-reader   needs 2   missing 0   excess 1   reach 0        catalogue 2026-08-22 sha256:1f3c…
//! file_invoice   as invoice-filer    needs 3   missing 0   excess 0   reach 0
//! ```

use crate::graph::Graph;
use crate::ir::Program;
use grantc_spec::catalogue::Catalogue;
use std::fmt;

/// What is proven of one tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofLine {
    /// Its name.
    pub tool: String,
    /// The identities it acts as, with commas; `nobody` when it uses nothing.
    pub identities: String,
    /// How many needs it has.
    pub needs: usize,
    /// How many of them rest on a connector that the manifest declares.
    pub declared: usize,
    /// How many of them are not held for sure.
    pub missing: usize,
    /// Operations on declared resources that its identities hold and no tool of theirs needs.
    pub excess: usize,
    /// Operations on declared resources that only its neighbours in the app hold.
    pub reach: usize,
}

/// What is proven of every tool, and on which catalogue that rests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// One line for each tool, in manifest order.
    pub lines: Vec<ProofLine>,
    /// Date and beginning of the digest of the catalogue.
    pub catalogue: String,
}

/// What a graph proves.
pub fn proof(program: &Program, graph: &Graph, catalogue: &Catalogue) -> Proof {
    let line = |(id, tool): (_, &crate::ir::Tool)| {
        let name = |identity| program.identities.at(identity).name.value.clone();
        let identities: Vec<String> = tool.identities().into_iter().map(name).collect();
        ProofLine {
            tool: tool.name.value.clone(),
            identities: match identities.as_slice() {
                [] => "nobody".to_owned(),
                some => some.join(", "),
            },
            needs: graph.needs(id).len(),
            declared: graph
                .needs(id)
                .iter()
                .filter(|need| program.rests_on_declared(**need))
                .count(),
            missing: graph.missing(id),
            excess: graph.excess_of_tool(program, id),
            reach: graph.reach_count(program, id),
        }
    };
    let digest: String = catalogue
        .digest()
        .chars()
        .take("sha256:".len() + 4)
        .collect();
    Proof {
        lines: program.tools.iter().map(line).collect(),
        catalogue: format!("catalogue {} {digest}…", catalogue.date()),
    }
}

impl fmt::Display for Proof {
    /// Lines with their columns aligned; the first one ends in the catalogue.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, text) in self.table(GAP).iter().enumerate() {
            match at {
                0 => writeln!(f, "{text}        {}", self.catalogue)?,
                _ => writeln!(f, "{}", text.trim_end())?,
            }
        }
        Ok(())
    }
}

impl Proof {
    /// The lines within so many columns: the catalogue moves below them, and then what is said of a
    /// tool below its name, where they would break.
    pub fn within(&self, columns: usize) -> String {
        let whole = self.to_string();
        let fits = |text: &str| text.lines().all(|line| line.chars().count() <= columns);
        if fits(&whole) {
            return whole;
        }
        let rows = self.table("  ").into_iter();
        let table: String = rows.map(|row| format!("{}\n", row.trim_end())).collect();
        if fits(&table) {
            return format!("{table}{}\n", self.catalogue);
        }
        let two = |line: &ProofLine| match line.cells().split_first_chunk::<2>() {
            Some((names, numbers)) => format!("{}\n    {}\n", names.join(" "), numbers.join("  ")),
            None => String::new(),
        };
        let stacked: String = self.lines.iter().map(two).collect();
        format!("{stacked}{}\n", self.catalogue)
    }

    /// The lines with their columns aligned.
    fn table(&self, gap: &str) -> Vec<String> {
        let cells: Vec<_> = self.lines.iter().map(ProofLine::cells).collect();
        let mut widths: Vec<usize> = Vec::new();
        for line in &cells {
            widths.resize(widths.len().max(line.len()), 0);
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = cell.chars().count().max(*width);
            }
        }
        let row = |line: &Vec<String>| {
            let cells = line.iter().zip(&widths);
            let padded: Vec<_> = cells
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            padded.join(gap)
        };
        cells.iter().map(row).collect()
    }
}

const GAP: &str = "   ";

impl ProofLine {
    fn cells(&self) -> Vec<String> {
        vec![
            self.tool.clone(),
            format!("as {}", self.identities),
            match self.declared {
                0 => format!("needs {}", self.needs),
                declared => format!("needs {} ({declared} declared)", self.needs),
            },
            format!("missing {}", self.missing),
            format!("excess {}", self.excess),
            format!("reach {}", self.reach),
        ]
    }
}

impl fmt::Display for ProofLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cells().join(GAP))
    }
}

#[cfg(test)]
mod tests {
    use super::proof;
    use crate::graph::fixture::{desk, reader, tool};
    use grantc_spec::catalogue::Catalogue;

    #[test]
    fn one_tool_has_one_line_that_names_the_catalogue() {
        let desk = reader(
            r#"assign "Storage Blob Data Reader" on="archive""#,
            r#"uses "archive" "read" "list""#,
        );
        let catalogue = Catalogue::embedded();
        let digest = &catalogue.digest()[..11];
        let expected = format!(
            "find   as reader   needs 2   missing 0   excess 1   reach 0        catalogue {} {digest}…\n",
            catalogue.date()
        );
        let proof = proof(&desk.program, &desk.graph, catalogue);
        assert_eq!(proof.to_string(), expected);
        assert_eq!(
            proof.lines[0].to_string(),
            "find   as reader   needs 2   missing 0   excess 1   reach 0"
        );
    }

    #[test]
    fn a_narrow_terminal_gets_narrow_lines() {
        let desk = reader(
            r#"assign "Storage Blob Data Reader" on="archive""#,
            r#"uses "archive" "read" "list""#,
        );
        let proof = proof(&desk.program, &desk.graph, Catalogue::embedded());
        assert_eq!(proof.within(120), proof.to_string());
        let (table, stacked) = (proof.within(80), proof.within(40));
        assert!(
            table.starts_with("find  as reader  needs 2  missing 0  excess 1  reach 0\ncatalogue "),
            "{table}"
        );
        assert!(
            stacked.starts_with(
                "find as reader\n    needs 2  missing 0  excess 1  reach 0\ncatalogue "
            ),
            "{stacked}"
        );
    }

    #[test]
    fn columns_are_aligned_and_what_is_not_proven_is_missing() {
        let desk = desk(&format!(
            r#"identity "a" type="user-assigned" {{ assign "Storage Blob Data Reader" on="somewhere" }}
            identity "long-name" type="user-assigned" {{ assign "Storage Blob Data Reader" on="archive" }}
            {}{}
            tool "ping" {{ description "Ping."; output {{ ok boolean }} }}"#,
            tool("find", "a", r#"uses "archive" "read""#),
            tool("find_all", "a", r#"uses "drafts" "write" as="long-name""#),
        ));
        let text = proof(&desk.program, &desk.graph, Catalogue::embedded()).to_string();
        let (table, _) = text.split_once("        catalogue").unwrap();
        assert_eq!(
            table,
            "find       as a              needs 1   missing 1   excess 6   reach 0"
        );
        let rest: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(
            rest,
            [
                "find_all   as a, long-name   needs 1   missing 1   excess 8   reach 0",
                "ping       as nobody         needs 0   missing 0   excess 0   reach 7",
            ]
        );
    }
}
