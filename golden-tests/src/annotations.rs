//! Expectations in the source: each diagnostic is a comment under the line it points at.
//!
//! ```kdl
//!     uses "archive" "writ"
//!     //             ^^^^^^ G0201 `azure.blob` has no verb `writ`
//!     // help: did you mean `write`?
//! ```
//!
//! Carets stand under what is underlined. Where the underlined text begins before a comment could
//! put its caret, the slashes are the first two carets: `//^^^ G0103 …`. A level that is not the
//! rule's own stands before the message (`G0304 note: …`). The lines that may follow are
//! `label:`, `help:`, `note:`, `witness:`, and `` see `…`: `` for other places, which are quoted
//! because line numbers would shift; `|` carries on the line above.
//!
//! In YAML a comment starts with `#` instead. Each file of a manifest has the comments of its own.
//!
//! [`strip`] takes the comments away and [`annotate`] puts them back, so that one comparison finds
//! a diagnostic without a comment and a comment without a diagnostic alike.

use grantc_core::diagnostic::Diagnostic;
use grantc_core::source::{FileId, SourceFile, Sources, Span};
use grantc_core::syntax::Notation;

const DETAILS: [&str; 6] = ["label: ", "help: ", "note: ", "witness: ", "see `", "|"];

/// What starts a comment in a file of this name.
fn slashes(path: &str) -> &'static str {
    match Notation::of(path) {
        Notation::Kdl => "//",
        Notation::Yaml => "#",
    }
}

/// The manifest of this path without its expectations.
pub fn strip(path: &str, text: &str) -> String {
    let slashes = slashes(path);
    let mut kept = String::new();
    let mut inside = false;
    for line in text.split_inclusive('\n') {
        let comment = line.trim_start().strip_prefix(slashes);
        let starts = comment.is_some_and(|c| c.trim_start().starts_with('^'));
        let detail = comment.and_then(|c| c.strip_prefix(' '));
        let goes_on = detail.is_some_and(|c| DETAILS.iter().any(|it| c.starts_with(it)));
        let goes_on = inside && goes_on;
        inside = starts || goes_on;
        if !inside {
            kept.push_str(line);
        }
    }
    kept
}

/// The stripped text of a whole manifest, files after one another, with each diagnostic under the
/// line that it points at.
pub fn annotate<'a>(
    sources: &Sources,
    diagnostics: impl IntoIterator<Item = &'a Diagnostic>,
) -> String {
    let all = annotate_all(sources, diagnostics);
    all.into_iter().map(|(_, text)| text).collect()
}

/// Likewise, file by file: the path and the text of each.
pub fn annotate_all<'a>(
    sources: &Sources,
    diagnostics: impl IntoIterator<Item = &'a Diagnostic>,
) -> Vec<(String, String)> {
    let all: Vec<&Diagnostic> = diagnostics.into_iter().collect();
    let files = (0..).map(FileId).zip(sources.iter());
    let texts = files.map(|(id, file)| {
        let here = all.iter().copied().filter(|found| found.span.file == id);
        (file.path.clone(), annotate_file(sources, file, here))
    });
    texts.collect()
}

fn annotate_file<'a>(
    sources: &Sources,
    file: &SourceFile,
    diagnostics: impl Iterator<Item = &'a Diagnostic>,
) -> String {
    let mut notes: Vec<(u32, String)> = diagnostics
        .into_iter()
        .map(|found| {
            (
                file.line_column(found.span.start).0,
                comment(sources, file, found),
            )
        })
        .collect();
    notes.sort_by_key(|(line, _)| *line);
    let mut notes = notes.into_iter().peekable();
    let mut text = String::new();
    for (line, content) in (1..).zip(file.text.split_inclusive('\n')) {
        text.push_str(content);
        while let Some((_, note)) = notes.next_if(|(at, _)| *at == line) {
            if !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&note);
        }
    }
    text.extend(notes.map(|(_, note)| note));
    text
}

