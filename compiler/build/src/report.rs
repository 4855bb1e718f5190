//! Findings for a person: each underlined in its source, with what to write instead.

use grantc_core::diagnostic::{Diagnostic, Diagnostics, Step};
use grantc_core::source::{SourceFile, Sources, Span};
use grantc_spec::rules::Level;
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    NamedSource, Severity, SourceCode, SourceSpan, SpanContents,
};
use std::fmt;

/// How a report is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Colours and bold type.
    pub colour: bool,
    /// Width in columns.
    pub width: usize,
}

impl Style {
    /// Without colour, 100 columns: for logs, build scripts and golden files.
    pub const PLAIN: Style = Style {
        colour: false,
        width: 100,
    };
}

/// Draws every finding, worst last so that it stands nearest to the prompt.
pub fn draw(diagnostics: &Diagnostics, sources: &Sources, style: Style) -> String {
    let theme = if style.colour {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_links(false)
        .with_context_lines(1)
        .without_cause_chain();
    let mut all: Vec<&Diagnostic> = diagnostics.iter().collect();
    all.sort_by_key(|diagnostic| diagnostic.level);
    let mut out = String::new();
    for diagnostic in all {
        // Writing to a string does not fail.
        let drawn = Drawn::new(diagnostic, sources);
        let _ = handler.render_report(&mut out, &drawn);
        for (title, text) in footers(diagnostic, sources) {
            footer(&mut out, title, &text, style);
        }
        out.push('\n');
    }
    out
}

/// What stands under a finding: what to write instead, further facts, the chain that shows it.
fn footers(diagnostic: &Diagnostic, sources: &Sources) -> Vec<(&'static str, String)> {
    let mut all: Vec<(&'static str, String)> = Vec::new();
    all.extend(diagnostic.help.iter().map(|help| ("help", help.clone())));
    // A drawing has one source; another file is named instead.
    let elsewhere = diagnostic
        .related
        .iter()
        .filter(|(s, _)| s.file != diagnostic.span.file);
    all.extend(elsewhere.map(|(span, text)| ("see", format!("{}: {text}", sources.place(*span)))));
    all.extend(diagnostic.notes.iter().map(|note| ("note", note.clone())));
    if !diagnostic.witness.is_empty() {
        all.push(("witness", witness(&diagnostic.witness, sources)));
    }
    all.extend(diagnostic.path.iter().map(|path| ("at", path.clone())));
    all
}

fn footer(out: &mut String, title: &str, text: &str, style: Style) {
    let (bold, plain) = if style.colour {
        ("\u{1b}[36m", "\u{1b}[0m")
    } else {
        ("", "")
    };
    let indent = " ".repeat(title.len() + 4);
    // Names and paths stay whole: lines break at spaces only.
    let options = textwrap::Options::new(style.width)
        .initial_indent(&indent)
        .subsequent_indent(&indent)
        .break_words(false)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    // What follows an empty line is to be copied: a break in it would be one in the manifest.
    let (words, block) = text.split_once("\n\n").unwrap_or((text, ""));
    let words = words.lines().map(|line| textwrap::fill(line, &options));
    let gap = (!block.is_empty()).then(String::new);
    let block = block.lines().map(|line| format!("{indent}{line}"));
    let filled: Vec<String> = words.chain(gap).chain(block).collect();
    let body = filled.join("\n");
    let body = body.get(indent.len()..).unwrap_or("");
    out.push_str(&format!("  {bold}{title}{plain}: {body}\n"));
}

/// `2 errors, 1 warning`, or nothing when there is nothing to count.
pub fn summary(diagnostics: &Diagnostics) -> Option<String> {
    let counts = [Level::Error, Level::Warning, Level::Note]
        .into_iter()
        .filter_map(|level| {
            let count = diagnostics.count(level);
            let plural = if count == 1 { "" } else { "s" };
            (count > 0).then(|| format!("{count} {}{plural}", level.word()))
        });
    let text = counts.collect::<Vec<_>>().join(", ");
    (!text.is_empty()).then_some(text)
}

/// A witness on one line: `file_invoice → invoice-filer → assign "Contributor" (tools.kdl:31)`.
pub fn witness(steps: &[Step], sources: &Sources) -> String {
    let step = |step: &Step| match step.span {
        Some(span) => format!("{} ({})", step.text, sources.place(span)),
        None => step.text.clone(),
    };
    steps.iter().map(step).collect::<Vec<_>>().join(" → ")
}

struct Drawn<'a> {
    diagnostic: &'a Diagnostic,
    source: Option<Source>,
    labels: Vec<LabeledSpan>,
    code: String,
}

impl<'a> Drawn<'a> {
    fn new(diagnostic: &'a Diagnostic, sources: &Sources) -> Drawn<'a> {
        let file = sources.get(diagnostic.span.file);
        let mut labels = vec![label(diagnostic.span, diagnostic.label.clone(), file)];
        let here = diagnostic
            .related
            .iter()
            .filter(|(s, _)| s.file == diagnostic.span.file);
        labels.extend(here.map(|(span, text)| label(*span, Some(text.clone()), file)));
        Drawn {
            diagnostic,
            source: file.map(|file| Source(NamedSource::new(&file.path, file.text.clone()))),
            labels,
            code: format!("{} {}", diagnostic.rule.code, diagnostic.rule.name),
        }
    }
}

/// A file, of which two far places are drawn apart.
///
/// miette draws two places as one, with everything between them, when the lines of the first reach
/// those of the second; but what its own sources call the number of lines counts from the
/// beginning of the file.
#[derive(Debug)]
struct Source(NamedSource<String>);

impl SourceCode for Source {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let read = self.0.read_span(span, before, after)?;
        let lines = read.data().split(|byte| *byte == b'\n').count();
        Ok(Box::new(MietteSpanContents::new_named(
            self.0.name().to_owned(),
            read.data(),
            *read.span(),
            read.line(),
            read.column(),
            lines,
        )))
    }
}

fn label(span: Span, text: Option<String>, file: Option<&SourceFile>) -> LabeledSpan {
    let end = file.map_or(0, |file| file.text.len());
    let start = (span.start as usize).min(end);
    LabeledSpan::new(text, start, span.len().min(end - start))
}

impl fmt::Debug for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.diagnostic.fmt(f)
    }
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.diagnostic.message)
    }
}

impl std::error::Error for Drawn<'_> {}

impl miette::Diagnostic for Drawn<'_> {
    fn code(&self) -> Option<Box<dyn fmt::Display + '_>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<Severity> {
        Some(match self.diagnostic.level {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Note => Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.source
            .as_ref()
            .map(|source| source as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}
