//! `grantc deployer`: the narrowest roles that whoever deploys a manifest needs.

use super::{check, look, manifest};
use crate::args::{Deployer, Format, Report};
use crate::{Failure, Verdict, console};
use grantc_core::ir::{Program, RoleRef};
use grantc_emitters::Options;
use grantc_emitters::deployer::{Assign, Need, Suggestion, names, needs, suggest};
use grantc_spec::Plane;
use grantc_spec::catalogue::{Catalogue, RoleIx};
use serde_json::{Value, json};
use std::fmt::Write as _;

pub(crate) fn run(args: &Deployer, catalogue: &Catalogue) -> Result<Verdict, Failure> {
    let manifest = manifest(args.manifest.as_deref())?;
    let compilation = look(&manifest, catalogue)?;
    let Some(program) = compilation.program() else {
        check::tell(&compilation, Report::Human);
        console::tell("there is no deployment of what cannot be read\n");
        return Ok(Verdict::Wrong);
    };
    let options = Options {
        catalogue,
        ..Options::default()
    };
    let needs = needs(program, &options);
    let suggestions = suggest(program, catalogue, &needs);
    match args.format {
        Format::Json => {
            let object = object(program, catalogue, &needs, &suggestions);
            console::print(&format!("{object:#}\n"));
        }
        Format::Human if needs.is_empty() => console::print(
            "nothing is deployed: the manifest has no `azure`, or asks for what `build` refuses\n",
        ),
        Format::Human => console::print(&text(program, catalogue, &suggestions)),
    }
    Ok(Verdict::Clean)
}

/// The assignments of each place, then the custom roles that they name.
fn text(program: &Program, catalogue: &Catalogue, suggestions: &[Suggestion]) -> String {
    let mut names = names(program);
    let (mut out, mut blocks) = (String::new(), String::new());
    for suggestion in suggestions {
        let custom = suggestion.custom_name(&mut names);
        let (lines, block) = suggestion.lines(catalogue, &custom);
        let many = suggestion.operations.len();
        let noun = if many == 1 { "operation" } else { "operations" };
        let _ = writeln!(out, "{}: {many} {noun}", suggestion.shown);
        for line in lines {
            let _ = writeln!(out, "    {line}");
        }
        if let Some(broad) = suggestion.broad {
            let _ = writeln!(
                out,
                "    // broader: `{}` instead of all but the delegation, {} operations",
                catalogue.role(broad).name,
                total(catalogue, broad)
            );
        }
        if let Some(block) = block {
            let _ = writeln!(blocks, "\n{block}");
        }
    }
    let date = catalogue.date();
    format!("{out}{blocks}catalogue {date} {}\n", catalogue.digest())
}

fn total(catalogue: &Catalogue, ix: RoleIx) -> u32 {
    catalogue.role(ix).counts.total()
}

fn object(
    program: &Program,
    catalogue: &Catalogue,
    needs: &[Need],
    suggestions: &[Suggestion],
) -> Value {
    let at = |need: &Need| {
        let found = suggestions.iter().find(|it| it.at == need.demand.at);
        found.map_or_else(|| need.place.clone(), |found| found.shown.clone())
    };
    let mut names = names(program);
    let needs: Vec<Value> = needs
        .iter()
        .map(|need| {
            let mut value = json!({
                "any_of": operations(&need.demand.any_of),
                "on": at(need),
                "for": need.why,
            });
            let role = need.demand.role;
            let role = role.and_then(|role| named(program, catalogue, role));
            add(&mut value, "role", role.map(Value::from));
            let target = need.target.map(|target| Value::from(target.word()));
            add(&mut value, "target", target);
            value
        })
        .collect();
    let suggestions: Vec<Value> = suggestions
        .iter()
        .map(|suggestion| {
            let custom = suggestion.custom_name(&mut names);
            let assigns = suggestion.assigns.iter();
            let assigns: Vec<Value> = assigns
                .map(|assign| assign_value(catalogue, assign, &custom))
                .collect();
            let mut value = json!({
                "on": suggestion.shown,
                "operations": operations(&suggestion.operations),
                "assign": assigns,
            });
            let resource = suggestion.resource.as_deref().map(Value::from);
            add(&mut value, "resource", resource);
            let broader = suggestion.broad.map(|broad| role(catalogue, broad));
            add(&mut value, "broader", broader);
            value
        })
        .collect();
    json!({
        "schema": 1,
        "catalogue": { "date": catalogue.date(), "digest": catalogue.digest() },
        "needs": needs,
        "suggestions": suggestions,
    })
}

/// Adds a member, where there is one.
fn add(value: &mut Value, name: &str, member: Option<Value>) {
    if let (Some(members), Some(member)) = (value.as_object_mut(), member) {
        members.insert(name.to_owned(), member);
    }
}

fn operations(all: &[(Plane, String)]) -> Value {
    all.iter()
        .map(|(plane, name)| json!({ "operation": name, "plane": plane.word() }))
        .collect()
}

fn role(catalogue: &Catalogue, ix: RoleIx) -> Value {
    let found = catalogue.role(ix);
    json!({ "role": found.name, "id": found.id, "operations": found.counts.total() })
}

fn assign_value(catalogue: &Catalogue, assign: &Assign, custom: &str) -> Value {
    match assign {
        Assign::BuiltIn(ix) => role(catalogue, *ix),
        Assign::Delegation(ix) => {
            let mut value = role(catalogue, *ix);
            add(&mut value, "where", Some(json!({ "roles": "emitted" })));
            value
        }
        Assign::Custom(operations) => json!({ "role": custom, "actions": operations }),
        Assign::Permission(name) => json!({ "permission": name }),
    }
}

fn named(program: &Program, catalogue: &Catalogue, role: RoleRef) -> Option<String> {
    match role {
        RoleRef::BuiltIn(ix) => Some(catalogue.role(ix).name.to_owned()),
        RoleRef::Custom(id) => Some(program.roles.get(id)?.name.value.clone()),
        RoleRef::OfPlane(..) | RoleRef::Permission(_) => None,
    }
}
