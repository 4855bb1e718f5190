//! Documentation comments made of text that somebody wrote in a manifest.
//!
//! Such text is prose, not Markdown for rustdoc, and it may be anything: an indented line or a fence
//! would become a test that runs, a bracket a link that leads nowhere, a tag HTML, and characters
//! that change the direction of text would not compile. Each line becomes a paragraph of its own.

use proc_macro2::TokenStream;
use quote::quote;

/// `#[doc]` attributes for a text; none for an empty one.
pub(super) fn doc(text: &str) -> TokenStream {
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(line);
    let mut out = TokenStream::new();
    for (i, line) in lines.enumerate() {
        if i > 0 {
            out.extend(quote! { #[doc = ""] });
        }
        let line = format!(" {line}");
        out.extend(quote! { #[doc = #line] });
    }
    out
}

/// One line: visible, and without meaning to rustdoc beyond its words and `code`.
fn line(text: &str) -> String {
    let fence = text.starts_with("```") || text.starts_with("~~~");
    let spans = !fence && text.matches('`').count().is_multiple_of(2);
    let mut code = false;
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '`' if spans => {
                code = !code;
                out.push(c);
            }
            '`' | '~' | '[' | ']' | '<' | '>' | '\\' | '|' if !code => out.extend(['\\', c]),
            // A bare address would be a link without its brackets.
            ':' if !code && rest.as_str().starts_with("//") => out.push_str("\\:"),
            '\t' => out.push(' '),
            // Hidden ones by their number: what is not drawn is not to be read.
            c if !visible(c) => out.push_str(&format!("U+{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// Whether Rust itself would print the character as it is.
pub(super) fn visible(c: char) -> bool {
    matches!(c, '\'' | '"' | '\\') || c.escape_debug().eq([c])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_stays_prose() {
        assert_eq!(
            line("Pass `next` back, please."),
            "Pass `next` back, please."
        );
        assert_eq!(
            line("a list<T>[0] and `list<T>[0]`"),
            r"a list\<T\>\[0\] and `list<T>[0]`"
        );
        assert_eq!(line("an odd ` backtick"), r"an odd \` backtick");
        assert_eq!(line("```rust"), r"\`\`\`rust");
        assert_eq!(
            line("See https://contoso.example/a."),
            r"See https\://contoso.example/a."
        );
        assert_eq!(
            line("tricky \u{202E}drow\u{200B}"),
            "tricky U+202EdrowU+200B"
        );
        assert_eq!(line("Grüße, 世界 */ //"), "Grüße, 世界 */ //");
    }

    #[test]
    fn every_line_is_a_paragraph_without_indent() {
        let tokens = doc("First.\n\n    fn main() {}\n- item\r\n").to_string();
        assert_eq!(
            tokens,
            quote! {
                #[doc = " First."] #[doc = ""] #[doc = " fn main() {}"] #[doc = ""] #[doc = " - item"]
            }
            .to_string()
        );
    }
}
