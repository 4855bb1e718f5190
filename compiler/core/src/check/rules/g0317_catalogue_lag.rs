//! G0317 catalogue-lag: the manifest names what the catalogue lacks, guesses or calls otherwise.
//!
//! One note for each operation, however often it is named.

use crate::check::Case;
use crate::check::case::word;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::graph::{Standing, standing};
use crate::ir::{Assignment, NeedOrigin, RoleRef};
use crate::names::nearest;
use crate::source::Span;
use grantc_spec::Plane;
use grantc_spec::catalogue::Catalogue;
use grantc_spec::rules::{CATALOGUE_LAG, Level};
use std::collections::BTreeSet;

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    let mut seen = BTreeSet::new();
    for mention in mentions(case) {
        if seen.insert((mention.plane, mention.name.to_ascii_lowercase())) {
            diags.extend(lag(case.catalogue, &mention));
        }
    }
    for assignment in case.program.assignments.values() {
        diags.extend(renamed(case, assignment));
    }
}

/// An operation that the manifest names.
struct Mention<'p> {
    plane: Plane,
    name: &'p str,
    span: Span,
    path: String,
    /// Written out, rather than by a verb.
    written: bool,
}

fn mentions<'p>(case: &Case<'p>) -> impl Iterator<Item = Mention<'p>> {
    let program = case.program;
    let needs = program.needs.values().flat_map(move |need| {
        need.clause.any_of.iter().map(move |(plane, name)| Mention {
            plane: *plane,
            name,
            span: need.span,
            path: format!(
                "tool/{}/{}",
                program.tools.at(need.tool).name,
                program.resources.at(need.resource).name
            ),
            written: matches!(need.origin, NeedOrigin::Raw),
        })
    });
    // What was inferred names nothing that a need does not.
    let written = program.roles.values().filter(|it| it.inferred.is_none());
    let roles = written.flat_map(|role| {
        let exact = role
            .operations
            .iter()
            .filter(|one| !one.pattern.value.contains('*'));
        exact.map(|one| Mention {
            plane: one.plane,
            name: &one.pattern.value,
            span: one.pattern.span,
            path: format!("role/{}", role.name),
            written: true,
        })
    });
    // Of the other planes the catalogue lists everything or nothing: names were looked up already.
    let of_rbac = |mention: &Mention<'_>| mention.plane.other_rbac().is_some();
    needs.chain(roles).filter(of_rbac)
}

fn lag(catalogue: &Catalogue, mention: &Mention<'_>) -> Option<Diagnostic> {
    let Mention { plane, name, .. } = *mention;
    let note = |message: String| {
        Diagnostic::new(&CATALOGUE_LAG, mention.span, message).at(mention.path.clone())
    };
    let date = catalogue.date();
    match standing(catalogue, plane, name) {
        Standing::Listed { inferred: true } if mention.written => Some(
            note(format!(
                "the catalogue of {date} only infers that `{name}` is on the {plane} plane"
            ))
            .label(format!("taken as `{}`, as written", word(plane))),
        ),
        Standing::OtherPlane { inferred: true } => Some(
            note(format!(
                "the catalogue of {date} infers that `{name}` is not on the {plane} plane"
            ))
            .label(format!("taken as `{}`, as written", word(plane))),
        ),
        Standing::Unknown => {
            let message = match catalogue.retired(plane, name) {
                Some(seen) => format!("`{name}` was last listed on {seen} and is gone on {date}"),
                None => format!("the catalogue of {date} does not know the operation `{name}`"),
            };
            let finding = note(message).label("taken at face value");
            Some(match near(catalogue, plane, name) {
                // More likely a slip of the pen than news.
                Some(help) => finding.help(help).level(Level::Warning),
                None => finding,
            })
        }
        // On the wrong plane: G0302.
        Standing::Listed { .. } | Standing::OtherPlane { inferred: false } => None,
    }
}

/// The listed operation that was probably meant: it differs in one segment, and there by little.
fn near(catalogue: &Catalogue, plane: Plane, name: &str) -> Option<String> {
    let wanted: Vec<&str> = name.split('/').collect();
    let listed = catalogue.operations_under(wanted.first()?);
    let names: Vec<String> = listed
        .filter(|o| o.plane == plane)
        .map(|o| o.name)
        .collect();
    for (at, segment) in wanted.iter().enumerate().rev() {
        let differs_there = |known: &Vec<&str>| {
            known.len() == wanted.len()
                && known
                    .iter()
                    .zip(&wanted)
                    .enumerate()
                    .all(|(other, (a, b))| other == at || a.eq_ignore_ascii_case(b))
        };
        let known = names
            .iter()
            .map(|known| known.split('/').collect())
            .filter(differs_there);
        let segments: Vec<&str> = known.filter_map(|known| known.get(at).copied()).collect();
        if let Some(meant) = nearest(segment, segments) {
            let before = wanted.iter().take(at).copied();
            let after = wanted.iter().skip(at + 1).copied();
            let all: Vec<&str> = before.chain([meant]).chain(after).collect();
            return Some(format!("did you mean `{}`?", all.join("/")));
        }
    }
    None
}

