//! Reads filters and orders for the stand-in.

use super::filter::{Comparison, Filter, Literal};
use crate::ToolError;

/// Reads an order: fields, each with whether it goes down.
pub(super) fn parse_order(text: &str) -> Result<Vec<(String, bool)>, ToolError> {
    let one = |part: &str| match part.split_whitespace().collect::<Vec<_>>()[..] {
        [field] | [field, "asc"] => Ok((field.to_owned(), false)),
        [field, "desc"] => Ok((field.to_owned(), true)),
        _ => Err(unknown(part)),
    };
    text.split(',').map(one).collect()
}

/// Reads a filter.
pub(super) fn parse(text: &str) -> Result<Filter, ToolError> {
    let tokens = tokens(text)?;
    let mut parser = Parser {
        tokens: &tokens,
        depth: 0,
    };
    let filter = parser.any()?;
    match parser.tokens.first() {
        None => Ok(filter),
        Some(token) => Err(unknown(&token.text)),
    }
}

fn unknown(part: &str) -> ToolError {
    ToolError::new(format!(
        "the stand-in for the index does not understand `{part}`"
    ))
}

#[derive(Clone, Debug, PartialEq)]
struct Token {
    text: String,
    quoted: bool,
}

/// Splits a filter into words, texts in quotes, parentheses and commas.
fn tokens(filter: &str) -> Result<Vec<Token>, ToolError> {
    let mut tokens = Vec::new();
    let mut rest = filter.chars().peekable();
    while let Some(c) = rest.next() {
        let mut text = String::new();
        match c {
            c if c.is_whitespace() => continue,
            '(' | ')' | ',' => text.push(c),
            '\'' => loop {
                match rest.next() {
                    Some('\'') if rest.peek() == Some(&'\'') => text.extend(rest.next()),
                    Some('\'') => break,
                    Some(c) => text.push(c),
                    None => return Err(unknown("a text without its closing quote")),
                }
            },
            c => {
                text.push(c);
                let more = |c: &char| !c.is_whitespace() && !matches!(c, '(' | ')' | ',' | '\'');
                while let Some(c) = rest.next_if(more) {
                    text.push(c);
                }
            }
        }
        tokens.push(Token {
            text,
            quoted: c == '\'',
        });
    }
    Ok(tokens)
}

struct Parser<'a> {
    tokens: &'a [Token],
    depth: u8,
}

impl Parser<'_> {
    /// The next token, when it is this word.
    fn eat(&mut self, word: &str) -> bool {
        match self.tokens {
            [first, rest @ ..] if !first.quoted && first.text == word => {
                self.tokens = rest;
                true
            }
            _ => false,
        }
    }

    fn next(&mut self) -> Result<Token, ToolError> {
        let (first, rest) = self
            .tokens
            .split_first()
            .ok_or_else(|| unknown("the end of the filter"))?;
        self.tokens = rest;
        Ok(first.clone())
    }

    fn any(&mut self) -> Result<Filter, ToolError> {
        let mut filter = self.all()?;
        while self.eat("or") {
            filter = Filter::Or(Box::new(filter), Box::new(self.all()?));
        }
        Ok(filter)
    }

    fn all(&mut self) -> Result<Filter, ToolError> {
        let mut filter = self.one()?;
        while self.eat("and") {
            filter = Filter::And(Box::new(filter), Box::new(self.one()?));
        }
        Ok(filter)
    }

    fn one(&mut self) -> Result<Filter, ToolError> {
        if self.depth == 50 {
            return Err(unknown("a filter nested so deeply"));
        }
        self.depth += 1;
        let filter = self.one_within();
        self.depth -= 1;
        filter
    }

    fn one_within(&mut self) -> Result<Filter, ToolError> {
        if self.eat("not") {
            return Ok(Filter::Not(Box::new(self.one()?)));
        }
        if self.eat("(") {
            let filter = self.any()?;
            return if self.eat(")") {
                Ok(filter)
            } else {
                Err(unknown("a missing `)`"))
            };
        }
        let field = self.next()?;
        if field.quoted {
            return Err(unknown(&field.text));
        }
        if field.text == "search.in" && self.eat("(") {
            return self.search_in();
        }
        let comparison = match self.tokens.first().map(|token| token.text.as_str()) {
            Some("eq") => Comparison::Eq,
            Some("ne") => Comparison::Ne,
            Some("gt") => Comparison::Gt,
            Some("ge") => Comparison::Ge,
            Some("lt") => Comparison::Lt,
            Some("le") => Comparison::Le,
            Some("(") => return Err(unknown(&field.text)),
            _ => {
                return Ok(Filter::Compare(
                    field.text,
                    Comparison::Eq,
                    Literal::Bool(true),
                ));
            }
        };
        self.next()?;
        let literal = literal(self.next()?)?;
        Ok(Filter::Compare(field.text, comparison, literal))
    }

    /// `search.in(field, 'a,b')` or `search.in(field, 'a|b', '|')`, past its first parenthesis.
    fn search_in(&mut self) -> Result<Filter, ToolError> {
        let field = self.next()?.text;
        let comma = self.eat(",");
        let list = self.next()?;
        let delimiters = if self.eat(",") {
            self.next()?.text
        } else {
            " ,".to_owned()
        };
        if !comma || !list.quoted || !self.eat(")") {
            return Err(unknown("search.in"));
        }
        let texts = list
            .text
            .split(|c| delimiters.contains(c))
            .filter(|text| !text.is_empty());
        Ok(Filter::In(field, texts.map(str::to_owned).collect()))
    }
}

fn literal(token: Token) -> Result<Literal, ToolError> {
    if token.quoted {
        return Ok(Literal::Text(token.text));
    }
    match token.text.as_str() {
        "null" => Ok(Literal::Null),
        "true" => Ok(Literal::Bool(true)),
        "false" => Ok(Literal::Bool(false)),
        text => {
            let number = text.parse().ok().map(Literal::Number);
            let moment = || {
                chrono::DateTime::parse_from_rfc3339(text)
                    .ok()
                    .map(Literal::Moment)
            };
            number.or_else(moment).ok_or_else(|| unknown(text))
        }
    }
}
