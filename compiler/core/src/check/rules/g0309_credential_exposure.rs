//! G0309 credential-exposure: an identity of an app can take keys that open what tools use.
//!
//! G0304 and G0306 say that power is left over, by which operation, and what to hold instead; this
//! rule says what the keys open, and says it too where a tool needs them. What grantc creates has
//! its keys off; of what exists that is not known.

use crate::check::Case;
use crate::check::account::{account_name, accounts};
use crate::check::case::few;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::graph::Granted;
use crate::graph::Plane as _;
use crate::ir::{Assignment, AssignmentId, ResourceId};
use grantc_spec::catalogue::OpId;
use grantc_spec::rules::CREDENTIAL_EXPOSURE;
use std::collections::BTreeMap;

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    let opened = opened(case);
    if opened.is_empty() {
        return;
    }
    for (id, assignment) in case.program.assignments.iter() {
        if case.is_attached(assignment.identity) && case.is_judged(assignment) {
            diags.extend(exposure(case, &opened, id, assignment));
        }
    }
}

/// How many accounts or switches a message names.
const SHOWN: usize = 3;

/// The keys of an account that tools use and that exists already.
struct Opened {
    account: String,
    keys: Vec<OpId>,
    off_when: Option<String>,
}

/// What keys open, by each resource of it.
fn opened(case: &Case<'_>) -> BTreeMap<ResourceId, Opened> {
    let used = case.used();
    let mut opened = BTreeMap::new();
    for (place, account) in accounts(case.program) {
        let is_used = account.members.iter().any(|id| used.contains(id));
        if !is_used || !account.existing {
            continue;
        }
        for id in &account.members {
            let connector = &case.program.resources.at(*id).connector;
            let find = |key: &grantc_spec::connectors::ExposedKey| {
                let (universe, operation) = (case.graph.universe(), &key.operation);
                universe.find(case.catalogue, operation.plane, &operation.name)
            };
            let keys: Vec<OpId> = connector.exposes_keys.iter().filter_map(find).collect();
            let mut off = connector.exposes_keys.iter().map(|key| &key.off_when);
            if !keys.is_empty() {
                let keys = Opened {
                    account: account_name(case.program, &place, &account),
                    keys,
                    off_when: off.next().cloned().flatten(),
                };
                opened.insert(*id, keys);
            }
        }
    }
    opened
}

fn exposure(
    case: &Case<'_>,
    opened: &BTreeMap<ResourceId, Opened>,
    id: AssignmentId,
    assignment: &Assignment,
) -> Option<Diagnostic> {
    let power = case.graph.rbac().power(assignment.role);
    let mut accounts: Vec<&str> = Vec::new();
    let mut off: Vec<String> = Vec::new();
    let mut taken: Vec<OpId> = Vec::new();
    let mut first: Option<(ResourceId, OpId)> = None;
    for at in case.below_first(assignment.on) {
        let Some(there) = opened.get(&at) else {
            continue;
        };
        let mut keys = there.keys.iter().copied();
        if !keys.any(|key| power.grants(key) != Granted::No) {
            continue;
        }
        let held = case.held_through(id, at);
        let keys = there.keys.iter().copied();
        let keys: Vec<OpId> = keys.filter(|key| held.binary_search(key).is_ok()).collect();
        let Some(key) = keys.first() else { continue };
        first.get_or_insert((at, *key));
        if !accounts.contains(&there.account.as_str()) {
            accounts.push(&there.account);
            let set = there.off_when.as_ref();
            off.extend(set.map(|it| format!("`{it}` on `{}`", there.account)));
        }
        taken.extend(
            keys.into_iter()
                .filter(|key| !taken.contains(key))
                .collect::<Vec<_>>(),
        );
    }
    let (at, key) = first?;
    let identity = &case.program.identities.at(assignment.identity).name;
    let on = &case.program.resources.at(assignment.on).name;
    let names: Vec<String> = accounts.iter().map(|name| format!("`{name}`")).collect();
    let message = format!(
        "`{}` on `{on}` lets `{identity}` take keys of {}, which open {} past every data role",
        assignment.role_name,
        few(&names, SHOWN),
        if names.len() == 1 { "it" } else { "them" },
    );
    let needed = case.graph.through(id).iter();
    let needed = needed
        .map(|need| case.graph.verdict(*need).operation)
        .any(|operation| taken.contains(&operation));
    let help = match (needed, off.as_slice()) {
        (true, _) => "let the tools use data roles instead of keys".to_owned(),
        (false, []) => "hold a role that does not hand out keys".to_owned(),
        (false, off) => format!(
            "hold a role that does not hand out keys, or turn keys off: {}",
            few(off, SHOWN)
        ),
    };
    let facts = taken
        .iter()
        .map(|key| case.operation(*key).name.into_owned());
    Some(
        Diagnostic::new(&CREDENTIAL_EXPOSURE, assignment.role_name.span, message)
            .label("hands out keys")
            .help(help)
            .note(format!("taken by {}", case.few(&taken)))
            .note(
                "neither roles nor conditions bind who has a key, and it works until it is changed",
            )
            .at(case.path_of_assignment(id))
            .witness(case.chain(id, at, key))
            .facts(names.iter().cloned().chain(facts)),
    )
}

