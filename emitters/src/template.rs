//! Templates that cannot forget to escape.
//!
//! One convention holds in every template: **`{{ x }}` writes a whole expression of the target
//! language**, quotes included. A string becomes a quoted literal, a [`Text`](crate::view::Text)
//! an interpolated one, numbers and booleans stand as they are; anything else is an error. So a
//! template never writes a quote beside a `{{ }}`, and one that does gives two quotes in a row,
//! which neither language parses (a test looks for it as well). What is no string says so by a
//! filter, and there are no other filters:
//!
//! | filter | for | what it does |
//! | --- | --- | --- |
//! | `ident` | a name of the language | picks the language's spelling of a symbol; other characters become `_` |
//! | `key` | a member of an object | an identifier where that is allowed, else a quoted string |
//! | `name` | a name of T-SQL | brackets, and what they hold escaped |
//! | `comment` | the rest of a comment | one line, nothing hidden, no end of a block comment |
//! | `typed` | a resource type | adds the api-version; still a string |
//! | `raw` | code that a template made | nothing; macros need no filter |
//!
//! An undefined name is an error, and an error is a bug of grantc's, never of the manifest.

mod escape;

pub use escape::{Language, is_hidden, visible};

use crate::arm;
use escape::Part;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, UndefinedBehavior};
use serde::Serialize;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// The templates of one language, by name.
pub type Sources = &'static [(&'static str, &'static str)];

/// The templates of one language, parsed.
pub struct Templates {
    environment: Environment<'static>,
    params: Printed,
}

/// A filled-in template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// Identifiers of the parameters that the text refers to.
    pub params: BTreeSet<String>,
}

/// Parameters that were printed since the last look.
type Printed = Arc<Mutex<BTreeSet<String>>>;

impl Templates {
    /// Parses the templates of a language.
    ///
    /// # Errors
    ///
    /// When one of them is no template, which is a bug of grantc's.
    pub fn new(language: Language, sources: Sources) -> Result<Templates, Error> {
        let params = Printed::default();
        let printed = Arc::clone(&params);
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Custom("expression".into()));
        environment.set_formatter(move |out, _, value| {
            if value.is_safe() {
                return Ok(out.write_str(value.as_str().unwrap_or_default())?);
            }
            expression(language, &printed, value, out)
        });
        environment.set_syntax(
            SyntaxConfig::builder()
                .trim_blocks(true)
                .lstrip_blocks(true)
                .build()?,
        );
        environment.add_test("none", |value: &Value| value.is_none());
        environment.add_filter("ident", move |value: Value| ident(language, &value));
        let printed = Arc::clone(&params);
        environment.add_filter("name", move |value: Value| name(language, &printed, &value));
        environment.add_filter("key", move |value: Value| key(language, &value));
        environment.add_filter("comment", |text: String| comment(&text));
        environment.add_filter("typed", typed);
        environment.add_filter("raw", |text: String| safe(text));
        for (name, source) in sources {
            environment.add_template(name, source)?;
        }
        Ok(Templates {
            environment,
            params,
        })
    }

    /// Fills in one template.
    ///
    /// # Errors
    ///
    /// When the template asks for what the view has not, which is a bug of grantc's.
    pub fn render(&self, name: &str, view: impl Serialize) -> Result<Rendered, Error> {
        take(&self.params);
        let text = self.environment.get_template(name)?.render(Serde(view))?;
        Ok(Rendered {
            text,
            params: take(&self.params),
        })
    }

    /// Whether there is a template of this name.
    pub fn has(&self, name: &str) -> bool {
        self.environment.get_template(name).is_ok()
    }
}

fn take(printed: &Printed) -> BTreeSet<String> {
    std::mem::take(&mut *printed.lock().unwrap_or_else(PoisonError::into_inner))
}

fn safe(text: String) -> Value {
    Value::from_safe_string(text)
}

fn comment(text: &str) -> Value {
    safe(visible(text).replace("*/", "* /"))
}

fn misuse(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidOperation, what.into())
}

