//! G0308 escalation-path: a chain by which an identity can give itself or reach more than it holds.
//!
//! One finding for each identity: the surest and worst that it reaches, by the shortest way, the
//! rest in a note. Of one that deploys only this counts, that it can give roles as it likes:
//! publishing code and attaching identities is what deploying is.

use crate::check::Case;
use crate::check::case::{count, few};
use crate::check::escalation::{Closure, Gain, Mark, Step, Use, Way};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{AssignmentId, Identity, IdentityId};
use grantc_spec::escalation::Yield;
use grantc_spec::rules::{ESCALATION_PATH, Level};

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    let Some(closure) = Closure::new(case) else {
        return;
    };
    for (id, identity) in case.program.identities.iter() {
        if identity.deploys {
            diags.extend(of_deployer(case, &closure, id, identity));
        } else if case.is_attached(id) {
            diags.extend(of_attached(case, &closure, id, identity));
        }
    }
}

/// How many gains are named.
const SHOWN: usize = 4;

fn of_attached(
    case: &Case<'_>,
    closure: &Closure<'_, '_>,
    id: IdentityId,
    identity: &Identity,
) -> Option<Diagnostic> {
    let gains = closure.gains(id);
    let gain = gains.first()?;
    let steps = || {
        gain.path.iter().filter_map(|mark| match mark {
            Mark::Step(number) => closure.step(*number),
            _ => None,
        })
    };
    let first = steps().next()?;
    let last = steps().next_back()?;
    let by = first.uses.first()?.by;
    let name = &identity.name;
    let held = case.program.assignments.at(by);
    let message = format!("`{name}` can {}", reaches(case, closure, gain, last));
    let all: Vec<String> = gains.iter().map(|gain| closure.end(gain.mark)).collect();
    let mut finding = Diagnostic::new(&ESCALATION_PATH, held.role_name.span, message)
        .label(label(closure, gain, first))
        .help(help(case, first, by))
        .at(format!("identity/{name}"))
        .witness(closure.witness(gain))
        .facts(facts(closure, &gains));
    if !gain.certain {
        finding = finding.level(Level::Warning);
    }
    if all.len() > 1 {
        finding = finding.note(format!(
            "{} in all are within its reach and not held: {}",
            count(all.len(), "thing"),
            few(&all, SHOWN)
        ));
    }
    if steps().any(|step| step.undecided) {
        finding = finding.note("a parameter decides whether that is in its scope");
    }
    Some(finding)
}

fn label(closure: &Closure<'_, '_>, gain: &Gain, first: &Step) -> String {
    match gain.mark {
        Mark::SomeRoles(by) if first.uses.iter().any(|used| used.by == by) => {
            "whoever holds this gives the roles that its condition lists, to itself too".to_owned()
        }
        _ => format!("whoever holds this {}", closure.deed(first)),
    }
}

/// What to write instead, or who answers when a tool is there to do just that.
fn help(case: &Case<'_>, first: &Step, by: AssignmentId) -> String {
    let held = case.program.assignments.at(by);
    let name = &case.program.identities.at(held.identity).name;
    let tool = case.graph.through(by).iter().find_map(|need| {
        let operation = case.decisive(*need);
        let same = |used: &Use| used.by == by && used.name.eq_ignore_ascii_case(&operation.name);
        let tool = case.program.needs.at(*need).tool;
        first.uses.iter().any(same).then_some(tool)
    });
    match tool {
        Some(tool) => format!(
            "`{}` needs just that: leave it to an identity that deploys, or answer for it with `accept \"G0308\" at=\"identity/{name}\"`",
            case.program.tools.at(tool).name
        ),
        None => format!(
            "remove `{}` on `{}` from `{name}`, and assign what its tools need on what they use",
            held.role_name,
            case.program.resources.at(held.on).name
        ),
    }
}