#[cfg(test)]
mod tests {
    use crate::graph::fixture::{Desk, desk, reader, tool};

    fn exposed(desk: &Desk) -> Vec<&str> {
        let found = desk.found.iter();
        found
            .filter(|found| found.rule.code == "G0309")
            .map(|found| found.message.as_str())
            .collect()
    }

    #[test]
    fn a_role_that_lists_keys_opens_the_account() {
        let desk = reader(
            r#"assign "Storage Blob Data Reader" on="archive"
               assign "Contributor" on="data""#,
            r#"uses "archive" "read"; uses "data" action="Microsoft.Resources/deployments/write""#,
        );
        assert_eq!(
            exposed(&desk),
            [
                "`Contributor` on `data` lets `reader` take keys of `stdesk`, which open it past every data role"
            ]
        );
        let found = desk.one("G0309");
        let help = "hold a role that does not hand out keys, or turn keys off: `allowSharedKeyAccess=false` on `stdesk`";
        assert_eq!(found.help.as_deref(), Some(help));
        assert_eq!(found.path.as_deref(), Some("identity/reader/data"));
        let chain = desk.witness(found);
        assert!(
            chain.starts_with("find → reader → assign \"Contributor\"")
                && chain.ends_with("/action"),
            "{chain}"
        );
    }

    #[test]
    fn keys_that_a_tool_needs_open_no_less() {
        let desk = reader(
            r#"assign "Storage Account Key Operator Service Role" on="account""#,
            r#"uses "account" action="Microsoft.Storage/storageAccounts/listKeys/action""#,
        );
        assert_eq!(
            desk.one("G0309").help.as_deref(),
            Some("let the tools use data roles instead of keys")
        );
    }

    #[test]
    fn from_below_the_account_no_key_is_taken() {
        let desk = reader(
            r#"assign "Storage Blob Data Reader" on="archive"
               assign "Contributor" on="archive""#,
            r#"uses "archive" "read""#,
        );
        assert_eq!(exposed(&desk), [""; 0]);
    }

    #[test]
    fn from_a_queue_no_key_of_its_namespace_is_taken() {
        let bus = |on: &str| {
            let assign = format!(r#"assign "Azure Service Bus Data Owner" on="{on}""#);
            let desk = desk(&format!(
                r#"resource "bus" type="azure.servicebus" existing=#true {{ namespace "sb-desk" }}
                resource "out" type="azure.servicebus" existing=#true {{ namespace "sb-desk"; queue "out" }}
                identity "sender" type="user-assigned" {{ {assign} }}
                {}"#,
                tool("send", "sender", r#"uses "out" "send""#)
            ));
            desk.one("G0309").facts.clone()
        };
        let of_the_namespace = |fact: &String| fact.contains("/namespaces/authorizationRules/");
        assert!(!bus("out").iter().any(of_the_namespace), "{:?}", bus("out"));
        assert!(bus("bus").iter().any(of_the_namespace), "{:?}", bus("bus"));
    }

    #[test]
    fn what_no_tool_uses_and_what_is_created_opens_nothing() {
        let idle = reader(
            r#"assign "Search Index Data Reader" on="index"
               assign "Storage Account Key Operator Service Role" on="account""#,
            r#"uses "index" "query""#,
        );
        assert_eq!(exposed(&idle), [""; 0]);
        let created = desk(&format!(
            r#"resource "own" type="azure.blob" {{ account "stown"; container "c" }}
            identity "reader" type="user-assigned" {{
                assign "Storage Blob Data Reader" on="own"
                assign "Contributor" on="azure"
            }}
            {}"#,
            tool("find", "reader", r#"uses "own" "read""#)
        ));
        assert_eq!(exposed(&created), [""; 0]);
    }

    #[test]
    fn one_that_deploys_and_one_that_no_app_has_are_passed_over() {
        let desk = desk(&format!(
            r#"identity "rollout" type="user-assigned" deploys=#true {{ assign "Contributor" on="data" }}
            identity "idle" type="user-assigned" {{ assign "Contributor" on="data" }}
            identity "reader" type="user-assigned" {{ assign "Storage Blob Data Reader" on="archive" }}
            {}"#,
            tool("find", "reader", r#"uses "archive" "read""#)
        ));
        assert_eq!(exposed(&desk), [""; 0]);
    }

    #[test]
    fn reading_where_keys_are_kept_is_no_exposure() {
        let desk = reader(
            r#"assign "Reader" on="data"; assign "Storage Blob Data Reader" on="archive""#,
            r#"uses "archive" "read"; uses "data" action="Microsoft.Resources/subscriptions/resourceGroups/read""#,
        );
        assert_eq!(exposed(&desk), [""; 0]);
    }
}
