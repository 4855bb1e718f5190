//! G0305 scope-too-wide: everything needed through an assignment stands below its scope.

use super::g0301_missing_permission::wider;
use crate::check::Case;
use crate::check::advice::{Advice, Grants, Proposed, instead, paths, quoted};
use crate::check::case::list;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::fix::Fix;
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
        .at(case.path_of_assignment(id));
    let Advice { help, fix } = narrower(case, id, assignment, &used);
    finding = finding.fix(help, fix);
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

/// What to write at the resources that are used.
fn narrower(
    case: &Case<'_>,
    id: AssignmentId,
    assignment: &Assignment,
    used: &BTreeMap<ResourceId, Vec<NeedId>>,
) -> Advice {
    let unplaced = |need: &&NeedId| case.place_for(**need).is_none();
    if let Some(need) = used.values().flatten().find(unplaced) {
        let (_, node) = wider(case, *need);
        let help =
            format!("declare `{node}`, where some of it is needed, and assign the role there");
        return Advice { help, fix: None };
    }
    let identity = assignment.identity;
    let tries = [true, false].map(|narrowest| at_places(case, id, assignment, used, narrowest));
    let proved = |tried: &&Vec<Proposed>| case.keeps(identity, &[id], tried, &[]);
    let tries: Vec<Vec<Proposed>> = tries.into_iter().flatten().collect();
    let Some(proposed) = tries.iter().find(proved) else {
        let help = "assign it where it is used instead".to_owned();
        return Advice { help, fix: None };
    };
    let nodes = case.written(proposed);
    let help = match nodes.as_slice() {
        [] => "remove it: what its tools need is held there besides".to_owned(),
        nodes => format!("write {} instead", quoted(nodes)),
    };
    let edits = instead(assignment, nodes);
    Advice {
        help,
        fix: Some(Fix { edits }),
    }
}

/// What might be written at the resources that are used. A custom role was written for its use; a
/// built-in one may be wider than the use, too.
fn at_places(
    case: &Case<'_>,
    id: AssignmentId,
    assignment: &Assignment,
    used: &BTreeMap<ResourceId, Vec<NeedId>>,
    narrowest: bool,
) -> Option<Vec<Proposed>> {
    let &Assignment { identity, role, .. } = assignment;
    let paths = paths(assignment)?;
    let mut all = Vec::new();
    for (on, needs) in used {
        let roles = match role {
            RoleRef::BuiltIn(_) if narrowest => case.narrowest_for(needs),
            _ => None,
        };
        for role in roles.unwrap_or_else(|| vec![role]) {
            if !case.holds_besides(identity, &[id], role, *on) {
                all.push(Proposed {
                    grants: Grants::Role(role),
                    on: *on,
                    paths: paths.to_vec(),
                });
            }
        }
    }
    Some(all)
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

    #[test]
    fn the_role_itself_moves_where_the_narrowest_is_held_for_other_names() {
        let desk = reader(
            r#"assign "Storage Blob Data Reader" on="archive" { where path="in/*" }
               assign "Storage Blob Data Contributor" on="account""#,
            r#"uses "archive" "read""#,
        );
        let help = r#"write `assign "Storage Blob Data Contributor" on="archive"` instead"#;
        assert_eq!(desk.one("G0305").help.as_deref(), Some(help));
    }
}
