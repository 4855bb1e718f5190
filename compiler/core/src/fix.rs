//! Fixes: what a finding's help says to write, as edits of the manifest.
//!
//! An edit names what it changes by the place where it was written; [`Fix::apply`] gives the texts
//! of the files as they would be. Manifests in KDL only: the same words in YAML stand elsewhere.

use crate::source::{FileId, SourceFile, Sources, Span};
use crate::syntax::{Extent, extents};
use std::collections::BTreeMap;

/// What to change, all of it together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fix {
    /// The edits; no two are of the same text.
    pub edits: Vec<Edit>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Other nodes stand in place of one; none of them takes it out.
    Replace {
        /// The header of the node, or any part of it.
        node: Span,
        /// The nodes.
        with: Vec<String>,
    },
    /// Nodes more in the braces of one.
    Add {
        /// The header of the node.
        to: Span,
        /// The nodes.
        nodes: Vec<String>,
    },
    /// A node more at the end of a file.
    Declare {
        /// The file.
        file: FileId,
        /// The node.
        node: String,
    },
    /// Another word before a value: the key of a property, or the name of the node.
    Reword {
        /// The value.
        value: Span,
        /// The word.
        word: &'static str,
    },
}

impl Edit {
    fn file(&self) -> FileId {
        match self {
            Edit::Replace { node: span, .. }
            | Edit::Add { to: span, .. }
            | Edit::Reword { value: span, .. } => span.file,
            Edit::Declare { file, .. } => *file,
        }
    }
}

/// Bytes of a file and what stands there instead.
type Patch = (std::ops::Range<usize>, String);

impl Fix {
    /// The texts of the files that it changes, by path; none where something that it changes is
    /// not found, as in YAML.
    pub fn apply(&self, sources: &Sources) -> Option<BTreeMap<String, String>> {
        let mut edits: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
        for edit in &self.edits {
            edits.entry(edit.file()).or_default().push(edit);
        }
        let mut texts = BTreeMap::new();
        for (id, edits) in edits {
            let file = sources.get(id)?;
            let found = extents(&file.text)?;
            let patches = edits.into_iter().map(|edit| patch(edit, file, &found));
            let mut patches: Vec<Patch> = patches.collect::<Option<_>>()?;
            patches.sort_by_key(|(range, _)| (range.start, range.end));
            let mut text = String::new();
            let mut at = 0;
            for (range, with) in patches {
                text.push_str(file.text.get(at..range.start)?);
                text.push_str(&with);
                at = range.end;
            }
            text.push_str(file.text.get(at..)?);
            texts.insert(file.path.clone(), text);
        }
        Some(texts)
    }
}

fn patch(edit: &Edit, file: &SourceFile, found: &[Extent]) -> Option<Patch> {
    match edit {
        Edit::Replace { node, with } => {
            let node = around(found, *node)?;
            let indent = indent(&file.text, node.start);
            let text = with.iter().map(|node| indented(node, &indent));
            let text = text.collect::<Vec<_>>().join(&format!("\n{indent}"));
            let mut end = node.end;
            if with.is_empty() {
                // The mark that ends a node ends nothing without it.
                let rest = file.text.get(end..)?;
                let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
                if rest.get(blank..)?.starts_with(';') {
                    end += blank + 1;
                }
            }
            Some((node.start..end, text))
        }
        Edit::Add { to, nodes } => {
            let node = around(found, *to)?;
            let outer = indent(&file.text, node.start);
            let inner = format!("{outer}    ");
            let lines = nodes
                .iter()
                .map(|node| format!("\n{inner}{}", indented(node, &inner)));
            let lines: String = lines.collect();
            Some(match node.braces {
                true => {
                    let brace = node.end - 1;
                    let body = file.text.get(..brace)?.trim_end();
                    (body.len()..brace, format!("{lines}\n{outer}"))
                }
                false => (node.end..node.end, format!(" {{{lines}\n{outer}}}")),
            })
        }
        Edit::Declare { node, .. } => {
            // What trails stays behind all that is declared.
            let end = file.text.trim_end().len();
            Some((end..end, format!("\n{node}")))
        }
        Edit::Reword { value, word } => {
            let node = around(found, *value)?;
            let start = value.start as usize;
            let before = file.text.get(node.start..start)?;
            let key = match before.strip_suffix('=') {
                Some(before) => {
                    let key = before
                        .rfind(|c: char| !(c.is_alphanumeric() || c == '-'))
                        .map_or(0, |at| at + 1);
                    node.start + key..start - 1
                }
                None => {
                    let name = before.find(|c: char| !(c.is_alphanumeric() || c == '-'))?;
                    node.start..node.start + name
                }
            };
            Some((key, (*word).to_owned()))
        }
    }
}