/// Writes a value as an expression.
fn expression(
    language: Language,
    printed: &Printed,
    value: &Value,
    out: &mut Output,
) -> Result<(), Error> {
    match value.kind() {
        ValueKind::String => {
            let text = value.as_str().unwrap_or_default();
            Ok(out.write_str(&language.quote(&[Part::Literal(text)]))?)
        }
        ValueKind::Bool => Ok(out.write_str(if value.is_true() { "true" } else { "false" })?),
        ValueKind::Number if value.is_integer() => Ok(write!(out, "{value}")?),
        ValueKind::Map => Ok(out.write_str(&text(language, printed, value)?)?),
        other => Err(misuse(format!("a value of kind {other} is no expression"))),
    }
}

/// A piece of a text, in the language.
struct Piece {
    literal: bool,
    text: String,
}

/// The pieces of a text.
fn pieces(language: Language, printed: &Printed, value: &Value) -> Result<Vec<Piece>, Error> {
    let pieces = value.get_attr(language.word())?;
    if pieces.kind() != ValueKind::Seq {
        return Err(misuse("a map is no expression; did you mean `| ident`?"));
    }
    pieces
        .try_iter()?
        .map(|value| piece(language, printed, &value))
        .collect()
}

/// An interpolated string; one reference alone stands bare.
fn text(language: Language, printed: &Printed, value: &Value) -> Result<String, Error> {
    let pieces = pieces(language, printed, value)?;
    if language != Language::Sql
        && let [
            Piece {
                literal: false,
                text,
            },
        ] = pieces.as_slice()
    {
        return Ok(text.clone());
    }
    Ok(language.quote(&parts(&pieces)))
}

fn parts(pieces: &[Piece]) -> Vec<Part<'_>> {
    let part = |piece| match piece {
        &Piece {
            literal: true,
            ref text,
        } => Part::Literal(text),
        Piece { text, .. } => Part::Code(text),
    };
    pieces.iter().map(part).collect()
}

fn name(language: Language, printed: &Printed, value: &Value) -> Result<Value, Error> {
    let name = match value.as_str() {
        _ if language != Language::Sql => None,
        Some(text) => escape::sql_name(&[Part::Literal(text)]),
        None => escape::sql_name(&parts(&pieces(language, printed, value)?)),
    };
    match name {
        Some(name) => Ok(safe(name)),
        None => Err(misuse(format!("`{value}` is no name of T-SQL"))),
    }
}

fn piece(language: Language, printed: &Printed, value: &Value) -> Result<Piece, Error> {
    let part = |name: &str| {
        value
            .get_attr(name)
            .map(|part| part.as_str().map(str::to_owned))
    };
    if let Some(text) = part("literal")? {
        return Ok(Piece {
            literal: true,
            text,
        });
    }
    if let Some(text) = part("code")? {
        return Ok(Piece {
            literal: false,
            text,
        });
    }
    let Some(name) = part("param")? else {
        return Err(misuse(format!("`{value}` is no piece of a text")));
    };
    let text = language.param(&name);
    printed
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(name);
    Ok(Piece {
        literal: false,
        text,
    })
}

fn ident(language: Language, value: &Value) -> Result<Value, Error> {
    if let Some(text) = value.as_str() {
        return Ok(safe(language.ident(text)));
    }
    let spelling = value.get_attr(language.word())?;
    match spelling.as_str() {
        Some(text) => Ok(safe(language.ident(text))),
        None => Err(misuse(format!("`{value}` is no symbol"))),
    }
}

fn key(language: Language, value: &Value) -> Result<Value, Error> {
    let Some(text) = value.as_str() else {
        return Err(misuse("a key is a string"));
    };
    if language.is_plain_key(text) {
        return Ok(safe(text.to_owned()));
    }
    Ok(safe(language.quote(&[Part::Literal(text)])))
}

fn typed(name: String) -> Result<String, Error> {
    match arm::versioned(&name) {
        Some((versioned, _)) => Ok(versioned),
        None => Err(misuse(format!("no api-version of `{name}` is known"))),
    }
}

#[cfg(test)]
mod tests;