/// The comment of one diagnostic, several lines.
fn comment(sources: &Sources, file: &SourceFile, found: &Diagnostic) -> String {
    let (line, column) = file.line_column(found.span.start);
    let content = file.text.lines().nth(line as usize - 1).unwrap_or("");
    let indent = content.chars().take_while(|c| *c == ' ').count();
    let start = (column as usize - 1).max(indent);
    let slashes = slashes(&file.path);
    let pad = format!("{}{slashes}", " ".repeat(indent));

    let width = underlined(file, found.span);
    let mut text = match start.checked_sub(indent + slashes.len() + 1) {
        Some(gap) => format!("{pad} {}{}", " ".repeat(gap), "^".repeat(width)),
        None => format!(
            "{}{slashes}{}",
            " ".repeat(start),
            "^".repeat(width.saturating_sub(slashes.len()).max(1))
        ),
    };
    text.push_str(&format!(" {} ", found.rule.code));
    if found.level != found.rule.level {
        text.push_str(&format!("{}: ", found.level.word()));
    }
    let mut say = |start: &str, words: &str| {
        text.push_str(start);
        for (more, line) in words.trim_end().lines().enumerate() {
            let go_on = if more > 0 {
                format!("{pad} | ")
            } else {
                String::new()
            };
            text.push_str(format!("{go_on}{line}").trim_end());
            text.push('\n');
        }
    };
    say("", &found.message);
    let mut detail = |kind: &str, words: &str| say(&format!("{pad} {kind}: "), words);
    if let Some(label) = &found.label {
        detail("label", label);
    }
    for (span, words) in &found.related {
        let elsewhere = sources
            .get(span.file)
            .filter(|_| span.file != found.span.file);
        let elsewhere = elsewhere.map_or_else(String::new, |it| format!(" in `{}`", it.path));
        detail(
            &format!("see `{}`{elsewhere}", quoted(sources, *span)),
            words,
        );
    }
    if let Some(help) = &found.help {
        detail("help", help);
    }
    for note in &found.notes {
        detail("note", note);
    }
    if !found.witness.is_empty() {
        let steps: Vec<&str> = found
            .witness
            .iter()
            .map(|step| step.text.as_str())
            .collect();
        detail("witness", &steps.join(" → "));
    }
    text
}

/// How many characters of its first line a span covers, at least one.
fn underlined(file: &SourceFile, span: Span) -> usize {
    file.slice(span)
        .lines()
        .next()
        .unwrap_or("")
        .trim_end()
        .chars()
        .count()
        .max(1)
}

fn quoted(sources: &Sources, span: Span) -> String {
    let slice = sources.get(span.file).map_or("", |file| file.slice(span));
    slice.lines().next().unwrap_or("").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use grantc_spec::rules;

    fn sources(text: &str) -> Sources {
        let mut sources = Sources::default();
        sources.add(SourceFile::new("tools.kdl", text));
        sources
    }

    fn at(text: &str, part: &str) -> Span {
        let start = text.find(part).unwrap();
        Span::new(FileId(0), start, start + part.len())
    }

    #[test]
    fn carets_stand_under_what_is_underlined_and_strip_takes_them_away() {
        let text = "tool \"é\" {\n    uses \"archive\" \"writ\"\n}\n";
        let first = Diagnostic::new(&rules::UNRESOLVED, at(text, "\"writ\""), "no verb `writ`")
            .also(at(text, "tool"), "in this tool")
            .help("did you mean\n\n`write`?");
        let second = Diagnostic::new(&rules::MISSING, at(text, "tool \"é\""), "no description");
        let annotated = annotate(&sources(text), [&first, &second]);
        let expected = "\
tool \"é\" {
//^^^^^^ G0103 no description
    uses \"archive\" \"writ\"
    //             ^^^^^^ G0201 no verb `writ`
    // see `tool`: in this tool
    // help: did you mean
    // |
    // | `write`?
}
";
        assert_eq!(annotated, expected);
        assert_eq!(strip("tools.kdl", &annotated), text);
    }

    #[test]
    fn a_level_that_is_not_the_rules_own_is_said() {
        let text = "a b\n";
        let found = Diagnostic::new(&rules::EXCESS_PERMISSION, at(text, "b"), "too much")
            .level(rules::Level::Note);
        let expected = "a b\n  //^ G0304 note: too much\n";
        assert_eq!(annotate(&sources(text), [&found]), expected);
    }

    #[test]
    fn each_file_has_its_own_findings_in_its_own_comments() {
        let mut sources = sources("import a\n");
        let text = "types:\n  A: string\n  B: x\n";
        let file = sources.add(SourceFile::new("a.yaml", text));
        let span = |part: &str| Span {
            file,
            ..at(text, part)
        };
        let one = Diagnostic::new(&rules::MISSING, span("types"), "no fields").help("add some");
        let two = Diagnostic::new(&rules::UNRESOLVED, span("x"), "no type `x`")
            .also(at("import a\n", "import"), "read from here");
        let all = annotate_all(&sources, [&one, &two]);
        let expected = "\
types:
#^^^^ G0103 no fields
# help: add some
  A: string
  B: x
  #  ^ G0201 no type `x`
  # see `import` in `tools.kdl`: read from here
";
        assert_eq!(all[0], ("tools.kdl".to_owned(), "import a\n".to_owned()));
        assert_eq!(all[1], ("a.yaml".to_owned(), expected.to_owned()));
        assert_eq!(strip("a.yaml", expected), text);
    }

    #[test]
    fn ordinary_comments_stay() {
        let text = "// help: this is prose\na // ^ so is this\n";
        assert_eq!(strip("tools.kdl", text), text);
    }

    #[test]
    fn the_end_of_the_file_can_be_pointed_at() {
        let text = "a {\n";
        let end = Span::new(FileId(0), text.len(), text.len());
        let found = Diagnostic::new(&rules::SYNTAX, end, "`}` is missing");
        let annotated = annotate(&sources(text), [&found]);
        assert_eq!(annotated, "a {\n//^ G0001 `}` is missing\n");
        assert_eq!(strip("tools.kdl", &annotated), text);
    }
}
