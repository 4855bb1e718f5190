//! Tools: who they act as, what they take and give back, their hints and limits.

use super::uses::{needs_of, used};
use super::{Names, collisions, fields, look_up, name_all, units};
use crate::ast;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{
    Field, Hints, Identity, Limits, Need, Output, Program, Resource, Tool, Ty, TypeDef, TypeKind,
};
use crate::source::{Spanned, Word};
use crate::syntax::{Value, ValueKind};
use grantc_spec::catalogue::Catalogue;
use grantc_spec::rules;

/// The names that tools refer to.
pub(super) struct Known<'a> {
    pub resources: Names<Resource>,
    pub identities: Names<Identity>,
    pub types: Names<TypeDef>,
    pub catalogue: &'a Catalogue,
}

pub(super) fn tools(
    declared: &[ast::Tool],
    names: &Known<'_>,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) -> Names<Tool> {
    let mut ids = Vec::new();
    for tool in declared {
        let resolved = one(tool, names, program, diagnostics);
        ids.push(program.tools.push(resolved));
    }
    for id in &ids {
        let tool = program.tools.at(*id);
        let needs: Vec<Need> = tool
            .uses
            .iter()
            .flat_map(|u| needs_of(*id, u, program))
            .collect();
        for need in needs {
            program.needs.push(need);
        }
    }
    let next = program.tools.next_id();
    let words = declared.iter().map(|tool| &tool.name);
    collisions("tools", words.clone(), diagnostics);
    name_all("tool", words, diagnostics, |i| {
        ids.get(i).copied().unwrap_or(next)
    })
}

fn one(
    tool: &ast::Tool,
    names: &Known<'_>,
    program: &Program,
    diagnostics: &mut Diagnostics,
) -> Tool {
    let identity = tool
        .identity
        .as_ref()
        .and_then(|word| look_up("identity", word, &names.identities, diagnostics));
    let place = format!("tool `{}`", tool.name.value);
    let input = fields::record(
        &tool.input,
        &format!("the input of {place}"),
        &names.types,
        program,
        diagnostics,
    );
    let output = output(tool, &place, names, program, diagnostics);
    let limits = limits(tool, &input, &output, program, diagnostics);
    let uses = tool.uses.iter();
    let uses = uses
        .filter_map(|u| used(u, tool, identity, names, program, diagnostics))
        .collect();
    let acts_as = tool.uses.iter().map(|u| &u.identity);
    for word in acts_as.chain([&tool.identity]).flatten() {
        not_a_deployer(word, names, program, diagnostics);
    }
    Tool {
        name: tool.name.clone(),
        title: tool.title.clone(),
        description: tool.description.clone(),
        identity,
        requires: super::auth::requires(&tool.requires, program, diagnostics),
        uses,
        input,
        output,
        hints: hints(&tool.hints),
        limits,
        span: tool.span,
    }
}

/// An identity that deploys is not attached to any app.
fn not_a_deployer(
    word: &Word,
    names: &Known<'_>,
    program: &Program,
    diagnostics: &mut Diagnostics,
) {
    let id = names.identities.get(&word.value);
    if let Some(identity) = id
        .map(|id| program.identities.at(*id))
        .filter(|it| it.deploys)
    {
        let message = format!("`{}` deploys, and no tool acts as it", identity.name);
        diagnostics.push(
            Diagnostic::new(&rules::BAD_VALUE, word.span, message)
                .also(identity.span, "declared here")
                .help("declare another identity for the tool"),
        );
    }
}

