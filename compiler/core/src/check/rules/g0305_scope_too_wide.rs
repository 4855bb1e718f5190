//! G0305 scope-too-wide: everything needed through an assignment stands below its scope.

use crate::check::Case;
use crate::check::case::list;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{Assignment, AssignmentId, NeedId, ResourceId, RoleRef};
use grantc_spec::rules::SCOPE_TOO_WIDE;
use std::collections::BTreeMap;

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    for (id, assignment) in case.program.assignments.iter() {
        if case.is_judged(assignment) && strictly_below(case, id) {
            diags.push(too_wide(case, id, assignment));
        }
    }
}

/// Whether needs pass through an assignment, and every one stands strictly below its scope.
pub(super) fn strictly_below(case: &Case<'_>, id: AssignmentId) -> bool {
    let rbac = case.graph.rbac();
    let on = case.program.assignments.at(id).on;
    let depth = rbac.places.of_resource(on).depth();
    let mut needs = case.graph.through(id).iter();
    case.carries(id) && needs.all(|need| rbac.places.of_need(*need).depth() > depth)
}

fn too_wide(case: &Case<'_>, id: AssignmentId, assignment: &Assignment) -> Diagnostic {
    let Assignment {
        identity,
        role,
        role_name,
        on,
        on_span,
        ..
    } = assignment;
    let identity = &case.program.identities.at(*identity).name;
    let mut used: BTreeMap<ResourceId, Vec<NeedId>> = BTreeMap::new();
    for need in case.graph.through(id) {
        let place = case
            .place_for(*need)
            .unwrap_or(case.program.needs.at(*need).resource);
        used.entry(place).or_default().push(*need);
    }
    // A custom role was written for its use; a built-in one may be wider than the use, too.
    let roles = |needs: &[NeedId]| match role {
        RoleRef::BuiltIn(_) => case.narrowest_for(needs).unwrap_or_else(|| vec![*role]),
        RoleRef::Custom(_) | RoleRef::OfPlane(..) | RoleRef::Permission(_) => vec![*role],
    };
    let assign = |(at, needs): (&ResourceId, &Vec<NeedId>)| {
        let assigns = roles(needs)
            .into_iter()
            .map(|role| format!("`{}`", case.assign(role, *at)));
        assigns.collect::<Vec<_>>()
    };
    let assigns: Vec<String> = used.iter().flat_map(assign).collect();
    let names: Vec<_> = used
        .keys()
        .map(|at| format!("`{}`", case.program.resources.at(*at).name))
        .collect();
    let message = format!(
        "`{role_name}` covers all of `{}`, and the tools of `{identity}` need it on {} only",
        case.label(*on),
        list(&names),
    );
    let mut finding = Diagnostic::new(&SCOPE_TOO_WIDE, *on_span, message)
        .label("wider than what is used")
        .help(format!("write {} instead", list(&assigns)))
        .at(case.path_of_assignment(id));
    let leftover = case.leftover(id);
    finding = case
        .ranked(&leftover)
        .into_iter()
        .fold(finding, Diagnostic::note)
        .facts(case.facts(&leftover));
    let chain = match (leftover.worst(), case.graph.through(id)) {
        (Some(worst), _) => case.chain(id, worst.at, worst.operation),
        (None, [need, ..]) => case.chain(
            id,
            case.program.needs.at(*need).resource,
            case.graph.verdict(*need).operation,
        ),
        (None, []) => Vec::new(),
    };
    finding.witness(chain)
}

#[cfg(test)]
mod tests {
    use crate::graph::fixture::reader;

    #[test]
    fn everything_needed_stands_below() {
        let desk = reader(
            r#"assign "Storage Blob Data Reader" on="data""#,
            r#"uses "archive" "read"; uses "drafts" "read""#,
        );
        let found = desk.one("G0305");
        assert_eq!(
            found.message,
            "`Storage Blob Data Reader` covers all of `rg-data`, and the tools of `reader` need it on `archive` and `drafts` only"
        );
        assert_eq!(
            found.help.as_deref(),
            Some(
                r#"write `assign "Storage Blob Data Reader" on="archive"` and `assign "Storage Blob Data Reader" on="drafts"` instead"#
            )
        );
        assert_eq!(desk.underlined(found), "\"data\"");
        assert!(!desk.codes().contains(&"G0304"));
    }

    #[test]
    fn a_wider_role_shrinks_with_its_scope() {
        let desk = reader(
            r#"assign "Storage Blob Data Owner" on="account""#,
            r#"uses "archive" "read""#,
        );
        let help = r#"write `assign "Storage Blob Data Reader" on="archive"` instead"#;
        assert_eq!(desk.one("G0305").help.as_deref(), Some(help));
    }

    #[test]
    fn one_need_on_the_scope_itself_is_enough() {
        let desk = reader(
            r#"assign "Storage Blob Data Reader" on="account""#,
            r#"uses "archive" "read"; uses "account" "read""#,
        );
        assert!(!desk.codes().contains(&"G0305"));
    }
}
