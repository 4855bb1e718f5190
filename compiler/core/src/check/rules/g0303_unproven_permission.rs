//! G0303 unproven-permission: a need that is held only if something unknown comes out right.
//!
//! Two things are unknown before deployment: the condition inside 29 of Azure's roles, and whether
//! a scope built from a parameter is the scope that is needed, or that a role denies on.

use super::g0301_missing_permission::{advice, denials};
use crate::check::Case;
use crate::check::advice::{Advice, Grants, Proposed, instead, paths, quoted};
use crate::check::case::{deed, list};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::fix::Fix;
use crate::graph::{Granted, Plane as _, State};
use crate::ir::{
    Ambient, AssignmentId, Condition, Covers, Need, NeedId, NeedOrigin, PathPattern, Scope, Text,
};
use grantc_spec::rules::UNPROVEN_PERMISSION;

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    for (id, need) in case.program.needs.iter() {
        let verdict = case.graph.verdict(id);
        if verdict.state != State::Conditional {
            continue;
        }
        if let Some(by) = verdict.by {
            diags.push(unproven(case, id, need, by));
        }
    }
}

fn unproven(case: &Case<'_>, id: NeedId, need: &Need, held: AssignmentId) -> Diagnostic {
    let by = case.program.assignments.at(held);
    let operation = case.decisive(id);
    let power = case.graph.rbac().power(by.role);
    let sure = power.grants(case.graph.verdict(id).operation) == Granted::Sure;
    let identity = &case.program.identities.at(need.identity).name;
    let resource = &case.program.resources.at(need.resource).name;
    let subject = format!(
        "`{}` needs `{}` on `{resource}`, which `{identity}` holds",
        case.program.tools.at(need.tool).name,
        deed(need, &operation),
    );
    let finding = |message: String| {
        Diagnostic::new(&UNPROVEN_PERMISSION, need.span, message)
            .label(format!("needs `{}`", operation.short()))
            .note(format!(
                "it needs `{}` on the {} plane",
                operation.name, operation.plane
            ))
            .at(case.path_of_need(need))
            .witness(case.graph.witness(case.program, case.catalogue, id))
    };
    let path = need.path.as_ref();
    if let (true, Granted::Conditional, Some(condition)) = (
        sure,
        case.graph
            .rbac()
            .grants(by, case.graph.verdict(id).operation, path),
        &by.condition,
    ) {
        let proved = unnarrowed(case, id, held);
        let (only, help) = narrowed(case, need, condition, proved.as_ref());
        return finding(format!("{subject} only {only}"))
            .also(by.span, "narrowed here")
            .fix(help, proved.map(|(_, fix)| fix));
    }
    if !sure {
        let role = &by.role_name;
        let Advice { help, fix } = advice(case, id, need);
        return finding(format!(
            "{subject} only under the condition inside `{role}`"
        ))
        .also(
            by.span,
            "grants it under a condition that is decided at run time",
        )
        .fix(help, fix);
    }
    let rbac = case.graph.rbac();
    if rbac.covers(by.on, rbac.places.of_need(id)) == Covers::Yes
        && let Some(denial) = denials(case, id, need).first()
    {
        let denial = case.program.assignments.at(*denial);
        let there = case.program.resources.at(denial.on);
        let (role, on) = (&denial.role_name, &there.name);
        let (left, right) = differing(case, &there.scope, &need.scope);
        let Advice { help, fix } = advice(case, id, need);
        return finding(format!(
            "{subject} only if `{role}` on `{on}` turns out not to deny it"
        ))
        .also(
            denial.span,
            format!("denies it only if {left} turns out to be {right}"),
        )
        .fix(
            format!("{help}, or write out where `{resource}` and `{on}` are"),
            fix,
        );
    }
    let on = &case.program.resources.at(by.on).name;
    let (left, right) = differing(case, &case.program.resources.at(by.on).scope, &need.scope);
    finding(format!("{subject} only if {left} turns out to be {right}"))
        .also(by.on_span, format!("`{on}` covers `{resource}` only then"))
        .help(format!(
            "write both the same way in `{on}` and `{resource}`: one parameter, or one literal"
        ))
}

/// What lets the role do what is needed: the names of the need besides, or all names.
fn unnarrowed(case: &Case<'_>, id: NeedId, held: AssignmentId) -> Option<(String, Fix)> {
    let by = case.program.assignments.at(held);
    let need = case.program.needs.at(id);
    let paths = paths(by)?;
    let all: Vec<PathPattern> = match &need.path {
        Some(path) => paths.iter().chain([path]).cloned().collect(),
        None => Vec::new(),
    };
    let one = Proposed {
        grants: Grants::Role(by.role),
        on: by.on,
        paths: all,
    };
    let nodes = case.nodes(&by.role_name.value, by.on, &one.paths);
    let proved = case.keeps(by.identity, &[held], &[one], &[id]);
    let shown = quoted(&nodes);
    let edits = instead(by, nodes);
    proved.then_some((shown, Fix { edits }))
}