fn output(
    tool: &ast::Tool,
    place: &str,
    names: &Known<'_>,
    program: &Program,
    diagnostics: &mut Diagnostics,
) -> Output {
    let nothing = Output::Record(Vec::new());
    let Some(output) = &tool.output else {
        return nothing;
    };
    match (&output.ty, &output.fields) {
        (Some(ty), Some(_)) => {
            let message = "an output is a named type or a body, not both";
            diagnostics.push(
                Diagnostic::new(&rules::UNEXPECTED, output.span, message).help(format!(
                    "write `output \"{}\"` or `output {{ … }}`",
                    ty.value
                )),
            );
            nothing
        }
        (None, None) => {
            let message = "an output says what the tool gives back";
            diagnostics.push(
                Diagnostic::new(&rules::MISSING, output.span, message)
                    .help("write `output \"Invoice\"` or `output { receipt uuid }`"),
            );
            nothing
        }
        (None, Some(body)) => {
            let place = format!("the output of {place}");
            Output::Record(fields::record(
                body,
                &place,
                &names.types,
                program,
                diagnostics,
            ))
        }
        (Some(ty), None) => {
            let Some(id) = look_up("type", ty, &names.types, diagnostics) else {
                return nothing;
            };
            let other = match program.types.at(id).kind {
                TypeKind::Record(_) => None,
                TypeKind::Enum(_) => Some("an enum"),
                // Its schema would have no members at the root, which older clients look for.
                TypeKind::Variant(_) => Some("a variant"),
            };
            if let Some(other) = other {
                let message = format!("an output is a record, and `{}` is {other}", ty.value);
                diagnostics.push(
                    Diagnostic::new(&rules::WRONG_KIND, ty.span, message)
                        .help(format!("write `output {{ value {} }}`", ty.value)),
                );
                return nothing;
            }
            Output::Type(id)
        }
    }
}

fn hints(hints: &[(Word, bool)]) -> Hints {
    let get = |key: &str| {
        hints
            .iter()
            .find(|(k, _)| k.value == key)
            .map(|(key, flag)| Spanned::new(*flag, key.span))
    };
    Hints {
        read_only: get("read-only"),
        destructive: get("destructive"),
        idempotent: get("idempotent"),
        open_world: get("open-world"),
    }
}

fn limits(
    tool: &ast::Tool,
    input: &[Field],
    output: &Output,
    program: &Program,
    diagnostics: &mut Diagnostics,
) -> Limits {
    let mut limits = Limits::default();
    for (key, value) in &tool.limits {
        let ok = match (key.value.as_str(), &value.kind) {
            ("timeout", ValueKind::String(text)) => {
                limits.timeout = units::duration(text);
                limits.timeout.is_some()
            }
            ("response", ValueKind::String(text)) => {
                limits.response = units::size(text);
                limits.response.is_some()
            }
            ("concurrency", _) => {
                limits.concurrency = positive(value);
                limits.concurrency.is_some()
            }
            ("page-size", _) => {
                limits.page_size = positive(value);
                limits.page_size.is_some()
            }
            _ => true,
        };
        if !ok {
            let help = match key.value.as_str() {
                "timeout" => "a number and `ms`, `s` or `m`, up to an hour, such as `\"10s\"`",
                "response" => "a number and `B`, `KiB` or `MiB`, up to 64 MiB, such as `\"1MiB\"`",
                _ => "a whole number from 1 to 10000",
            };
            let message = format!("this is not a value of `{}`", key.value);
            diagnostics.push(Diagnostic::new(&rules::BAD_VALUE, value.span, message).help(help));
        }
        if key.value == "page-size" && !pages(input, output, program) {
            let message = format!("`{}` has no pages", tool.name.value);
            diagnostics.push(
                Diagnostic::new(&rules::BAD_CONSTRAINT, key.span, message).help(
                    "a tool with pages has `cursor string?` in its input and `next string?` in its output",
                ),
            );
        }
    }
    limits
}

fn positive(value: &Value) -> Option<u32> {
    match &value.kind {
        ValueKind::Number(digits) => digits.parse().ok().filter(|n| (1..=10_000).contains(n)),
        _ => None,
    }
}

fn pages(input: &[Field], output: &Output, program: &Program) -> bool {
    let has = |fields: &[Field], name: &str| {
        fields
            .iter()
            .any(|f| f.name.value == name && f.optional && f.ty == Ty::String)
    };
    let output = match output {
        Output::Record(fields) => fields,
        Output::Type(id) => match &program.types.at(*id).kind {
            TypeKind::Record(fields) => fields,
            TypeKind::Enum(_) | TypeKind::Variant(_) => return false,
        },
    };
    has(input, "cursor") && has(output, "next")
}
