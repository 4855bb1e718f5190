//! Identifiers: names of the manifest as Rust writes them.

use grantc_core::names::{rust_camel, rust_snake};
use proc_macro2::{Ident, Span};

/// A module, method or field.
pub(super) fn snake(name: &str) -> Ident {
    ident(&rust_snake(name))
}

/// A type or variant.
pub(super) fn camel(name: &str) -> Ident {
    ident(&rust_camel(name))
}

/// A field of a context: beside `call` and `page_size`, which every context may have.
pub(super) fn context_field(resource: &str) -> Ident {
    match rust_snake(resource).as_str() {
        name @ ("call" | "page_size") => ident(&format!("{name}_")),
        name => ident(name),
    }
}

/// The type of a permission: `Mail.Read` becomes `Mail_Read`.
pub(super) fn permission(word: &str) -> Ident {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let name: String = word.chars().map(letter).collect();
    match name.chars().next() {
        Some(first) if !first.is_ascii_digit() && !name.trim_matches('_').is_empty() => {
            match name.as_str() {
                "self" | "super" | "crate" | "Self" => ident(&format!("{name}_")),
                name => ident(name),
            }
        }
        _ => ident(&format!("p{name}")),
    }
}

/// An identifier, raw where the name is a word of the language.
fn ident(name: &str) -> Ident {
    match syn::parse_str::<Ident>(name) {
        Ok(plain) => plain,
        // `_`, `self`, `super`, `crate` and `Self` cannot be raw; `names` never gives them.
        Err(_) => Ident::new_raw(name, Span::call_site()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_keep_their_letters() {
        for (word, name) in [
            ("Mail.Read", "Mail_Read"),
            ("User.Read.All", "User_Read_All"),
            ("SELECT", "SELECT"),
            ("read", "read"),
            ("Self", "Self_"),
            ("7.Read", "p7_Read"),
            ("._", "p__"),
            ("Microsoft.KeyVault/vaults/x", "Microsoft_KeyVault_vaults_x"),
        ] {
            assert_eq!(permission(word).to_string(), name);
        }
    }

    #[test]
    fn words_of_the_language_are_written_raw() {
        for word in [
            "as", "async", "await", "box", "dyn", "fn", "gen", "match", "mod", "move", "type",
            "try", "union", "where", "yield",
        ] {
            let written = snake(word).to_string();
            assert_eq!(written.trim_start_matches("r#"), word);
            assert!(syn::parse_str::<Ident>(&written).is_ok(), "{written}");
        }
        for word in ["self", "super", "crate", "_", "__", "Self"] {
            assert!(
                syn::parse_str::<Ident>(&snake(word).to_string()).is_ok(),
                "{word}"
            );
            assert!(
                syn::parse_str::<Ident>(&camel(word).to_string()).is_ok(),
                "{word}"
            );
        }
        assert_eq!(context_field("call").to_string(), "call_");
        assert_eq!(context_field("page-size").to_string(), "page_size_");
    }
}
