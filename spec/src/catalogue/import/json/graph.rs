//! Microsoft Graph's permissions: its service principal, or a flat list.

use serde::Deserialize;

use super::parse;
use crate::catalogue::GraphKind;
use crate::catalogue::import::{Facts, GraphFact, ImportError, Source};
use crate::catalogue::texts::is_guid;

/// The program id of Microsoft Graph in every tenant.
const GRAPH_APP_ID: &str = "00000003-0000-0000-c000-000000000000";

#[derive(Deserialize)]
#[serde(untagged)]
enum GraphJson {
    Principal(Principal),
    List(Vec<GraphEntry>),
    Answer { value: Vec<Principal> },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum GraphEntry {
    Principal(Principal),
    Flat(FlatPermission),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Principal {
    app_id: Option<String>,
    app_roles: Vec<AppRole>,
    #[serde(alias = "publishedPermissionScopes")]
    oauth2_permission_scopes: Vec<Scope>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AppRole {
    value: Option<String>,
    id: String,
    #[serde(default)]
    allowed_member_types: Vec<String>,
    is_enabled: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Scope {
    value: Option<String>,
    id: String,
    #[serde(rename = "type")]
    consent: Option<String>,
    is_enabled: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FlatPermission {
    value: String,
    id: String,
    kind: String,
    #[serde(default)]
    admin_consent_required: bool,
    #[serde(default)]
    disabled: bool,
}

pub(in crate::catalogue::import) fn graph(
    source: Source<'_>,
    facts: &mut Facts,
    notes: &mut Vec<String>,
) -> Result<(), ImportError> {
    let mut principals = Vec::new();
    let mut flat = Vec::new();
    // Which of the shapes it was meant to be cannot be told, so neither can what is wrong with it.
    let read =
        parse(source).map_err(
            |error| match error.message.starts_with("data did not match") {
                true => ImportError::new(
                    source.name,
                    "this is neither a service principal nor a list of permissions",
                ),
                false => error,
            },
        );
    match read? {
        GraphJson::Principal(principal) => principals.push(principal),
        GraphJson::Answer { value } => principals = value,
        GraphJson::List(entries) => {
            for entry in entries {
                match entry {
                    GraphEntry::Principal(principal) => principals.push(principal),
                    GraphEntry::Flat(permission) => flat.push(permission),
                }
            }
        }
    }
    let given = principals.len();
    principals.retain(|principal| {
        principal
            .app_id
            .as_deref()
            .is_none_or(|id| id == GRAPH_APP_ID)
    });
    if principals.len() < given {
        notes.push(format!(
            "{} service principals of {} are not Microsoft Graph and are left out",
            given - principals.len(),
            source.name
        ));
    }
    for principal in principals {
        let roles = principal.app_roles.into_iter().filter(|role| {
            role.allowed_member_types
                .iter()
                .any(|kind| kind == "Application")
        });
        flat.extend(roles.filter_map(|role| {
            Some(FlatPermission {
                value: role.value?,
                id: role.id,
                kind: GraphKind::Application.word().to_owned(),
                admin_consent_required: true,
                disabled: role.is_enabled == Some(false),
            })
        }));
        flat.extend(
            principal
                .oauth2_permission_scopes
                .into_iter()
                .filter_map(|scope| {
                    Some(FlatPermission {
                        value: scope.value?,
                        id: scope.id,
                        kind: GraphKind::Delegated.word().to_owned(),
                        admin_consent_required: scope.consent.as_deref() != Some("User"),
                        disabled: scope.is_enabled == Some(false),
                    })
                }),
        );
    }
    for permission in flat {
        add_graph(source, permission, facts)?;
    }
    if facts.graph.is_empty() {
        return Err(ImportError::new(
            source.name,
            "there is no permission of Microsoft Graph in it",
        ));
    }
    Ok(())
}

fn add_graph(
    source: Source<'_>,
    permission: FlatPermission,
    facts: &mut Facts,
) -> Result<(), ImportError> {
    let FlatPermission {
        value,
        id,
        kind,
        admin_consent_required,
        disabled,
    } = permission;
    if value.is_empty() {
        return Ok(());
    }
    let bad =
        |message: &str| ImportError::new(source.name, format!("permission `{value}` {message}"));
    let kind =
        GraphKind::parse(&kind).ok_or_else(|| bad("is neither application nor delegated"))?;
    let id = id.to_ascii_lowercase();
    if !is_guid(&id) {
        return Err(bad("has no GUID"));
    }
    if value.contains(char::is_whitespace) {
        return Err(bad("has a blank in its name"));
    }
    let fact = GraphFact {
        value: value.clone(),
        id,
        admin_consent: admin_consent_required,
        disabled,
    };
    match facts.graph.insert((value.to_ascii_lowercase(), kind), fact) {
        None => Ok(()),
        Some(_) => Err(bad("stands there twice for the same kind")),
    }
}