/// What is reached, after `can`.
fn reaches(case: &Case<'_>, closure: &Closure<'_, '_>, gain: &Gain, last: &Step) -> String {
    let end = closure.end(gain.mark);
    match gain.mark {
        Mark::Identity(_) => format!("act as {end}, which holds more than it does"),
        Mark::App(app) => match case.program.apps.at(app).identities.is_empty() {
            true => format!("change what runs in {end}"),
            false => format!("change what runs in {end}, and act as its identities"),
        },
        Mark::Calls(_) => format!("call {end} with a key, and so reach what they reach"),
        Mark::AnyRole(_) | Mark::SomeRoles(_) => format!("give itself {end}"),
        Mark::Data(_) => format!("let itself at {end}, which it does not hold"),
        Mark::Keys(_) => format!("take a key to {end}, where it holds nothing"),
        _ => {
            // `gives itself …` after `can`.
            let deed = closure.deed(last);
            match deed.split_once(' ') {
                Some((verb, rest)) => format!("{} {rest}", verb.strip_suffix('s').unwrap_or(verb)),
                None => deed.to_owned(),
            }
        }
    }
}

/// Everything that is gained and how, for whoever accepts it.
fn facts(closure: &Closure<'_, '_>, gains: &[Gain]) -> Vec<String> {
    let mut facts: Vec<String> = gains
        .iter()
        .map(|gain| {
            let ways = gain.path.iter().filter_map(|mark| match mark {
                Mark::Step(number) => closure.step(*number).map(|step| match step.way {
                    Way::Row(row) => row.kind,
                    Way::Key => "key",
                }),
                _ => None,
            });
            let ways: Vec<&str> = ways.collect();
            format!("{} by {}", closure.end(gain.mark), ways.join(", "))
        })
        .collect();
    facts.sort();
    facts
}

/// Whoever deploys and can give roles as they like, or change what roles are.
fn of_deployer(
    case: &Case<'_>,
    closure: &Closure<'_, '_>,
    id: IdentityId,
    identity: &Identity,
) -> Option<Diagnostic> {
    let mut found = closure.steps_of(id).filter_map(|(_, step)| {
        let Way::Row(row) = step.way else { return None };
        let by = step.uses.first()?.by;
        let on = case.program.assignments.at(by).on;
        let free = match row.yields {
            Yield::AnyRole => step.opens(0).contains(&Mark::AnyRole(on)),
            Yield::OwnRole => case.is_wide(on),
            _ => false,
        };
        free.then_some((row.yields, by, step))
    });
    let (yields, by, step) = found.next()?;
    let held = case.program.assignments.at(by);
    let (name, on) = (&identity.name, &case.program.resources.at(held.on).name);
    let label = case.label(held.on);
    let (message, help) = match yields {
        Yield::AnyRole => (
            format!("`{name}` can give any role on `{label}`, to anyone"),
            delegation(case, by),
        ),
        _ => (
            format!(
                "`{name}` can change what custom roles on `{label}` grant, and no condition narrows that"
            ),
            format!(
                "when the manifest has no custom roles, narrow `{}` on `{on}` to what leaves them alone; else accept it, with a reason",
                held.role_name
            ),
        ),
    };
    let end = match yields {
        Yield::AnyRole => format!("any role on {label}"),
        _ => format!("any custom role on {label}"),
    };
    let mut witness = closure.witness(&Gain {
        mark: Mark::Identity(id),
        path: vec![Mark::Identity(id)],
        certain: true,
    });
    closure.operations(step, &mut witness);
    witness.push(crate::diagnostic::Step::new(end.clone()));
    Some(
        Diagnostic::new(&ESCALATION_PATH, held.role_name.span, message)
            .level(Level::Warning)
            .label(match yields {
                Yield::AnyRole => format!("whoever holds this {}", closure.deed(step)),
                _ => {
                    "whoever holds this changes custom roles, those that others hold too".to_owned()
                }
            })
            .help(help)
            .at(format!("identity/{name}"))
            .witness(witness)
            .facts([end]),
    )
}