/// A role that an assignment calls by a former name.
fn renamed(case: &Case<'_>, assignment: &Assignment) -> Option<Diagnostic> {
    let RoleRef::BuiltIn(ix) = assignment.role else {
        return None;
    };
    let (written, role) = (&assignment.role_name, case.catalogue.role(ix));
    let by_name = written.value.eq_ignore_ascii_case(role.name);
    if by_name || written.value.eq_ignore_ascii_case(role.id) {
        return None;
    }
    let identity = &case.program.identities.at(assignment.identity).name;
    let resource = &case.program.resources.at(assignment.on).name;
    Some(
        Diagnostic::new(
            &CATALOGUE_LAG,
            written.span,
            format!("`{written}` is now `{}`", role.name),
        )
        .help(format!(
            "write `assign \"{}\" on=\"{resource}\"`",
            role.name
        ))
        .at(format!("identity/{identity}/{resource}")),
    )
}

#[cfg(test)]
mod tests {
    use crate::graph::State;
    use crate::graph::fixture::{BLOB, desk, reader, tool};
    use grantc_spec::catalogue::Catalogue;

    #[test]
    fn an_unknown_operation_is_taken_at_face_value_and_noted_once() {
        let uses = format!(r#"uses "archive" data-action="{BLOB}/raed""#);
        let desk = desk(&format!(
            r#"role "All Blobs" {{ data-action "{BLOB}/*" }}
            identity "reader" type="user-assigned" {{ assign "All Blobs" on="archive" }}
            {}{}"#,
            tool("one", "reader", &uses),
            tool(
                "two",
                "reader",
                &uses
                    .to_uppercase()
                    .replace("USES", "uses")
                    .replace("DATA-ACTION", "data-action")
                    .replace("ARCHIVE", "archive")
            ),
        ));
        assert_eq!(desk.states(), [State::Held, State::Held]);
        let found = desk.one("G0317");
        assert_eq!(found.help, Some(format!("did you mean `{BLOB}/read`?")));
        assert_eq!(found.level, grantc_spec::rules::Level::Warning);
    }

    #[test]
    fn a_far_name_is_not_offered() {
        let desk = reader(
            "",
            &format!(r#"uses "archive" data-action="{BLOB}/levitate/action""#),
        );
        assert_eq!(desk.one("G0317").help, None);
    }

    #[test]
    fn a_known_operation_is_not_noted() {
        let desk = reader(
            r#"assign "Storage Blob Data Reader" on="archive""#,
            &format!(r#"uses "archive" data-action="{BLOB}/read""#),
        );
        assert!(!desk.codes().contains(&"G0317"));
    }

    #[test]
    fn a_retired_operation_has_its_last_day() {
        let catalogue = Catalogue::embedded();
        let (plane, name, seen) = catalogue
            .retired_operations()
            .find(|(plane, name, _)| {
                let other = plane.other_rbac().unwrap();
                catalogue.operation(*plane, name).is_none()
                    && catalogue.operation(other, name).is_none()
            })
            .unwrap();
        let desk = reader(
            "",
            &format!(r#"uses "data" {}="{name}""#, super::word(plane)),
        );
        let found = desk.one("G0317");
        assert!(
            found
                .message
                .contains(&format!("was last listed on {seen}")),
            "{}",
            found.message
        );
    }

    /// The plane of an operation that the catalogue only infers to be on it, and its name.
    fn guessed() -> (grantc_spec::Plane, String) {
        let catalogue = Catalogue::embedded();
        let guessed = catalogue.operations().find(|operation| {
            let other = operation.plane.other_rbac().unwrap();
            operation.inferred && catalogue.operation(other, &operation.name).is_none()
        });
        let guessed = guessed.unwrap();
        (guessed.plane, guessed.name)
    }

    #[test]
    fn what_a_verb_stands_for_is_not_written_here() {
        let (plane, name) = guessed();
        let site = "/subscriptions/{subscription}/resourceGroups/{resource-group}/providers/Microsoft.Web/sites/{site}";
        let desk = desk(&format!(
            r#"connector "contoso.site" plane="azure-rbac" {{
                level "site" type="Microsoft.Web/sites" id="{site}"
                verb "guess" level="site" {{ {} "{name}" }}
            }}
            resource "site" type="contoso.site" existing=#true {{ site "app-desk"; resource-group "rg-data" }}
            identity "reader" type="user-assigned"
            {}"#,
            super::word(plane),
            tool("find", "reader", r#"uses "site" "guess""#)
        ));
        assert_eq!(desk.codes(), ["G0301"], "{:#?}", desk.found);
    }

    #[test]
    fn an_inferred_plane_is_accepted_either_way() {
        let (_, name) = guessed();
        for word in ["action", "data-action"] {
            let desk = desk(&format!(
                r#"role "Own" {{ {word} "{name}" }}
                identity "reader" type="user-assigned" {{ assign "Own" on="data" }}
                {}"#,
                tool("find", "reader", &format!(r#"uses "data" {word}="{name}""#))
            ));
            assert_eq!(desk.states(), [State::Held], "{word} {name}");
            assert_eq!(desk.codes(), ["G0317"]);
        }
    }

    #[test]
    fn a_role_under_its_former_name() {
        let desk = reader(
            r#"assign "Azure AI User" on="data""#,
            r#"uses "archive" "read""#,
        );
        assert_eq!(
            desk.one("G0317").message,
            "`Azure AI User` is now `Foundry User`"
        );
        for name in ["foundry user", "53ca6127-db72-4b80-b1b0-d745d6d5456d"] {
            let desk = reader(
                &format!(r#"assign "{name}" on="data""#),
                r#"uses "archive" "read""#,
            );
            assert!(!desk.codes().contains(&"G0317"), "{name}");
        }
    }
}
