//! G0321 unused-type: no tool takes or gives it, nor anything that has it inside.
//!
//! An imported file of types may be there for other manifests too: that is only a note.

use super::g0320_unused_resource::is_imported;
use crate::check::Case;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{Field, Output, Program, Ty, TypeDef, TypeId, TypeKind};
use grantc_spec::rules::{Level, UNUSED_TYPE};
use std::collections::BTreeSet;

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    let used = used(case.program);
    for (id, one) in case.program.types.iter() {
        if !used.contains(&id) {
            diags.push(unused(one));
        }
    }
}

/// What tools take and give, and all that is inside.
fn used(program: &Program) -> BTreeSet<TypeId> {
    let mut open: Vec<TypeId> = Vec::new();
    for tool in program.tools.values() {
        open.extend(tool.input.iter().filter_map(named));
        match &tool.output {
            Output::Type(id) => open.push(*id),
            Output::Record(fields) => open.extend(fields.iter().filter_map(named)),
        }
    }
    let mut used = BTreeSet::new();
    while let Some(id) = open.pop() {
        if used.insert(id) {
            open.extend(program.types.at(id).kind.fields().filter_map(named));
        }
    }
    used
}

fn named(field: &Field) -> Option<TypeId> {
    let mut ty = &field.ty;
    loop {
        match ty {
            Ty::List(inner) | Ty::Map(inner) => ty = inner,
            Ty::Named(id) => return Some(*id),
            _ => return None,
        }
    }
}

fn unused(one: &TypeDef) -> Diagnostic {
    let what = match one.kind {
        TypeKind::Record(_) => "type",
        TypeKind::Enum(_) => "enum",
        TypeKind::Variant(_) => "variant",
    };
    let message = format!("no tool takes or gives the {what} `{}`", one.name);
    let finding = Diagnostic::new(&UNUSED_TYPE, one.span, message)
        .help("remove it, or use it in the `input` or `output` of a tool");
    match is_imported(one.span) {
        false => finding,
        true => finding
            .level(Level::Note)
            .note("its file is imported, and may be by others that use it"),
    }
}

#[cfg(test)]
mod tests {
    use crate::graph::fixture::desk;

    fn unused(types: &str, input: &str, output: &str) -> Vec<String> {
        let desk = desk(&format!(
            r#"{types}
            tool "find" {{ description "Find."; input {{ {input} }}; output {output} }}"#
        ));
        let found = desk.found.iter();
        found
            .filter(|found| found.rule.code == "G0321")
            .map(|found| found.message.clone())
            .collect()
    }

    const TYPES: &str = r#"
        enum "Currency" { eur; usd }
        type "Amount" { value decimal; currency Currency }
        type "Invoice" { number string; total Amount }
        variant "Payment" { card { amount Amount }; cash { note string } }"#;

    #[test]
    fn what_no_tool_takes_or_gives_is_unused() {
        let all = [
            "no tool takes or gives the enum `Currency`",
            "no tool takes or gives the type `Amount`",
            "no tool takes or gives the type `Invoice`",
            "no tool takes or gives the variant `Payment`",
        ];
        let mut found = unused(TYPES, "number string", "{ ok boolean }");
        found.sort();
        assert_eq!(found, all);
    }

    #[test]
    fn what_is_inside_of_what_is_used_is_used() {
        let payment = "no tool takes or gives the variant `Payment`".to_owned();
        assert_eq!(unused(TYPES, "number string", r#""Invoice""#), [payment]);
        let invoice = "no tool takes or gives the type `Invoice`".to_owned();
        assert_eq!(
            unused(TYPES, "number string", "{ of list<Payment> }"),
            std::slice::from_ref(&invoice)
        );
        assert_eq!(
            unused(TYPES, "by map<Payment>", "{ ok boolean }"),
            [invoice]
        );
    }
}
