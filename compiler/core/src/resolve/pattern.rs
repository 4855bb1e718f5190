//! Patterns: the subset of regular expressions that ECMA 262 and Rust read alike.
//!
//! Clients check a pattern with an ECMA engine, the server with Rust's; a pattern that one of them
//! reads in another way would let through what the other refuses.

use regex_syntax::ast::{
    self, Ast, ClassSetItem, GroupKind, HexLiteralKind, LiteralKind, SpecialLiteralKind, Visitor,
    parse::Parser,
};

/// Why a pattern is refused, with the bytes of the pattern that are to blame.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub message: String,
    pub help: Option<String>,
    pub start: usize,
    pub end: usize,
}

/// Checks that both engines read `pattern` alike.
pub(super) fn check(pattern: &str) -> Result<(), Refusal> {
    let tree = Parser::new().parse(pattern).map_err(|error| {
        let span = error.span();
        Refusal {
            message: format!("this pattern cannot be read: {}", error.kind()),
            help: Some("patterns have no look-around and no back-references".to_owned()),
            start: span.start.offset,
            end: span.end.offset,
        }
    })?;
    ast::visit(&tree, Subset)
}

struct Subset;

fn refuse(span: &ast::Span, what: &str, help: &str) -> Result<(), Refusal> {
    Err(Refusal {
        message: format!("{what} is read differently by other engines"),
        help: Some(help.to_owned()),
        start: span.start.offset,
        end: span.end.offset,
    })
}

impl Visitor for Subset {
    type Output = ();
    type Err = Refusal;

    fn finish(self) -> Result<(), Refusal> {
        Ok(())
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), Refusal> {
        match ast {
            Ast::Flags(flags) => {
                refuse(&flags.span, "a flag such as `(?i)`", "spell out both cases")
            }
            Ast::ClassPerl(class) => refuse(
                &class.span,
                "a class such as `\\d`",
                "write it out: `[0-9]`, `[A-Za-z0-9_]`, `[ \\t\\r\\n]`",
            ),
            Ast::ClassUnicode(class) => {
                refuse(&class.span, "a Unicode class", "write the characters out")
            }
            Ast::Assertion(assertion) => match assertion.kind {
                ast::AssertionKind::StartLine | ast::AssertionKind::EndLine => Ok(()),
                _ => refuse(
                    &assertion.span,
                    "this assertion",
                    "only `^` and `$` may stand",
                ),
            },
            Ast::Group(group) => match &group.kind {
                GroupKind::CaptureIndex(_) => Ok(()),
                GroupKind::NonCapturing(flags) if flags.items.is_empty() => Ok(()),
                _ => refuse(
                    &group.span,
                    "a named group or a flag",
                    "use `(…)` or `(?:…)`",
                ),
            },
            Ast::Literal(literal) => literal_ok(literal, false),
            _ => Ok(()),
        }
    }

    fn visit_class_set_item_pre(&mut self, item: &ClassSetItem) -> Result<(), Refusal> {
        match item {
            ClassSetItem::Ascii(class) => refuse(
                &class.span,
                "a class such as `[:alpha:]`",
                "write it out: `[A-Za-z]`",
            ),
            ClassSetItem::Perl(class) => {
                refuse(&class.span, "a class such as `\\d`", "write it out: `0-9`")
            }
            ClassSetItem::Unicode(class) => {
                refuse(&class.span, "a Unicode class", "write the characters out")
            }
            ClassSetItem::Bracketed(class) => refuse(
                &class.span,
                "a class inside a class",
                "write `\\[` for the bracket itself",
            ),
            ClassSetItem::Literal(literal) => literal_ok(literal, true),
            ClassSetItem::Range(range) => {
                literal_ok(&range.start, true).and_then(|()| literal_ok(&range.end, true))
            }
            _ => Ok(()),
        }
    }

    fn visit_class_set_binary_op_pre(&mut self, op: &ast::ClassSetBinaryOp) -> Result<(), Refusal> {
        refuse(
            &op.span,
            "an operation on classes",
            "write the characters out",
        )
    }
}

fn literal_ok(literal: &ast::Literal, in_class: bool) -> Result<(), Refusal> {
    let ok = match &literal.kind {
        LiteralKind::Verbatim => in_class || !"]{}".contains(literal.c),
        LiteralKind::Meta | LiteralKind::Superfluous => {
            "^$\\.*+?()[]{}|/".contains(literal.c) || (in_class && literal.c == '-')
        }
        LiteralKind::HexFixed(HexLiteralKind::X | HexLiteralKind::UnicodeShort) => true,
        LiteralKind::Special(
            SpecialLiteralKind::FormFeed
            | SpecialLiteralKind::Tab
            | SpecialLiteralKind::LineFeed
            | SpecialLiteralKind::CarriageReturn
            | SpecialLiteralKind::VerticalTab,
        ) => true,
        _ => false,
    };
    if ok {
        return Ok(());
    }
    let help = match literal.kind {
        LiteralKind::Verbatim => format!("write `\\{}`", literal.c),
        _ => format!("write `{}` without the backslash", literal.c),
    };
    refuse(&literal.span, "this character", &help)
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn the_shared_subset_passes() {
        for pattern in [
            "^INV-[0-9]{6}$",
            "^(?:a|b)+c?$",
            r"^[A-Za-z0-9_.\-]{1,64}$",
            r"\.json$",
            r"^\/x\x41\u00e9$",
            "é",
        ] {
            assert_eq!(check(pattern), Ok(()), "{pattern}");
        }
    }

    #[test]
    fn what_engines_read_differently_is_refused_where_it_stands() {
        for (pattern, start) in [
            (r"^\d+$", 1),
            ("(?i)a", 0),
            ("(?=a)", 0),
            (r"a\1", 1),
            (r"\p{L}", 0),
            ("[[:alpha:]]", 1),
            ("[a&&b]", 1),
            ("(?P<n>a)", 0),
            (r"\bword", 0),
            ("a}", 1),
            (r"a\@", 1),
            ("a(", 1),
        ] {
            let refusal = check(pattern).expect_err(pattern);
            assert_eq!(refusal.start, start, "{pattern}: {refusal:?}");
        }
    }
}
