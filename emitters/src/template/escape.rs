//! How each language writes a string, an identifier and a key.

use std::fmt::Write;

/// A language that templates are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Bicep.
    Bicep,
    /// HCL, the language of Terraform.
    Hcl,
    /// T-SQL in a script for sqlcmd, which replaces `$(name)` before the server reads anything.
    Sql,
}

/// A part of an interpolated string.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part<'a> {
    /// Text to be taken literally.
    Literal(&'a str),
    /// An expression of the language.
    Code(&'a str),
}

impl Language {
    /// The member of a symbol or a reference that holds the language's spelling.
    pub(super) fn word(self) -> &'static str {
        match self {
            Language::Bicep => "bicep",
            Language::Hcl => "hcl",
            Language::Sql => "sql",
        }
    }

    /// A quoted string.
    pub(super) fn quote(self, parts: &[Part]) -> String {
        let quote = match self {
            Language::Bicep => '\'',
            Language::Hcl => '"',
            Language::Sql => return sql_string(parts),
        };
        let mut out = String::from(quote);
        let mut parts = parts.iter().peekable();
        while let Some(part) = parts.next() {
            match part {
                Part::Literal(text) => self.escape(text, parts.peek().is_some(), &mut out),
                Part::Code(code) => {
                    out.push_str("${");
                    out.push_str(code);
                    out.push('}');
                }
            }
        }
        out.push(quote);
        out
    }

    /// Writes a text as part of a quoted string, in which more may follow.
    fn escape(self, text: &str, followed: bool, out: &mut String) {
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            // A `$` must not become one sign with what stands after it.
            let opens = chars.peek() == Some(&'{');
            let joins = followed && chars.peek().is_none();
            match (self, c) {
                (_, '\\') => out.push_str("\\\\"),
                (_, '\n') => out.push_str("\\n"),
                (_, '\r') => out.push_str("\\r"),
                (_, '\t') => out.push_str("\\t"),
                (Language::Bicep, '\'') => out.push_str("\\'"),
                (Language::Bicep, '$') if opens || joins => out.push_str("\\$"),
                (Language::Hcl, '"') => out.push_str("\\\""),
                (Language::Hcl, '$' | '%') if joins => self.escape_code(c, out),
                (Language::Hcl, '$' | '%') if opens => out.extend([c, c]),
                (_, c) if is_hidden(c) => self.escape_code(c, out),
                (_, c) => out.push(c),
            }
        }
    }

    /// A character by its number.
    fn escape_code(self, c: char, out: &mut String) {
        let code = u32::from(c);
        let _infallible = match self {
            Language::Bicep => write!(out, "\\u{{{code:x}}}"),
            Language::Hcl if code > 0xffff => write!(out, "\\U{code:08x}"),
            Language::Hcl => write!(out, "\\u{code:04x}"),
            // T-SQL has no escapes in strings: a character stands for itself.
            Language::Sql => write!(out, "{c}"),
        };
    }

    /// A reference to a parameter.
    pub(super) fn param(self, name: &str) -> String {
        match self {
            Language::Bicep => name.to_owned(),
            Language::Hcl => format!("var.{name}"),
            Language::Sql => format!("$({name})"),
        }
    }

    /// An identifier: letters, digits and `_`, not beginning with a digit.
    pub(super) fn ident(self, text: &str) -> String {
        let legal = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let mut ident: String = text.chars().map(legal).collect();
        if !ident.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            ident.insert(0, '_');
        }
        ident
    }

    /// Whether a member's name may stand without quotes.
    pub(super) fn is_plain_key(self, text: &str) -> bool {
        // `for` would begin a comprehension in HCL; the other words are literals somewhere.
        const WORDS: [&str; 4] = ["for", "true", "false", "null"];
        !text.is_empty() && self.ident(text) == text && !WORDS.contains(&text)
    }
}

/// A string of T-SQL. It ends and goes on where sqlcmd would take its text for a variable.
fn sql_string(parts: &[Part]) -> String {
    let mut out = String::from("N'");
    for part in parts {
        match part {
            Part::Literal(text) => {
                out.push_str(&text.replace('\'', "''").replace("$(", "$' + N'("));
            }
            Part::Code(code) => out.push_str(code),
        }
    }
    out.push('\'');
    out
}

/// A name of T-SQL in brackets; none where sqlcmd would take some of it for a variable, since
/// brackets have no way to say otherwise.
pub(super) fn sql_name(parts: &[Part]) -> Option<String> {
    let mut out = String::from("[");
    for part in parts {
        match part {
            Part::Literal(text) if text.contains("$(") => return None,
            Part::Literal(text) => out.push_str(&text.replace(']', "]]")),
            Part::Code(code) => out.push_str(code),
        }
    }
    out.push(']');
    Some(out)
}

/// Whether a character is one that a reader does not see or is misled by: controls, format
/// characters (directions, joiners, tags), separators of lines, blanks other than the space,
/// variation selectors, fillers and what Unicode has not given a meaning.
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}'
        | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
        | '\u{115f}'..='\u{1160}' | '\u{1680}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
        | '\u{2800}' | '\u{3000}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{fffe}'..='\u{ffff}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d159}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{10ffff}')
}

/// A text on one line with every hidden character shown by its number.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => out.push(' '),
            c if is_hidden(c) => {
                let _infallible = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}
