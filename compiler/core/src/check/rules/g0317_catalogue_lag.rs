//! G0317 catalogue-lag: the manifest names what the catalogue lacks, guesses or calls otherwise.
//!
//! One note for each operation, however often it is named.

use crate::check::Case;
use crate::check::case::word;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::graph::{Standing, standing};
use crate::ir::{Assignment, NeedOrigin, RoleRef};
use crate::names::did_you_mean;
use crate::source::Span;
use grantc_spec::Plane;
use grantc_spec::catalogue::Catalogue;
use grantc_spec::rules::CATALOGUE_LAG;
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
                program.tools[need.tool].name, program.resources[need.resource].name
            ),
            written: matches!(need.origin, NeedOrigin::Raw),
        })
    });
    let roles = program.roles.values().flat_map(|role| {
        let exact = role.operations.iter().filter(|(_, name)| !name.value.contains('*'));
        exact.map(|(plane, name)| Mention {
            plane: *plane,
            name: &name.value,
            span: name.span,
            path: format!("role/{}", role.name),
            written: true,
        })
    });
    needs.chain(roles)
}

fn lag(catalogue: &Catalogue, mention: &Mention<'_>) -> Option<Diagnostic> {
    let Mention { plane, name, .. } = *mention;
    let note = |message: String| {
        Diagnostic::new(&CATALOGUE_LAG, mention.span, message).at(mention.path.clone())
    };
    let date = catalogue.date();
    match standing(catalogue, plane, name) {
        Standing::Listed { inferred: true } if mention.written => Some(
            note(format!("the catalogue of {date} only infers that `{name}` is on the {plane} plane"))
                .label(format!("taken as `{}`, as written", word(plane))),
        ),
        Standing::OtherPlane { inferred: true } => Some(
            note(format!("the catalogue of {date} infers that `{name}` is not on the {plane} plane"))
                .label(format!("taken as `{}`, as written", word(plane))),
        ),
        Standing::Unknown => {
            let message = match catalogue.retired(plane, name) {
                Some(seen) => format!("`{name}` was last listed on {seen} and is gone on {date}"),
                None => format!("the catalogue of {date} does not know the operation `{name}`"),
            };
            let finding = note(message).label("taken at face value");
            Some(finding.maybe_help(near(catalogue, plane, name)))
        }
        // On the wrong plane: G0302.
        Standing::Listed { .. } | Standing::OtherPlane { inferred: false } => None,
    }
}

/// The operation of the same provider and plane that was probably meant.
fn near(catalogue: &Catalogue, plane: Plane, name: &str) -> Option<String> {
    let provider = name.split('/').next()?;
    let listed = catalogue.operations_under(provider);
    let names: Vec<String> =
        listed.filter(|operation| operation.plane == plane).map(|operation| operation.name).collect();
    did_you_mean(name, names.iter().map(String::as_str))
}

/// A role that an assignment calls by a former name.
fn renamed(case: &Case<'_>, assignment: &Assignment) -> Option<Diagnostic> {
    let RoleRef::BuiltIn(ix) = assignment.role else { return None };
    let (written, role) = (&assignment.role_name, case.catalogue.role(ix));
    let by_name = written.value.eq_ignore_ascii_case(role.name);
    if by_name || written.value.eq_ignore_ascii_case(role.id) {
        return None;
    }
    let identity = &case.program.identities[assignment.identity].name;
    let resource = &case.program.resources[assignment.on].name;
    Some(
        Diagnostic::new(&CATALOGUE_LAG, written.span, format!("`{written}` is now `{}`", role.name))
            .help(format!("write `assign \"{}\" on=\"{resource}\"`", role.name))
            .at(format!("identity/{identity}/{resource}")),
    )
}
