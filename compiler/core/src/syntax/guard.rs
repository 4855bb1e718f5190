//! The guard before the parser: refuses nesting that would overflow its stack, and more nodes than
//! anybody writes.
//!
//! It follows strings and comments exactly, so that it knows which braces count, and refuses those
//! that are broken: the parser recovers from a broken string by reading on inside it, where braces
//! would count that nobody has counted here.

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use grantc_spec::rules;

/// Deepest nesting of braces, and of block comments.
pub const MAX_DEPTH: usize = 16;

/// Most nodes of a file, counted by what separates them.
pub const MAX_NODES: usize = 1_000_000;

/// Why a text is not handed to the parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    why: Why,
    offset: usize,
    length: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    DeepBraces,
    DeepComments,
    ManyNodes,
    OpenString,
    OpenComment,
    BadEscape,
}

impl Refused {
    pub(super) fn diagnostic(self, file: FileId) -> Diagnostic {
        let span = Span::new(file, self.offset, self.offset + self.length);
        let too_deep = |what: &str| {
            let message = format!("{what} nest deeper than {MAX_DEPTH} levels");
            Diagnostic::new(&rules::TOO_DEEP, span, message)
                .help("no manifest needs more than six levels; is a closing one missing above?")
        };
        let broken =
            |message: &str, help: &str| Diagnostic::new(&rules::SYNTAX, span, message).help(help);
        match self.why {
            Why::DeepBraces => too_deep("braces"),
            Why::DeepComments => too_deep("block comments"),
            Why::ManyNodes => {
                let message = format!("a file has at most {MAX_NODES} nodes");
                Diagnostic::new(&rules::TOO_LARGE, span, message).help("is this the right file?")
            }
            Why::OpenString => broken(
                "this text is never closed",
                "add the closing quote on the same line; text of several lines stands between `\"\"\"`",
            ),
            Why::OpenComment => broken("this comment is never closed", "add `*/`"),
            Why::BadEscape => broken(
                "this is not an escape",
                "write `\\\\` for a backslash, or use a raw string: `#\"…\"#`",
            ),
        }
    }
}

