//! G0501 hidden-text: characters that a reviewer cannot see and a model reads.
//!
//! Titles, descriptions and docs reach the model word for word. A character that is drawn as
//! nothing, or that reorders what is drawn, lets the text say one thing to the reviewer and
//! another to the model. What scripts and emoji really use stays allowed: joiners between letters
//! that are not ASCII, a variation selector right after a visible character.

use crate::check::Case;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{Field, Output, Program, TypeKind};
use crate::source::{Span, Word};
use grantc_spec::rules::HIDDEN_TEXT;
use std::collections::BTreeSet;
use std::fmt::Arguments;

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    Texts { diags, about: None }.program(case.program);
}

/// Walks every text that people or models read.
struct Texts<'p, 'd> {
    diags: &'d mut Diagnostics,
    /// The kind and name of what the texts at hand belong to, when findings can name it.
    about: Option<(&'static str, &'p str)>,
}

impl<'p> Texts<'p, '_> {
    fn program(&mut self, program: &'p Program) {
        let server = &program.server;
        self.word(
            format_args!("the version of the server"),
            Some(&server.version),
        );
        self.word(
            format_args!("the title of the server"),
            server.title.as_ref(),
        );
        self.word(
            format_args!("the description of the server"),
            server.description.as_ref(),
        );
        self.word(
            format_args!("the instructions of the server"),
            server.instructions.as_ref(),
        );
        self.word(
            format_args!("the website of the server"),
            server.website.as_ref(),
        );
        for param in program.params.values() {
            self.word(
                format_args!("the doc of `{}`", param.name),
                param.doc.as_ref(),
            );
            self.word(
                format_args!("the default of `{}`", param.name),
                param.default.as_ref(),
            );
        }
        for (key, value) in program.azure.iter().flat_map(|azure| &azure.tags) {
            self.text(
                format_args!("the tag `{key}`"),
                value.literal().unwrap_or(""),
                key.span,
            );
        }
        for role in program.roles.values() {
            self.word(format_args!("the name of a role"), Some(&role.name));
        }
        for def in program.types.values() {
            match &def.kind {
                TypeKind::Record(fields) => self.fields(format_args!("`{}`", def.name), fields),
                TypeKind::Enum(words) => {
                    for word in words {
                        self.word(format_args!("a word of `{}`", def.name), Some(word));
                    }
                }
                TypeKind::Variant(alternatives) => {
                    for it in alternatives {
                        self.fields(format_args!("`{}` of `{}`", it.name, def.name), &it.fields);
                    }
                }
            }
        }
        for resource in program.resources.values() {
            self.about = Some(("resource", &resource.name.value));
            let sensitivity = resource.sensitivity.as_ref();
            self.word(
                format_args!("the sensitivity of `{}`", resource.name),
                sensitivity,
            );
        }
        for tool in program.tools.values() {
            self.about = Some(("tool", &tool.name.value));
            let name = &tool.name;
            self.word(format_args!("the title of `{name}`"), tool.title.as_ref());
            self.word(
                format_args!("the description of `{name}`"),
                Some(&tool.description),
            );
            self.fields(format_args!("the input of `{name}`"), &tool.input);
            if let Output::Record(fields) = &tool.output {
                self.fields(format_args!("the output of `{name}`"), fields);
            }
        }
    }

    fn fields(&mut self, owner: Arguments<'_>, fields: &'p [Field]) {
        for field in fields {
            let name = &field.name;
            self.word(
                format_args!("the doc of `{name}` in {owner}"),
                field.doc.as_ref(),
            );
            let pattern = field.constraints.pattern.as_ref();
            self.word(format_args!("the pattern of `{name}` in {owner}"), pattern);
            for (part, value) in [("default", &field.default), ("example", &field.example)] {
                // In numbers and truth values nothing hides.
                if let Some(text) = value.as_ref().and_then(|value| value.as_str()) {
                    let what = format_args!("the {part} of `{name}` in {owner}");
                    self.text(what, text, field.span);
                }
            }
        }
    }

    fn word(&mut self, what: Arguments<'_>, word: Option<&Word>) {
        if let Some(word) = word {
            self.text(what, &word.value, word.span);
        }
    }

    fn text(&mut self, what: Arguments<'_>, text: &str, span: Span) {
        let mut hidden = hidden(text);
        let Some((first, kind)) = hidden.next() else {
            return;
        };
        let message = format!("{what} hides {}, {kind}", code_point(first));
        let mut finding = Diagnostic::new(&HIDDEN_TEXT, span, message)
            .help("delete it; type the text anew if need be, since a copy keeps what is hidden");
        let others: BTreeSet<char> = hidden.map(|(c, _)| c).filter(|c| *c != first).collect();
        if !others.is_empty() {
            let points: Vec<String> = others.into_iter().map(code_point).collect();
            finding = finding.note(format!("it also hides {}", points.join(", ")));
        }
        if let Some((kind, name)) = self.about {
            finding = finding.at(format!("{kind}/{name}"));
        }
        self.diags.push(finding);
    }
}

fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// The hidden characters of a text, each with what it is.
fn hidden(text: &str) -> impl Iterator<Item = (char, &'static str)> + '_ {
    let plain = text
        .bytes()
        .all(|b| matches!(b, b'\n' | b'\t' | b' '..=b'~'));
    let text = if plain { "" } else { text };
    let mut before = None;
    let mut rest = text.chars();
    std::iter::from_fn(move || {
        loop {
            let c = rest.next()?;
            let last = before.replace(c);
            let next = rest.clone().next();
            if let Some(kind) = kind(c)
                && !in_use(c, last, next)
            {
                return Some((c, kind));
            }
        }
    })
}

/// What a hidden character is, in words.
fn kind(c: char) -> Option<&'static str> {
    Some(match c {
        '\n' | '\t' => return None,
        c if c.is_control() => "a control character",
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {
            "which changes the direction of the text around it"
        }
        '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' => "which has no width",
        '\u{E0000}'..='\u{E007F}' => "a tag that spells text nobody sees",
        '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => "a variation selector",
        '\u{AD}'
        | '\u{34F}'
        | '\u{115F}'
        | '\u{1160}'
        | '\u{17B4}'
        | '\u{17B5}'
        | '\u{180B}'..='\u{180F}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{2061}'..='\u{2065}'
        | '\u{206A}'..='\u{206F}'
        | '\u{3164}'
        | '\u{FFA0}'
        | '\u{FFF9}'..='\u{FFFB}' => "which is drawn as nothing",
        _ => return None,
    })
}

/// Whether scripts or emoji use the character between these neighbours.
fn in_use(c: char, last: Option<char>, next: Option<char>) -> bool {
    let visible = |c: Option<char>| c.is_some_and(|c| !c.is_ascii() && kind(c).is_none());
    match c {
        // Persian and Indic letters, and emoji of several people.
        '\u{200C}' | '\u{200D}' => (visible(last) || last == Some('\u{FE0F}')) && visible(next),
        // Emoji are told apart from text by it; a keycap such as 1️⃣ has it after a digit.
        '\u{FE0E}' | '\u{FE0F}' => {
            visible(last) || (last.is_some_and(|c| c.is_ascii()) && next == Some('\u{20E3}'))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::hidden;
    use crate::graph::fixture::desk;

    fn of(text: &str) -> Vec<char> {
        hidden(text).map(|(c, _)| c).collect()
    }

    #[test]
    fn what_nobody_sees_is_found() {
        assert_eq!(of("a\u{200B}b\u{202E}c"), ['\u{200B}', '\u{202E}']);
        assert_eq!(of("\u{E0041}\u{E0042}"), ['\u{E0041}', '\u{E0042}']);
        assert_eq!(of("a\u{FE01}\u{FE0F}"), ['\u{FE01}', '\u{FE0F}']);
        assert_eq!(
            of("bell\u{7}, no-break\u{FEFF}, soft\u{AD}"),
            ['\u{7}', '\u{FEFF}', '\u{AD}']
        );
        assert_eq!(of("read\u{200D}only"), ['\u{200D}']);
        for beside_ascii in ["read\u{200D}é", "é\u{200D}read"] {
            assert_eq!(of(beside_ascii), ['\u{200D}'], "{beside_ascii}");
        }
        for no_keycap in ["1\u{FE0F}2", "\u{FE0F}\u{20E3}"] {
            assert_eq!(of(no_keycap), ['\u{FE0F}'], "{no_keycap:?}");
        }
    }

    #[test]
    fn what_scripts_and_emoji_use_is_left_alone() {
        for text in [
            "plain\n\ttext",
            "Grüße,\n\t世界",
            "می‌خواهم",
            "क्‍ष",
            "👩‍👩‍👧 ❤️ 1️⃣ ❤️‍🔥 ☎︎",
        ] {
            assert!(of(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn every_text_that_a_model_reads_is_looked_at() {
        let desk = desk(
            r#"
            type "Invoice" { note string doc="A note.\u{200b}" }
            tool "find" {
                title "Find\u{2066}"
                description "Find.\u{e0068}\u{e0069}"
                input { kind string doc="Kind.\u{202e}" example="a\u{200b}" }
                output "Invoice"
            }"#,
        );
        assert_eq!(desk.codes(), ["G0501"; 5]);
        let tags = desk
            .found
            .iter()
            .find(|found| found.message.contains("description"))
            .unwrap();
        assert_eq!(
            tags.message,
            "the description of `find` hides U+E0068, a tag that spells text nobody sees"
        );
        assert_eq!(tags.notes, ["it also hides U+E0069"]);
        assert_eq!(tags.path.as_deref(), Some("tool/find"));
        assert!(desk.verified);
    }
}
