//! The guard before the parser: refuses nesting that would overflow its stack.
//!
//! It follows strings and comments just far enough to know which braces count. It may be lenient
//! about text that is not KDL at all, which the parser then refuses; it must never let deep
//! nesting through.

use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};
use grantc_spec::rules;

/// Deepest nesting of braces, and of block comments.
pub const MAX_DEPTH: usize = 16;

/// Nesting that is too deep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooDeep {
    what: &'static str,
    offset: usize,
    length: usize,
}

impl TooDeep {
    pub(super) fn diagnostic(self, file: FileId) -> Diagnostic {
        let span = Span::new(file, self.offset, self.offset + self.length);
        let message = format!("{} nest deeper than {MAX_DEPTH} levels", self.what);
        Diagnostic::new(&rules::TOO_DEEP, span, message)
            .help("no manifest needs more than six levels; is a closing one missing above?")
    }
}

/// Whether the nesting of `text` stays within [`MAX_DEPTH`].
pub fn check(text: &str) -> Result<(), TooDeep> {
    let mut scan = Scan { bytes: text.as_bytes(), at: 0 };
    let mut depth = 0usize;
    while let Some(byte) = scan.peek(0) {
        match byte {
            b'{' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Err(TooDeep { what: "braces", offset: scan.at, length: 1 });
                }
                scan.at += 1;
            }
            b'}' => {
                depth = depth.saturating_sub(1);
                scan.at += 1;
            }
            b'/' if scan.peek(1) == Some(b'/') => scan.skip_to_newline(),
            b'/' if scan.peek(1) == Some(b'*') => scan.skip_block_comment()?,
            b'#' => scan.skip_raw_string(),
            b'"' => scan.skip_string(),
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
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(wanted))
    }

    fn skip_to_newline(&mut self) {
        while self.peek(0).is_some_and(|byte| byte != b'\n' && byte != b'\r') {
            self.at += 1;
        }
    }

    fn skip_block_comment(&mut self) -> Result<(), TooDeep> {
        let mut depth = 0usize;
        while self.peek(0).is_some() {
            if self.starts_with(b"/*") {
                depth += 1;
                if depth > MAX_DEPTH {
                    let what = "block comments";
                    return Err(TooDeep { what, offset: self.at, length: 2 });
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
        Ok(())
    }

    /// `"…"` with escapes, or `"""…"""` over several lines.
    fn skip_string(&mut self) {
        let multi_line = self.starts_with(b"\"\"\"");
        self.at += if multi_line { 3 } else { 1 };
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' => self.at += 2,
                b'"' if !multi_line => {
                    self.at += 1;
                    return;
                }
                b'"' if self.starts_with(b"\"\"\"") => {
                    self.at += 3;
                    return;
                }
                // An open string ends with its line: the parser says so.
                b'\n' if !multi_line => return,
                _ => self.at += 1,
            }
        }
    }

    /// `#"…"#`, with any number of `#`, or a keyword such as `#true`.
    fn skip_raw_string(&mut self) {
        let mut hashes = 0;
        while self.peek(hashes) == Some(b'#') {
            hashes += 1;
        }
        if self.peek(hashes) != Some(b'"') {
            self.at += hashes;
            return;
        }
        self.at += hashes;
        let quotes: &[u8] = if self.starts_with(b"\"\"\"") { b"\"\"\"" } else { b"\"" };
        self.at += quotes.len();
        while self.peek(0).is_some() {
            let closes = self.starts_with(quotes)
                && (0..hashes).all(|i| self.peek(quotes.len() + i) == Some(b'#'));
            if closes {
                self.at += quotes.len() + hashes;
                return;
            }
            // An open one-line string ends with its line, as above.
            if quotes.len() == 1 && self.peek(0) == Some(b'\n') {
                return;
            }
            self.at += 1;
        }
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
        assert_eq!(check(&text), Err(TooDeep { what: "braces", offset: 50, length: 1 }));
        assert_eq!(check(&"a {".repeat(16)), Ok(()));
        assert!(check(&"/*".repeat(10_000)).is_err());
        assert!(check(&"{".repeat(10_000)).is_err());
        assert_eq!(check(&"a { }\n".repeat(1000)), Ok(()));
    }

    #[test]
    fn an_open_string_hides_no_braces_on_later_lines() {
        assert!(check(&format!("a \"open\n{}", "{".repeat(20))).is_err());
        assert!(check(&format!("a #\"open\n{}", "{".repeat(20))).is_err());
    }
}
