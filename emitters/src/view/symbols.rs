//! Identifiers of the generated files: readable, legal in both languages, never twice the same.
//!
//! Bicep has one namespace and forgets its symbols after compilation. Terraform has one for each
//! kind of thing and keeps them in its state, so there a name depends on nothing of another kind.

use super::Symbol;
use std::collections::BTreeSet;

/// Identifiers that are taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Symbols {
    bicep: BTreeSet<String>,
    hcl: BTreeSet<(&'static str, String)>,
}

/// Words that Bicep reads otherwise, functions that templates call and symbols of the templates.
const BICEP: &[&str] = &[
    "allTags",
    "as",
    "assert",
    "az",
    "clientIds",
    "concat",
    "databaseScripts",
    "deployers",
    "emittedRoles",
    "endpoints",
    "environment",
    "existing",
    "extension",
    "fail",
    "false",
    "for",
    "func",
    "functionApps",
    "guid",
    "if",
    "import",
    "in",
    "items",
    "join",
    "logs",
    "managementGroup",
    "map",
    "metadata",
    "microsoftGraphV1",
    "module",
    "null",
    "output",
    "ownGroup",
    "param",
    "principal",
    "principals",
    "provider",
    "resource",
    "resourceGroup",
    "resourceGroupName",
    "resourceId",
    "subscription",
    "subscriptionResourceId",
    "suffix",
    "sys",
    "tags",
    "take",
    "targetScope",
    "tenant",
    "tenantResourceId",
    "toObject",
    "true",
    "type",
    "uniqueString",
    "union",
    "using",
    "var",
    "with",
];

/// Words that cannot name a variable of Terraform.
const VARIABLE: &[&str] = &[
    "count",
    "depends_on",
    "for_each",
    "lifecycle",
    "locals",
    "providers",
    "source",
    "version",
];

/// The kind of parameters, which are variables in Terraform.
pub(super) const PARAM: &str = "param";

impl Symbols {
    /// Nothing taken but reserved words and the parameters that grantc adds itself.
    pub(super) fn new(own: &[&str]) -> Symbols {
        let mut symbols = Symbols::default();
        symbols
            .bicep
            .extend(BICEP.iter().chain(own).map(|word| folded(word)));
        let variables = VARIABLE.iter().chain(own).chain(&["suffix", "tags"]);
        symbols
            .hcl
            .extend(variables.map(|word| (PARAM, folded(word))));
        symbols
    }

    /// An identifier for these words. Where it is taken, `kind` is put before it; where that is
    /// taken too, a number behind it.
    pub(super) fn name(&mut self, kind: &'static str, words: &str) -> Symbol {
        let bicep = free(kind, words, |word| self.bicep.insert(word));
        Symbol {
            bicep: camel(&bicep),
            hcl: self.hcl(kind, words),
        }
    }

    /// The same, with the kind before the name in Bicep in any case.
    pub(super) fn kinded(&mut self, kind: &'static str, words: &str) -> Symbol {
        let bicep = free(kind, &format!("{kind} {words}"), |word| {
            self.bicep.insert(word)
        });
        Symbol {
            bicep: camel(&bicep),
            hcl: self.hcl(kind, words),
        }
    }

    fn hcl(&mut self, kind: &'static str, words: &str) -> String {
        free(kind, words, |word| self.hcl.insert((kind, word))).join("_")
    }
}

/// The first form of a name that is free.
fn free(kind: &str, words: &str, mut take: impl FnMut(String) -> bool) -> Vec<String> {
    let plain = parts(words);
    let starts_well = plain
        .first()
        .is_some_and(|p| p.starts_with(|c: char| c.is_alphabetic()));
    if starts_well && take(plain.concat()) {
        return plain;
    }
    let kinded: Vec<String> = parts(kind).into_iter().chain(plain).collect();
    if take(kinded.concat()) {
        return kinded;
    }
    let mut number = 2u32;
    loop {
        let numbered: Vec<_> = kinded.iter().cloned().chain([number.to_string()]).collect();
        if take(numbered.concat()) {
            return numbered;
        }
        number += 1;
    }
}

/// Two spellings that differ in case or in `_` only would confuse a reader, so they count as one.
fn folded(word: &str) -> String {
    word.chars()
        .filter(|c| *c != '_')
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Longest sum of words in an identifier: Bicep takes 255 characters, a kind and number included.
const LONGEST: usize = 180;

/// The words in a text, in lower case; whatever is no ASCII letter or digit separates them.
fn parts(text: &str) -> Vec<String> {
    let mut room = LONGEST;
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .map_while(|part| {
            let kept: String = part.chars().take(room).collect();
            room -= kept.len();
            (!kept.is_empty()).then(|| kept.to_ascii_lowercase())
        })
        .collect()
}

fn camel(parts: &[String]) -> String {
    let mut out = String::new();
    for part in parts {
        let mut chars = part.chars();
        match chars.next() {
            Some(first) if !out.is_empty() => out.push(first.to_ascii_uppercase()),
            Some(first) => out.push(first),
            None => {}
        }
        out.push_str(chars.as_str());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_has_the_spelling_of_each_language() {
        let symbol = Symbols::default().name("role", "Storage Blob (Preview) ünd 2");
        assert_eq!(symbol.bicep, "storageBlobPreviewNd2");
        assert_eq!(symbol.hcl, "storage_blob_preview_nd_2");
    }

    #[test]
    fn a_taken_name_gets_its_kind_then_a_number() {
        let mut symbols = Symbols::new(&["location"]);
        let names = ["a-b", "a_b", "ab", "for", "location", "1", "é"];
        let names = names.map(|name| symbols.name("resource", name));
        let bicep = names.each_ref().map(|name| name.bicep.as_str());
        let expected = [
            "aB",
            "resourceAB",
            "resourceAb2",
            "resourceFor",
            "resourceLocation",
            "resource1",
            "resource2",
        ];
        assert_eq!(bicep, expected);
        let hcl = names.each_ref().map(|name| name.hcl.as_str());
        let expected = [
            "a_b",
            "resource_a_b",
            "resource_ab_2",
            "for",
            "location",
            "resource_1",
            "resource",
        ];
        assert_eq!(hcl, expected);
    }

    #[test]
    fn a_long_name_is_cut_and_stays_one_of_its_own() {
        let mut symbols = Symbols::default();
        let long = "word-".repeat(100);
        let names = [(); 3].map(|()| symbols.name("assignment", &long).bicep);
        assert!(names.iter().all(|name| name.len() < 256));
        assert!(names[0] != names[1] && names[1] != names[2]);
    }

    #[test]
    fn terraform_names_do_not_depend_on_other_kinds() {
        let mut symbols = Symbols::default();
        symbols.name("identity", "archive");
        let symbol = symbols.name("resource", "archive");
        assert_eq!(
            (symbol.bicep.as_str(), symbol.hcl.as_str()),
            ("resourceArchive", "archive")
        );
    }
}
