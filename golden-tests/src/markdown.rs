//! Manifests in Markdown pages, and what their fences say about them.
//!
//! | fence | what it holds |
//! | --- | --- |
//! | ```` ```kdl ```` | a whole manifest |
//! | ```` ```kdl fragment ```` | top-level nodes; the nodes every manifest has (`grantc`, `server`, `azure`) are put before it, each unless it is there |
//! | ```` ```kdl connector ```` | a connector's data file; `grantc-spec` reads those, these tests do not |
//! | ```` ```kdl file=types.kdl ```` | a file that the manifests under the same heading may import; `yaml` likewise |
//! | ```` ```kdl raises=G0301 ```` | a manifest or fragment that raises this code and no other but notes |

use crate::compile::Texts;

/// One fenced block.
#[derive(Debug, PartialEq, Eq)]
pub struct Block<'a> {
    /// The words after the backticks.
    pub info: Vec<&'a str>,
    /// The nearest heading above, of any level.
    pub heading: &'a str,
    /// The line of its opening fence, counted from 1.
    pub line: usize,
    /// What it holds.
    pub text: String,
}

impl Block<'_> {
    /// Whether a manifest is in it.
    pub fn is_manifest(&self) -> bool {
        let is_kdl = self.info.first() == Some(&"kdl") && !self.info.contains(&"connector");
        is_kdl && self.file().is_none()
    }

    /// The name of the file that it is, for others to import.
    pub fn file(&self) -> Option<&str> {
        self.info.iter().find_map(|word| word.strip_prefix("file="))
    }

    /// The code that it is said to raise.
    pub fn raises(&self) -> Option<&str> {
        self.info
            .iter()
            .find_map(|word| word.strip_prefix("raises="))
    }

    /// The manifest, a fragment made whole.
    pub fn manifest(&self) -> String {
        if !self.info.contains(&"fragment") {
            return self.text.clone();
        }
        let mut whole = String::new();
        for (node, line) in FRAME {
            let there = self
                .text
                .lines()
                .any(|text| text.split([' ', '{']).next() == Some(node));
            if !there {
                whole.push_str(line);
                whole.push('\n');
            }
        }
        whole + &self.text
    }
}

/// What a fragment leaves out.
const FRAME: [(&str, &str); 3] = [
    ("grantc", "grantc version=1"),
    (
        "server",
        r#"server "example" version="1.0.0" { description "An example."; namespace "com.example" }"#,
    ),
    (
        "azure",
        r#"azure { resource-group "rg-example"; location "westeurope" }"#,
    ),
];

/// The files under a heading that its manifests may import.
pub fn files(blocks: &[Block<'_>], heading: &str) -> Texts {
    let here = blocks.iter().filter(|block| block.heading == heading);
    here.filter_map(|block| Some((block.file()?.to_owned(), block.text.clone())))
        .collect()
}

/// The fenced blocks of a page, in order.
pub fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut heading = "";
    let mut open: Option<(usize, Block<'_>)> = None;
    for (number, line) in (1..).zip(page.lines()) {
        let ticks = line.chars().take_while(|c| *c == '`').count();
        match open.take() {
            Some((fence, block)) if ticks >= fence && line.trim_end().len() == ticks => {
                blocks.push(block);
            }
            Some((fence, mut block)) => {
                block.text.push_str(line);
                block.text.push('\n');
                open = Some((fence, block));
            }
            None if ticks >= 3 => {
                let info = line.trim_start_matches('`').split_whitespace().collect();
                open = Some((
                    ticks,
                    Block {
                        info,
                        heading,
                        line: number,
                        text: String::new(),
                    },
                ));
            }
            None if line.starts_with('#') => heading = line.trim_start_matches('#').trim(),
            None => {}
        }
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
# Page

```kdl
grantc version=1
```

## Example

````text
```kdl
not a block
```
````

```kdl fragment raises=G0301
server \"mine\" version=\"1.0.0\" { description \"…\"; namespace \"com.example\" }
tool \"x\" { description \"…\" }
```

```kdl connector
connector \"azure.blob\" plane=\"azure-rbac\"
```
";

    #[test]
    fn blocks_know_their_heading_and_their_fence() {
        let found = blocks(PAGE);
        let seen: Vec<_> = found
            .iter()
            .map(|b| (b.line, b.heading, b.is_manifest()))
            .collect();
        assert_eq!(
            seen,
            [
                (3, "Page", true),
                (9, "Example", false),
                (15, "Example", true),
                (20, "Example", false)
            ]
        );
        assert_eq!(found[2].raises(), Some("G0301"));
    }

    #[test]
    fn a_fragment_gets_what_it_leaves_out() {
        let whole = blocks(PAGE)[2].manifest();
        let starts: Vec<_> = whole.lines().filter_map(|l| l.split(' ').next()).collect();
        assert_eq!(starts, ["grantc", "azure", "server", "tool"]);
    }
}
