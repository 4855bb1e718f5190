//! Strings of the target languages: literal text with references in between.

use serde::Serialize;

/// The variable of a script for sqlcmd that holds the suffix of names.
pub(super) const SUFFIX: &str = "suffix";

/// What something is called in each language.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Symbol {
    /// In Bicep: `invoiceReader`.
    pub bicep: String,
    /// In HCL: `invoice_reader`.
    pub hcl: String,
}

/// A string that may hold references; `{{ text }}` prints it as one expression.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Text {
    /// How Bicep writes it.
    bicep: Vec<Piece>,
    /// How HCL writes it.
    hcl: Vec<Piece>,
    /// How a script for sqlcmd writes it: what is known at deployment only is a variable.
    sql: Vec<Piece>,
}

/// A part of a [`Text`] in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Piece {
    /// Text to be taken literally.
    Literal(String),
    /// An expression.
    Code(String),
    /// A parameter, by the name that it has as an identifier.
    Param(String),
}

impl Text {
    /// A text without references.
    pub fn literal(text: impl Into<String>) -> Text {
        Text::default().and(text)
    }

    /// A text that is one expression.
    pub fn code(bicep: impl Into<String>, hcl: impl Into<String>) -> Text {
        Text {
            bicep: vec![Piece::Code(bicep.into())],
            hcl: vec![Piece::Code(hcl.into())],
            sql: Vec::new(),
        }
    }

    /// A text that is a variable of a script for sqlcmd.
    pub fn variable(name: impl Into<String>) -> Text {
        Text {
            sql: vec![Piece::Param(name.into())],
            ..Text::default()
        }
    }

    /// A text that is the value of a parameter.
    pub fn param(symbol: &Symbol) -> Text {
        Text {
            bicep: vec![Piece::Param(symbol.bicep.clone())],
            hcl: vec![Piece::Param(symbol.hcl.clone())],
            sql: vec![Piece::Param(symbol.hcl.clone())],
        }
    }

    /// The suffix of names.
    pub fn suffix() -> Text {
        let bicep = Text::param(&Symbol {
            bicep: "suffix".to_owned(),
            ..Symbol::default()
        });
        Text {
            sql: Text::variable(SUFFIX).sql,
            ..Text::of(bicep, Text::code("", "local.suffix"))
        }
    }

    /// The text followed by more literal text.
    pub fn and(mut self, text: impl Into<String>) -> Text {
        let text = text.into();
        push(&mut self.bicep, Piece::Literal(text.clone()));
        push(&mut self.hcl, Piece::Literal(text.clone()));
        push(&mut self.sql, Piece::Literal(text));
        self
    }

    /// The text followed by another.
    pub fn then(mut self, other: Text) -> Text {
        other
            .bicep
            .into_iter()
            .for_each(|piece| push(&mut self.bicep, piece));
        other
            .hcl
            .into_iter()
            .for_each(|piece| push(&mut self.hcl, piece));
        other
            .sql
            .into_iter()
            .for_each(|piece| push(&mut self.sql, piece));
        self
    }

    /// The text of one language followed by that of another.
    pub fn of(bicep: Text, hcl: Text) -> Text {
        Text {
            bicep: bicep.bicep,
            hcl: hcl.hcl,
            sql: Vec::new(),
        }
    }

    /// The parameter that it is in HCL, where it is nothing else.
    pub fn hcl_param(&self) -> Option<&str> {
        match self.hcl.as_slice() {
            [Piece::Param(name)] => Some(name),
            _ => None,
        }
    }

    /// The text as a person reads it, with what is known later in angle brackets.
    pub fn shown(&self) -> String {
        let show = |piece: &Piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Code(code) => format!("<{}>", code.rsplit('.').next().unwrap_or_default()),
            Piece::Param(name) => format!("<{name}>"),
        };
        self.hcl.iter().map(show).collect()
    }
}

/// Adds a piece; literal text joins the literal text before it.
fn push(pieces: &mut Vec<Piece>, piece: Piece) {
    if let (Some(Piece::Literal(before)), Piece::Literal(text)) = (pieces.last_mut(), &piece) {
        before.push_str(text);
    } else if piece != Piece::Literal(String::new()) || pieces.is_empty() {
        pieces.push(piece);
    }
}
