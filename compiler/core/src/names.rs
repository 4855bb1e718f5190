//! Names: what they may be, what they become in Rust, and which known one was probably meant.

/// Whether `name` may name a tool, resource, identity, parameter, server or app.
pub fn is_name(name: &str) -> bool {
    let mut chars = name.chars();
    name.len() <= 64
        && chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-')
}

/// Whether `name` may name a type.
pub fn is_type_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_uppercase()) && chars.all(|c| c.is_ascii_alphanumeric())
}

/// Whether `name` may name a field or a word of an enum.
pub fn is_field_name(name: &str) -> bool {
    let mut chars = name.chars();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

/// The first of `stem`, `stem` and a number from 2 on, that nothing else has.
pub(crate) fn free(stem: &str, between: &str, taken: impl Fn(&String) -> bool) -> String {
    let numbered = (2u64..).map(|n| format!("{stem}{between}{n}"));
    let mut names = std::iter::once(stem.to_owned()).chain(numbered);
    names.find(|name| !taken(name)).unwrap_or_default()
}

/// The name of a Rust module, method or field: `invoice-index` and `invoiceIndex` become
/// `invoice_index`. Keywords come out as they are, to be written raw; the four that cannot be raw
/// get a `_` at the end.
pub fn rust_snake(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut previous = '_';
    for c in name.chars() {
        if c.is_ascii_uppercase() && (previous.is_ascii_lowercase() || previous.is_ascii_digit()) {
            out.push('_');
        }
        out.push(if c == '-' {
            '_'
        } else {
            c.to_ascii_lowercase()
        });
        previous = c;
    }
    if out.bytes().all(|b| b == b'_') {
        out.push_str("field");
    }
    if matches!(out.as_str(), "self" | "super" | "crate") {
        out.push('_');
    }
    out
}

/// The name of a Rust type or variant: `invoice-index` becomes `InvoiceIndex`.
pub fn rust_camel(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for part in name.split(['-', '_']) {
        let mut chars = part.chars();
        if let Some(first) = chars.next() {
            // Two numbers that touch would run together: `v1-2` is not `v12`.
            if first.is_ascii_digit() && out.ends_with(|c: char| c.is_ascii_digit()) {
                out.push('_');
            }
            out.push(first.to_ascii_uppercase());
            out.push_str(chars.as_str());
        }
    }
    if out.starts_with(|c: char| c.is_ascii_digit()) || out.is_empty() {
        out.insert(0, 'N');
    }
    if out == "Self" {
        out.push('_');
    }
    out
}

/// The known name that was probably meant, if one is near enough.
pub fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = wanted.to_lowercase();
    let limit = (folded.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|name| {
            (
                strsim::damerau_levenshtein(&folded, &name.to_lowercase()),
                name,
            )
        })
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// `did you mean …?`, when a known name is near enough.
pub fn did_you_mean<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(wanted, known).map(|name| format!("did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rust_names() {
        assert_eq!(rust_snake("invoice-index"), "invoice_index");
        assert_eq!(rust_snake("totalAmount"), "total_amount");
        assert_eq!(rust_snake("self"), "self_");
        assert_eq!(rust_snake("_"), "_field");
        assert_eq!(rust_camel("invoice-index"), "InvoiceIndex");
        assert_eq!(rust_camel("v1-2"), "V1_2");
        assert_eq!(rust_camel("self"), "Self_");
    }

    #[test]
    fn near_names_are_offered_and_far_ones_are_not() {
        assert_eq!(nearest("archiv", ["archive", "ledger"]), Some("archive"));
        assert_eq!(nearest("zebra", ["archive", "ledger"]), None);
    }
}
