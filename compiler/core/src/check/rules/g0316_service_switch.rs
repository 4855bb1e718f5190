//! G0316 service-switch: how an existing service is set decides what roles on it are worth.
//!
//! What grantc creates has its roles on and its keys off. What exists is never modified, and how
//! it is set is not seen, so that this is a note: one for each account that tools use.

use crate::check::Case;
use crate::check::account::{Account, account_name, accounts};
use crate::check::case::list;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{ResourceId, Text};
use grantc_spec::connectors::Connector;
use grantc_spec::rules::SERVICE_SWITCH;
use std::collections::BTreeSet;

pub(super) fn check(case: &Case<'_>, diags: &mut Diagnostics) {
    let used = case.used();
    for (place, account) in accounts(case.program) {
        if account.existing {
            diags.extend(unknown(case, &used, &place, &account));
        }
    }
}

fn unknown(
    case: &Case<'_>,
    used: &BTreeSet<ResourceId>,
    place: &[Text],
    account: &Account,
) -> Option<Diagnostic> {
    let members = account.members.iter().filter(|id| used.contains(id));
    let members: Vec<_> = members.map(|id| case.program.resources.at(*id)).collect();
    let first = members.first()?;
    let connectors: Vec<&Connector> = members.iter().map(|it| it.connector.as_ref()).collect();
    let keys_off = keys_off(&connectors);
    let roles_on = roles_on(&connectors);
    let names: Vec<_> = members.iter().map(|it| format!("`{}`", it.name)).collect();
    let (exist, their, them) = match members.len() {
        1 => ("exists", "its", "it"),
        _ => ("exist", "their", "them"),
    };
    let doubt = match (roles_on.is_empty(), keys_off.is_empty()) {
        (false, false) => {
            format!("{their} roles may have no effect, and keys may open {them} past every role")
        }
        (false, true) => format!("{their} roles may have no effect"),
        (true, false) => format!("keys may open {them} past every role"),
        (true, true) => return None,
    };
    let message = format!("{} {exist} already: {doubt}", list(&names));
    // A property that turns keys off may turn roles on as well.
    let mut wanted = keys_off.clone();
    for either in &roles_on {
        if !either.iter().any(|it| wanted.contains(it)) {
            wanted.extend(either.first());
        }
    }
    let mut finding = Diagnostic::new(&SERVICE_SWITCH, first.span, message)
        .help(format!(
            "see that {} is set on `{}`, where it is managed",
            list(&quoted(&wanted)),
            account_name(case.program, place, account)
        ))
        .at(format!("resource/{}", first.name));
    // With one way to turn them on the help says it all.
    for either in roles_on.iter().filter(|either| either.len() > 1) {
        let either = quoted(either).join(" or ");
        finding = finding.note(format!("roles have no effect without {either}"));
    }
    Some(finding)
}

/// The properties that turn keys off, each once.
fn keys_off<'c>(connectors: &[&'c Connector]) -> Vec<&'c str> {
    let keys = connectors.iter().flat_map(|it| &it.exposes_keys);
    let mut off: Vec<&str> = Vec::new();
    for one in keys.filter_map(|key| key.off_when.as_deref()) {
        if !off.contains(&one) {
            off.push(one);
        }
    }
    off
}

/// For each switch of roles the properties of which any turns it on, each once.
fn roles_on<'c>(connectors: &[&'c Connector]) -> Vec<Vec<&'c str>> {
    let mut on: Vec<Vec<&str>> = Vec::new();
    for switch in connectors.iter().flat_map(|it| &it.switches) {
        let either: Vec<&str> = switch.on_when.iter().map(String::as_str).collect();
        if !either.is_empty() && !on.contains(&either) {
            on.push(either);
        }
    }
    on
}

fn quoted(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| format!("`{text}`")).collect()
}

#[cfg(test)]
mod tests {
    use crate::graph::fixture::{Desk, whole};
    use grantc_spec::rules::Level;