/// Whether `text` stays within [`MAX_DEPTH`] and [`MAX_NODES`].
pub fn check(text: &str) -> Result<(), Refused> {
    let mut scan = Scan {
        bytes: text.as_bytes(),
        at: 0,
    };
    let mut depth = 0usize;
    let mut nodes = 1usize;
    while let Some(byte) = scan.peek(0) {
        // Every node but the first follows one of these.
        if matches!(byte, b'{' | b';' | b'\n' | b'\r') {
            nodes += 1;
            if nodes > MAX_NODES {
                return Err(Refused {
                    why: Why::ManyNodes,
                    offset: scan.at,
                    length: 1,
                });
            }
        }
        match byte {
            b'{' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(Refused {
                        why: Why::DeepBraces,
                        offset: scan.at,
                        length: 1,
                    });
                }
                scan.at += 1;
            }
            b'}' => {
                depth = depth.saturating_sub(1);
                scan.at += 1;
            }
            b'/' if scan.peek(1) == Some(b'/') => scan.skip_to_newline(),
            b'/' if scan.peek(1) == Some(b'*') => scan.skip_block_comment()?,
            b'#' => scan.skip_raw_string()?,
            b'"' => scan.skip_string()?,
            _ => scan.at += 1,
        }
    }
    Ok(())
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn starts_with(&self, wanted: &[u8]) -> bool {
        self.bytes
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(wanted))
    }

    fn skip_to_newline(&mut self) {
        while self.peek(0).is_some() && self.newline() == 0 {
            self.at += 1;
        }
    }

    fn skip_block_comment(&mut self) -> Result<(), Refused> {
        let start = self.at;
        let mut depth = 0usize;
        while self.peek(0).is_some() {
            if self.starts_with(b"/*") {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(Refused {
                        why: Why::DeepComments,
                        offset: self.at,
                        length: 2,
                    });
                }
                self.at += 2;
            } else if self.starts_with(b"*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return Ok(());
                }
            } else {
                self.at += 1;
            }
        }
        Err(Refused {
            why: Why::OpenComment,
            offset: start,
            length: 2,
        })
    }

    /// How many bytes of a line end stand here, of those that KDL knows.
    fn newline(&self) -> usize {
        match self.peek(0) {
            Some(b'\n' | b'\r' | 0x0b | 0x0c) => 1,
            Some(0xc2) if self.peek(1) == Some(0x85) => 2,
            Some(0xe2) if self.starts_with("\u{2028}".as_bytes()) => 3,
            Some(0xe2) if self.starts_with("\u{2029}".as_bytes()) => 3,
            _ => 0,
        }
    }

    /// `"…"` with escapes, or `"""…"""` over several lines.
    fn skip_string(&mut self) -> Result<(), Refused> {
        let start = self.at;
        let multi_line = self.starts_with(b"\"\"\"");
        let quotes: &[u8] = if multi_line { b"\"\"\"" } else { b"\"" };
        self.at += quotes.len();
        while let Some(byte) = self.peek(0) {
            if byte == b'\\' {
                self.skip_escape()?;
            } else if self.starts_with(quotes) {
                self.at += quotes.len();
                return Ok(());
            } else if !multi_line && self.newline() > 0 {
                break;
            } else {
                self.at += 1;
            }
        }
        Err(self.open_string(start, quotes.len()))
    }

    fn open_string(&self, start: usize, length: usize) -> Refused {
        Refused {
            why: Why::OpenString,
            offset: start,
            length,
        }
    }

    fn skip_escape(&mut self) -> Result<(), Refused> {
        let bad = Refused {
            why: Why::BadEscape,
            offset: self.at,
            length: 2,
        };
        self.at += 1;
        match self.peek(0) {
            Some(b'n' | b'r' | b't' | b'\\' | b'"' | b'b' | b'f' | b's') => self.at += 1,
            Some(b'u') if self.peek(1) == Some(b'{') => {
                let digits = (2..9)
                    .take_while(|i| self.peek(*i).is_some_and(|byte| byte.is_ascii_hexdigit()));
                let digits = digits.count();
                if !(1..=6).contains(&digits) || self.peek(2 + digits) != Some(b'}') {
                    return Err(bad);
                }
                self.at += digits + 3;
            }
            // A backslash takes all white space after it away, line ends included.
            Some(_) => {
                let from = self.at;
                while self.newline() > 0 || matches!(self.peek(0), Some(b' ' | b'\t')) {
                    self.at += self.newline().max(1);
                }
                if self.at == from {
                    return Err(bad);
                }
            }
            None => return Err(bad),
        }
        Ok(())
    }

    /// `#"…"#`, with any number of `#`, or a keyword such as `#true`.
    fn skip_raw_string(&mut self) -> Result<(), Refused> {
        let start = self.at;
        let mut hashes = 0;
        while self.peek(hashes) == Some(b'#') {
            hashes += 1;
        }
        self.at += hashes;
        if self.peek(0) != Some(b'"') {
            return Ok(());
        }
        let quotes: &[u8] = if self.starts_with(b"\"\"\"") {
            b"\"\"\""
        } else {
            b"\""
        };
        self.at += quotes.len();
        while self.peek(0).is_some() {
            let closes = self.starts_with(quotes)
                && (0..hashes).all(|i| self.peek(quotes.len() + i) == Some(b'#'));
            if closes {
                self.at += quotes.len() + hashes;
                return Ok(());
            }
            if quotes.len() == 1 && self.newline() > 0 {
                break;
            }
            self.at += 1;
        }
        Err(self.open_string(start, hashes + quotes.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_in_strings_and_comments_do_not_count() {
        let many = "{".repeat(100);
        for text in [
            format!("a \"{many}\""),
            format!("a #\"{many}\"#"),
            format!("a ##\"\" # \"# {many}\"##"),
            format!("// {many}\na"),
            format!("/* {many} */ a"),
            format!("a \"\"\"\n{many}\n\"\"\""),
            format!("a \"\\\"{many}\""),
        ] {
            assert_eq!(check(&text), Ok(()), "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_where_it_starts() {
        let text = "a {".repeat(17);
        assert_eq!(
            check(&text),
            Err(Refused {
                why: Why::DeepBraces,
                offset: 50,
                length: 1
            })
        );
        assert_eq!(check(&"a {".repeat(16)), Ok(()));
        assert!(check(&"/*".repeat(10_000)).is_err());
        assert!(check(&"{".repeat(10_000)).is_err());
        assert_eq!(check(&"a { }\n".repeat(1000)), Ok(()));
    }

    #[test]
    fn more_nodes_than_anybody_writes_are_refused() {
        assert!(check(&"a;".repeat(MAX_NODES)).is_err());
        assert_eq!(check(&"a;".repeat(MAX_NODES - 2)), Ok(()));
    }

    #[test]
    fn a_broken_string_is_refused_before_braces_can_hide_in_it() {
        for (text, why) in [
            ("a \"open\n{", Why::OpenString),
            ("a \"open\r{", Why::OpenString),
            ("a \"open\u{2028}{", Why::OpenString),
            ("a #\"open\n{", Why::OpenString),
            ("a \"\"\"\nopen", Why::OpenString),
            ("a \"\\q{\"", Why::BadEscape),
            ("a \"\\u{1234567}\"", Why::BadEscape),
            ("/* a", Why::OpenComment),
        ] {
            assert_eq!(
                check(text).map_err(|refused| refused.why),
                Err(why),
                "{text:?}"
            );
        }
        assert_eq!(check("a \"one\\  \n  two\\u{1F600}\\n\\\"\""), Ok(()));
    }
}