/// The delegation that deploying needs.
fn delegation(case: &Case<'_>, by: AssignmentId) -> String {
    let held = case.program.assignments.at(by);
    let on = &case.program.resources.at(held.on).name;
    let role = &held.role_name;
    match role.value.as_str() {
        "Owner" => format!(
            "write `assign \"Contributor\" on=\"{on}\"` and `assign \"Role Based Access Control Administrator\" on=\"{on}\" {{ where roles=\"emitted\" }}` instead"
        ),
        _ => format!(
            "write `assign \"Role Based Access Control Administrator\" on=\"{on}\" {{ where roles=\"emitted\" }}` instead"
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::graph::fixture::{BLOB, Desk, tool, whole};

    /// A desk whose `grower` reads an archive and holds this besides.
    fn grows(rest: &str, assigns: &str) -> Desk {
        whole(&format!(
            r#"grantc version=1
            server "desk" version="1.0.0" {{ description "A desk."; namespace "com.example" }}
            azure {{ resource-group "rg-desk"; location "westeurope" }}
            resource "archive" type="azure.blob" existing=#true {{ account "starchive"; container "archive"; resource-group "rg-data" }}
            resource "drafts" type="azure.blob" existing=#true {{ account "stdrafts"; container "drafts"; resource-group "rg-data" }}
            resource "sql" type="azure.sql" existing=#true {{ server "sql-desk"; resource-group "rg-data" }}
            {rest}
            identity "grower" type="user-assigned" {{
                assign "Storage Blob Data Reader" on="archive"
                {assigns}
            }}
            {}"#,
            tool("find", "grower", r#"uses "archive" "read""#),
        ))
    }

    #[test]
    fn data_that_is_within_reach_is_said_to_be_and_how() {
        let desk = grows(
            r#"role "Grow" { action "Microsoft.Sql/servers/administrators/write" }"#,
            r#"assign "Grow" on="sql""#,
        );
        let found = desk.one("G0308");
        assert_eq!(
            found.message,
            "`grower` can let itself at the data of `sql`, which it does not hold"
        );
        assert_eq!(
            found.label.as_deref(),
            Some("whoever holds this makes itself the administrator of every database")
        );
        assert_eq!(found.facts, ["the data of `sql` by sql-administrator"]);
    }

    #[test]
    fn a_tool_that_needs_something_else_of_the_role_does_not_answer_for_it() {
        let grow = format!(
            r#"role "Grow" {{ action "Microsoft.Authorization/roleAssignments/write"; data-action "{BLOB}/read" }}"#
        );
        let desk = grows(&grow, r#"assign "Grow" on="archive""#);
        assert_eq!(
            desk.one("G0308").help.as_deref(),
            Some(
                "remove `Grow` on `archive` from `grower`, and assign what its tools need on what they use"
            )
        );
    }

    /// Of `other` it holds every operation; but it may only give roles that are good for nothing
    /// there, and `other` may give those of the manifest.
    #[test]
    fn roles_that_another_gives_are_given_by_acting_as_that() {
        let desk = grows(
            r#"role "Attach" { action "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write" }
            role "Give" { action "Microsoft.Authorization/roleAssignments/write" }
            identity "other" type="user-assigned" {
                assign "Give" on="drafts" { where roles="emitted" }
            }"#,
            r#"assign "Key Vault Data Access Administrator" on="drafts"
               assign "Attach" on="azure""#,
        );
        let found = desk.one("G0308");
        assert_eq!(
            (found.message.as_str(), found.label.as_deref()),
            (
                "`grower` can give itself `Give`, `Storage Blob Data Reader` and 5 more roles on `drafts`",
                Some(
                    "whoever holds this lets tokens of an issuer of its own stand for the identity"
                )
            )
        );
    }
}