/// How a condition narrows what is held, and what to write instead.
fn narrowed(
    case: &Case<'_>,
    need: &Need,
    condition: &Condition,
    proved: Option<&(String, Fix)>,
) -> (String, String) {
    match condition {
        Condition::Paths(paths) => {
            let all: Vec<_> = paths
                .iter()
                .map(|path| format!("`{}`", path.text))
                .collect();
            let lists = matches!(&need.origin, NeedOrigin::Verb(verb) if verb.listing);
            let one = paths.iter().find(|path| !lists || path.parts().1);
            let wider = match proved {
                Some((nodes, _)) => format!("write {nodes} instead"),
                None => "hold it by a role of its own without `where`".to_owned(),
            };
            let help = match (&need.origin, one) {
                (NeedOrigin::Verb(verb), _) if !verb.path => {
                    format!("`{}` looks at all names: {wider}", verb.name)
                }
                (_, None) => format!("nothing can be listed under one name: {wider}"),
                (_, Some(one)) => format!(
                    "{wider}, or narrow the use to what is held: `path=\"{}\"`",
                    one.text
                ),
            };
            (format!("for names of {}", list(&all)), help)
        }
        Condition::RolesEmitted { .. } => (
            "for the roles that this manifest emits".to_owned(),
            format!(
                "let `{}` do it as an identity that holds the role without `where`",
                case.program.tools.at(need.tool).name
            ),
        ),
    }
}

/// The first segments of two scopes that may or may not be the same, in words.
fn differing(case: &Case<'_>, a: &Scope, b: &Scope) -> (String, String) {
    let words = |text: &Text| match text {
        Text::Literal(text) => format!("`{text}`"),
        Text::Param(id) => format!("the parameter `{}`", case.program.params.at(*id).name),
        Text::Ambient(Ambient::Subscription) => "the subscription that is deployed to".to_owned(),
    };
    let unlike =
        |(a, b): &(&Text, &Text)| a != b && (a.literal().is_none() || b.literal().is_none());
    match a.segments.iter().zip(&b.segments).find(unlike) {
        // What deployment decides comes first: it is what turns out one way or the other.
        Some((a, b)) if a.literal().is_some() => (words(b), words(a)),
        Some((a, b)) => (words(a), words(b)),
        None => ("one scope".to_owned(), "the other".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use crate::graph::State;
    use crate::graph::fixture::{desk, reader, tool};

    #[test]
    fn a_parameter_against_a_literal() {
        let desk = reader(
            r#"assign "Storage Blob Data Reader" on="somewhere""#,
            r#"uses "archive" "read""#,
        );
        assert_eq!(desk.states(), [State::Conditional]);
        let found = desk.one("G0303");
        assert_eq!(
            found.message,
            "`find` needs `read` on `archive`, which `reader` holds only if the parameter `group` turns out to be `rg-data`"
        );
        assert_eq!(
            desk.codes().iter().filter(|code| **code == "G0305").count(),
            0
        );
    }

    #[test]
    fn the_same_parameter_is_the_same_scope() {
        let desk = desk(&format!(
            r#"resource "there" type="azure.blob" existing=#true {{ account "stdesk"; resource-group (param)"group" }}
            identity "reader" type="user-assigned" {{ assign "Storage Blob Data Reader" on="somewhere" }}
            {}"#,
            tool("find", "reader", r#"uses "there" "read""#)
        ));
        assert_eq!(desk.states(), [State::Held]);
    }

    #[test]
    fn a_condition_inside_the_role() {
        let assign = r#"assign "Key Vault Data Access Administrator" on="data""#;
        let need =
            |operation| format!(r#"uses "data" action="Microsoft.Authorization/{operation}""#);
        let desk = reader(assign, &need("roleAssignments/write"));
        assert_eq!(desk.states(), [State::Conditional]);
        let role = "only under the condition inside `Key Vault Data Access Administrator`";
        assert!(desk.one("G0303").message.ends_with(role));
        // What the condition does not name is unconditional.
        let desk = reader(assign, &need("roleAssignments/read"));
        assert_eq!(desk.states(), [State::Held]);
    }

    #[test]
    fn where_two_parameters_decide_that_of_the_grant_is_told() {
        let desk = desk(&format!(
            r#"param "more" doc="Another group."
            resource "ledger" type="azure.sql" existing=#true {{ server "sql-desk"; database "ledger"; resource-group "rg-data" }}
            resource "maybe" type="azure.sql" existing=#true {{ server "sql-desk"; database "ledger"; resource-group (param)"group" }}
            resource "perhaps" type="azure.sql" existing=#true {{ server "sql-desk"; database "ledger"; resource-group (param)"more" }}
            identity "reader" type="user-assigned" {{
                assign "db_datareader" on="maybe"
                assign "db_denydatareader" on="perhaps"
            }}
            {}"#,
            tool("find", "reader", r#"uses "ledger" "read""#)
        ));
        assert_eq!(
            desk.one("G0303").message,
            "`find` needs `read` on `ledger`, which `reader` holds only if the parameter `group` turns out to be `rg-data`"
        );
    }

    #[test]
    fn of_what_is_held_for_some_names_one_is_offered_that_will_do() {
        let help = |verb: &str| {
            let assign = r#"assign "Storage Blob Data Reader" on="archive""#;
            let desk = reader(
                &format!(r#"{assign} {{ where path="one" }}; {assign} {{ where path="in/*" }}"#),
                &format!(r#"uses "archive" "{verb}""#),
            );
            let help = desk.one("G0303").help.clone().unwrap();
            help.split_once(" instead, or ").unwrap().1.to_owned()
        };
        let narrow = |path: &str| format!("narrow the use to what is held: `path=\"{path}\"`");
        assert_eq!(help("read"), narrow("one"));
        // One name cannot be listed.
        assert_eq!(help("list"), narrow("in/*"));
    }
}