/// The innermost node around a place.
fn around(found: &[Extent], span: Span) -> Option<&Extent> {
    let (start, end) = (span.start as usize, span.end as usize);
    let around = found.iter().filter(|it| it.start <= start && end <= it.end);
    around.min_by_key(|it| it.end - it.start)
}

/// The blanks that a line begins with.
fn indent(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(line..).unwrap_or_default();
    line.chars()
        .take_while(|c| matches!(c, ' ' | '\t'))
        .collect()
}

fn indented(node: &str, indent: &str) -> String {
    node.lines()
        .collect::<Vec<_>>()
        .join(&format!("\n{indent}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"identity "a" type="user-assigned" { assign "X" on="one"; assign "Y" on="two" { where path="in/*" } }
identity "b" type="user-assigned"
identity "c" type="user-assigned" {
    assign "X" on="one" // why
    assign "Z" on="two"
}
tool "t" { uses "one" action="a/b" }
"#;

    fn applied(edit: impl Fn(FileId) -> Vec<Edit>) -> String {
        let mut sources = Sources::default();
        let file = sources.add(SourceFile::new("tools.kdl", TEXT));
        let fix = Fix { edits: edit(file) };
        let mut texts = fix.apply(&sources).unwrap();
        let text = texts.remove("tools.kdl").unwrap();
        assert!(kdl::KdlDocument::parse(&text).is_ok(), "{text}");
        text
    }

    fn span(file: FileId, of: &str, nth: usize) -> Span {
        let (at, _) = TEXT.match_indices(of).nth(nth).unwrap();
        Span::new(file, at, at + of.len())
    }

    #[test]
    fn a_node_is_taken_out_or_replaced_with_its_braces() {
        let out = applied(|file| {
            vec![Edit::Replace {
                node: span(file, "assign \"X\" on=\"one\"", 0),
                with: vec![],
            }]
        });
        assert!(out.starts_with("identity \"a\" type=\"user-assigned\" {  assign \"Y\""));
        let two = applied(|file| {
            let with = vec![
                "assign \"P\" on=\"one\"".to_owned(),
                "assign \"Q\" on=\"two\"".to_owned(),
            ];
            vec![Edit::Replace {
                node: span(file, "assign \"Y\" on=\"two\"", 0),
                with,
            }]
        });
        assert!(
            two.contains("; assign \"P\" on=\"one\"\nassign \"Q\" on=\"two\" }\nidentity \"b\""),
            "{two}"
        );
        let line = applied(|file| {
            vec![Edit::Replace {
                node: span(file, "assign \"Z\" on=\"two\"", 0),
                with: vec![],
            }]
        });
        assert!(line.contains("// why\n    \n}"), "{line}");
    }

    #[test]
    fn nodes_are_added_inside_and_at_the_end() {
        let node = "assign \"N\" on=\"one\"".to_owned();
        let all = applied(|file| {
            let mut edits: Vec<Edit> = ["identity \"a\"", "identity \"b\"", "identity \"c\""]
                .iter()
                .map(|at| Edit::Add {
                    to: span(file, at, 0),
                    nodes: vec![node.clone()],
                })
                .collect();
            edits.push(Edit::Declare {
                file,
                node: "role \"R\" {\n}".to_owned(),
            });
            edits
        });
        assert!(
            all.contains("{ where path=\"in/*\" }\n    assign \"N\" on=\"one\"\n}\nidentity \"b\""),
            "{all}"
        );
        assert!(
            all.contains(
                "identity \"b\" type=\"user-assigned\" {\n    assign \"N\" on=\"one\"\n}\n"
            ),
            "{all}"
        );
        assert!(
            all.contains("    assign \"Z\" on=\"two\"\n    assign \"N\" on=\"one\"\n}\ntool"),
            "{all}"
        );
        assert!(all.ends_with("}\nrole \"R\" {\n}\n"), "{all}");
    }

    #[test]
    fn several_are_declared_one_after_the_other() {
        let all = applied(|file| {
            let nodes = ["role \"R\" {\n}", "role \"S\" {\n}"];
            let declare = |node: &str| Edit::Declare {
                file,
                node: node.to_owned(),
            };
            nodes.map(declare).to_vec()
        });
        assert!(
            all.ends_with("action=\"a/b\" }\nrole \"R\" {\n}\nrole \"S\" {\n}\n"),
            "{all}"
        );
    }

    #[test]
    fn a_word_before_a_value_becomes_another() {
        let text = applied(|file| {
            vec![Edit::Reword {
                value: span(file, "\"a/b\"", 0),
                word: "data-action",
            }]
        });
        assert!(text.contains("uses \"one\" data-action=\"a/b\""), "{text}");
        let text = applied(|file| {
            vec![Edit::Reword {
                value: span(file, "\"Z\"", 0),
                word: "consent",
            }]
        });
        assert!(text.contains("    consent \"Z\" on=\"two\""), "{text}");
    }
}
