//! Manifests in Markdown: the page of every rule, the language reference and the README.
//!
//! On a rule's page the manifest under `## Example` raises that rule and nothing else but notes,
//! and the one under `## Instead` raises neither error nor warning. Elsewhere a manifest is free
//! of errors and warnings unless its fence says what it raises. Of what emitters say (G04xx), the
//! rule that a page is about counts, and elsewhere none.

use grantc_core::diagnostic::Diagnostic;
use grantc_golden_tests::compile::Texts;
use grantc_golden_tests::markdown::{Block, blocks, files};
use grantc_golden_tests::{annotations, compile, folders};
use grantc_spec::rules::{self, Level, Rule};
use libtest_mimic::{Arguments, Failed, Trial};
use std::fs;
use std::io;

/// Rules whose page cannot show a manifest that raises them.
const NO_TEXT: [&str; 3] = ["G0003", "G0004", "G0499"];

fn main() -> io::Result<()> {
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = rules::ALL.iter().copied().flat_map(page).collect();
    for path in [
        "README.md",
        "ARCHITECTURE.md",
        "spec/language.md",
        "spec/permissions.md",
    ] {
        let text = match fs::read_to_string(folders::repository(path)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            text => text?,
        };
        let all = blocks(&text);
        for block in all.iter().filter(|block| block.is_manifest()) {
            let (manifest, code) = (whole(&all, block), block.raises().map(str::to_owned));
            let run = move || raises(&manifest, code.as_deref(), code.as_deref());
            trials.push(Trial::test(format!("{path}:{}", block.line), run));
        }
    }
    libtest_mimic::run(&arguments, trials).exit()
}

/// The trials of a rule's page.
fn page(rule: &'static Rule) -> Vec<Trial> {
    let all = blocks(rule.page);
    ["Example", "Instead"]
        .map(|heading| {
            let found: Vec<Texts> = all
                .iter()
                .filter(|block| block.heading == heading && block.is_manifest())
                .map(|block| whole(&all, block))
                .collect();
            Trial::test(
                format!("spec/errors/{}.md {heading}", rule.code),
                move || {
                    if found.is_empty() && !NO_TEXT.contains(&rule.code) {
                        return Err(format!("there is no manifest under `## {heading}`").into());
                    }
                    let code = (heading == "Example").then_some(rule.code);
                    found
                        .iter()
                        .try_for_each(|manifest| raises(manifest, code, Some(rule.code)))
                },
            )
        })
        .into()
}

/// The manifest of a block, with the files under its heading.
fn whole(all: &[Block<'_>], block: &Block<'_>) -> Texts {
    let mut files = files(all, block.heading);
    files.insert(compile::NAME.to_owned(), block.manifest());
    files
}

/// Holds a manifest against the one code that it raises; notes are free. Of the emitters' findings
/// only those with the code `about` are heeded.
fn raises(manifest: &Texts, code: Option<&str>, about: Option<&str>) -> Result<(), Failed> {
    let compilation = compile::compile_files(compile::NAME, manifest)?;
    let findings = compile::findings(&compilation, |code| Some(code) == about);
    let is_code = |found: &Diagnostic| Some(found.rule.code) == code;
    let stray = findings
        .iter()
        .any(|found| found.level > Level::Note && !is_code(found));
    if !stray && (code.is_none() || findings.iter().any(is_code)) {
        return Ok(());
    }
    let wanted = code.unwrap_or("nothing");
    let seen = annotations::annotate(&compilation.sources, findings.iter());
    Err(format!("it must raise {wanted}, but:\n{seen}").into())
}
