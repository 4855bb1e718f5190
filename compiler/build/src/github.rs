//! Findings as workflow commands of GitHub Actions, which shows them beside the changed lines of a
//! pull request.
//!
//! ```text
//! ::warning file=tools.kdl,line=38,endLine=38,col=12,endColumn=38,title=G0304 excess-permission::…
//! ```

use grantc_core::diagnostic::{Diagnostic, Diagnostics};
use grantc_core::source::Sources;
use grantc_spec::rules::Level;

/// One line for each finding, with its help.
pub fn annotations(diagnostics: &Diagnostics, sources: &Sources) -> String {
    diagnostics
        .iter()
        .map(|found| annotation(found, sources))
        .collect()
}

fn annotation(found: &Diagnostic, sources: &Sources) -> String {
    let command = match found.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    };
    let mut properties: Vec<(&str, String)> = Vec::new();
    if let Some(file) = sources.get(found.span.file) {
        let (line, column) = file.line_column(found.span.start);
        let (end_line, end_column) = file.line_column(found.span.end);
        // Paths are taken from the root of the repository, without a dot.
        let path = file.path.strip_prefix("./").unwrap_or(&file.path);
        properties.push(("file", path.to_owned()));
        properties.push(("line", line.to_string()));
        properties.push(("endLine", end_line.to_string()));
        // Columns mean something only within one line.
        if line == end_line {
            properties.push(("col", column.to_string()));
            properties.push(("endColumn", end_column.to_string()));
        }
    }
    properties.push(("title", format!("{} {}", found.rule.code, found.rule.name)));
    let properties: Vec<String> = properties
        .into_iter()
        .map(|(key, value)| format!("{key}={}", property(&value)))
        .collect();
    let mut text = found.message.clone();
    if let Some(help) = &found.help {
        text.push_str("\nhelp: ");
        text.push_str(help);
    }
    format!("::{command} {}::{}\n", properties.join(","), data(&text))
}

/// The text of a command: it ends with its line.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property: it ends at a comma or a colon too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use grantc_core::source::{SourceFile, Span};
    use grantc_spec::rules;

    fn lines(path: &str, start: usize, end: usize, level: Level) -> String {
        let mut sources = Sources::default();
        let file = sources.add(SourceFile::new(path, "one\ntwo three\nfour\n"));
        let mut all = Diagnostics::default();
        let found = Diagnostic::new(
            &rules::EXCESS_PERMISSION,
            Span::new(file, start, end),
            "100% of `a:b,c`\r\n::error::not a command",
        );
        all.push(found.level(level).help("write `x`"));
        annotations(&all, &sources)
    }

    #[test]
    fn a_finding_within_a_line_has_columns() {
        assert_eq!(
            lines("./tools.kdl", 8, 13, Level::Warning),
            "::warning file=tools.kdl,line=2,endLine=2,col=5,endColumn=10,title=G0304 excess-permission::\
             100%25 of `a:b,c`%0D%0A::error::not a command%0Ahelp: write `x`\n"
        );
    }

    #[test]
    fn what_ends_a_property_is_escaped() {
        let line = lines("a,b:c%.kdl", 0, 6, Level::Error);
        assert!(
            line.starts_with("::error file=a%2Cb%3Ac%25.kdl,line=1,endLine=2,title=G0304"),
            "{line}"
        );
        assert_eq!(line.matches('\n').count(), 1);
        assert!(lines("a", 0, 1, Level::Note).starts_with("::notice "));
    }
}
