//! What Bicep and Terraform share: from a program through the view and the templates to files.

use crate::template::{Language, Rendered, Sources, Templates};
use crate::view::View;
use crate::{Emitted, Files};
use grantc_core::diagnostic::Diagnostic;
use grantc_core::{Diagnostics, Verified};
use grantc_spec::rules;
use minijinja::Error;
use serde::Serialize;

/// A language's templates and where their texts go.
pub(crate) struct Writer {
    templates: Templates,
    folder: &'static str,
    /// What every text goes through at last.
    layout: fn(&str) -> String,
    files: Files,
}

impl Writer {
    /// Fills in a template.
    pub(crate) fn render(&self, name: &str, view: impl Serialize) -> Result<Rendered, Error> {
        self.templates.render(name, view)
    }

    /// Adds a file.
    pub(crate) fn add(&mut self, path: &str, text: &str) {
        let text = (self.layout)(&single_blanks(text));
        self.files.add(format!("{}/{path}", self.folder), &text);
    }

    /// Fills in a template and adds what it gives.
    pub(crate) fn write(
        &mut self,
        path: &str,
        name: &str,
        view: impl Serialize,
    ) -> Result<(), Error> {
        let rendered = self.render(name, view)?;
        self.add(path, &rendered.text);
        Ok(())
    }
}

/// A target: its language, its templates, its folder and what it writes.
pub(crate) struct Target {
    pub(crate) language: Language,
    pub(crate) sources: Sources,
    pub(crate) folder: &'static str,
    pub(crate) layout: fn(&str) -> String,
    pub(crate) write: fn(&View, &mut Writer) -> Result<(), Error>,
}

/// The files of a target; none without a view.
pub(crate) fn emit(
    target: &Target,
    (view, mut diagnostics): (Option<View>, Diagnostics),
    verified: &Verified,
) -> Emitted {
    let Some(view) = view else {
        return Emitted {
            files: Files::default(),
            diagnostics,
        };
    };
    let files = match files(target, &view) {
        Ok(files) => files,
        Err(error) => {
            bug(&error, verified, &mut diagnostics);
            Files::default()
        }
    };
    Emitted { files, diagnostics }
}

fn files(target: &Target, view: &View) -> Result<Files, Error> {
    let mut writer = Writer {
        templates: Templates::new(target.language, target.sources)?,
        folder: target.folder,
        layout: target.layout,
        files: Files::default(),
    };
    (target.write)(view, &mut writer)?;
    Ok(writer.files)
}

/// A template that fails is wrong, whatever the manifest says.
fn bug(error: &Error, verified: &Verified, diagnostics: &mut Diagnostics) {
    let message = format!("a template of grantc fails on this manifest: {error}");
    diagnostics.push(
        Diagnostic::new(
            &rules::TEMPLATE_BUG,
            verified.program().server.span,
            message,
        )
        .help("please report it with the manifest; nothing you wrote is wrong"),
    );
}

/// Never two blank lines in a row, and none before a closing bracket.
fn single_blanks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    for line in text.trim_start().lines() {
        let line = line.trim_end();
        if line.is_empty() {
            blank = true;
            continue;
        }
        if std::mem::take(&mut blank) && !line.trim_start().starts_with(['}', ']', ')']) {
            out.push('\n');
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::template::Sources;

    /// A connector has a template exactly when something of it is made.
    pub(crate) fn what_is_made_has_a_template(sources: Sources) {
        for connector in grantc_spec::connectors::builtin() {
            let mut levels = connector.levels.iter();
            let made =
                connector.creates && levels.any(|level| crate::arm::is_made(&level.resource_type));
            let name = format!("create/{}", connector.name);
            let found = sources.iter().any(|(template, _)| *template == name);
            assert_eq!(made, found, "{name}");
        }
    }

    /// A `{{ }}` writes its own quotes, so none may stand beside one. Free are identifiers within
    /// an interpolation, and comments.
    pub(crate) fn no_template_quotes_an_expression(sources: Sources) {
        for (name, source) in sources {
            for (number, line) in source.lines().enumerate() {
                let comment = line.trim_start().starts_with(['/', '#', '-']);
                let mut rest = line;
                let mut quoted = false;
                while let Some((before, after)) = rest.split_once("{{") {
                    let quotes = before.chars().filter(|c| *c == '\'' || *c == '"').count();
                    quoted ^= quotes % 2 == 1;
                    let opened = before.rfind("${").and_then(|at| before.get(at..));
                    let interpolated = opened.is_some_and(|code| !code.contains('}'));
                    let (inside, after) = after.split_once("}}").unwrap();
                    let free = match comment {
                        true => inside.contains("| comment") || inside.contains("| ident"),
                        false => !quoted || (interpolated && inside.contains("| ident")),
                    };
                    assert!(
                        free && !inside.contains("| raw"),
                        "{name}:{}: {line}",
                        number + 1
                    );
                    rest = after;
                }
            }
        }
    }
}