    fn desk(resources: &str, assigns: &str, uses: &str) -> Desk {
        whole(&format!(
            r#"grantc version=1
            server "desk" version="1.0.0" {{ description "A desk."; namespace "com.example" }}
            azure {{ resource-group "rg-desk"; location "westeurope" }}
            {resources}
            identity "who" type="user-assigned" {{ {assigns} }}
            tool "do" {{ description "Do."; as "who"; {uses}; output {{ ok boolean }} }}"#
        ))
    }

    #[test]
    fn of_what_exists_it_is_not_known_whether_roles_have_an_effect() {
        let desk = desk(
            r#"resource "index" type="azure.search" existing=#true { service "srch-desk"; index "invoices" }
            resource "more" type="azure.search" existing=#true { service "srch-desk"; index "more" }
            resource "vault" type="azure.keyvault" existing=#true { vault "kv-desk" }"#,
            r#"assign "Search Index Data Reader" on="index"; assign "Search Index Data Reader" on="more"; assign "Key Vault Secrets User" on="vault""#,
            r#"uses "index" "query"; uses "more" "query"; uses "vault" "read""#,
        );
        let found: Vec<_> = desk
            .found
            .iter()
            .filter(|found| found.rule.code == "G0316")
            .collect();
        let messages: Vec<_> = found.iter().map(|found| found.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "`index` and `more` exist already: their roles may have no effect, and keys may open them past every role",
                "`vault` exists already: its roles may have no effect",
            ]
        );
        let helps: Vec<_> = found
            .iter()
            .filter_map(|found| found.help.as_deref())
            .collect();
        assert_eq!(
            helps,
            [
                "see that `disableLocalAuth=true` is set on `srch-desk`, where it is managed",
                "see that `enableRbacAuthorization=true` is set on `kv-desk`, where it is managed",
            ]
        );
        assert_eq!(
            found[0].notes,
            ["roles have no effect without `disableLocalAuth=true` or `authOptions.aadOrApiKey`"]
        );
        assert!(found.iter().all(|found| found.level == Level::Note));
    }

    #[test]
    fn an_account_is_told_once() {
        let desk = desk(
            r#"resource "archive" type="azure.blob" existing=#true { account "stdesk"; container "a" }
            resource "drafts" type="azure.blob" existing=#true { account "STDESK"; container "b" }
            resource "inbox" type="azure.queue" existing=#true { account "stdesk"; queue "in" }
            resource "other" type="azure.blob" existing=#true { account "stother"; container "a" }"#,
            r#"assign "Storage Blob Data Reader" on="archive"; assign "Storage Blob Data Reader" on="drafts"
            assign "Storage Queue Data Reader" on="inbox"; assign "Storage Blob Data Reader" on="other""#,
            r#"uses "archive" "read"; uses "drafts" "read"; uses "inbox" "peek"; uses "other" "read""#,
        );
        let found = desk.found.iter().filter(|found| found.rule.code == "G0316");
        let messages: Vec<_> = found.map(|found| found.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "`archive`, `drafts` and `inbox` exist already: keys may open them past every role",
                "`other` exists already: keys may open it past every role",
            ]
        );
    }

    #[test]
    fn what_is_created_has_its_keys_off_and_its_roles_on() {
        let desk = desk(
            r#"resource "index" type="azure.search" { service "srch-desk"; index "invoices" }
            resource "vault" type="azure.keyvault" { vault "kv-desk" }
            resource "items" type="azure.cosmos" { account "cosmos-desk"; database "d"; container "c" }"#,
            r#"assign "Search Index Data Reader" on="index"; assign "Key Vault Secrets User" on="vault""#,
            r#"uses "index" "query"; uses "vault" "read"; uses "items" "read""#,
        );
        assert!(!desk.codes().contains(&"G0316"), "{:?}", desk.codes());
    }

    #[test]
    fn what_no_tool_uses_is_not_asked_about() {
        let desk = desk(
            r#"resource "index" type="azure.search" existing=#true { service "srch-desk"; index "invoices" }
            resource "data" type="azure.resource-group" { resource-group "rg-data" }"#,
            r#"assign "Reader" on="data"; assign "Search Index Data Reader" on="index""#,
            r#"uses "data" action="Microsoft.Resources/subscriptions/resourceGroups/read""#,
        );
        assert!(!desk.codes().contains(&"G0316"), "{:?}", desk.codes());
    }
}
