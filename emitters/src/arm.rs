//! Resource types: the api-version that templates write, and what creates one in Terraform.
//!
//! One table, so that both targets and every template speak to the same version of a service. The
//! versions are the newest stable ones; `diagnosticSettings` alone has no stable version that is
//! newer than its legacy schema.

use serde::Serialize;

/// A resource type that templates or scopes name.
struct ArmType {
    name: &'static str,
    version: &'static str,
    made: Made,
}

/// How the create templates make a type.
enum Made {
    /// Not at all.
    No,
    /// With its parent, in Terraform all but its diagnostic setting.
    Logged,
    /// In Terraform by this resource of azurerm.
    By(&'static str),
}

const fn ty(name: &'static str, version: &'static str) -> ArmType {
    ArmType {
        name,
        version,
        made: Made::No,
    }
}

const fn made(name: &'static str, version: &'static str, made: Made) -> ArmType {
    ArmType {
        name,
        version,
        made,
    }
}

/// What stands for the version of a type that is not in the table. Only the id of such a resource
/// is asked for, never the resource.
const ANY_VERSION: &str = "2025-01-01";

const TYPES: &[ArmType] = &[
    ty(
        "Microsoft.AppConfiguration/configurationStores",
        "2024-06-01",
    ),
    ty("Microsoft.Authorization/roleAssignments", "2022-04-01"),
    ty("Microsoft.Authorization/roleDefinitions", "2022-04-01"),
    made(
        "Microsoft.CognitiveServices/accounts",
        "2026-07-01",
        Made::By("azurerm_cognitive_account"),
    ),
    ty(
        "Microsoft.CognitiveServices/accounts/deployments",
        "2026-07-01",
    ),
    made(
        "Microsoft.DocumentDB/databaseAccounts",
        "2026-03-15",
        Made::By("azurerm_cosmosdb_account"),
    ),
    made(
        "Microsoft.DocumentDB/databaseAccounts/sqlDatabases",
        "2026-03-15",
        Made::By("azurerm_cosmosdb_sql_database"),
    ),
    made(
        "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers",
        "2026-03-15",
        Made::By("azurerm_cosmosdb_sql_container"),
    ),
    ty(
        "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments",
        "2026-03-15",
    ),
    ty(
        "Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions",
        "2026-03-15",
    ),
    ty("Microsoft.EventHub/namespaces", "2026-01-01"),
    ty("Microsoft.EventHub/namespaces/eventhubs", "2026-01-01"),
    ty("Microsoft.Insights/components", "2020-02-02"),
    ty(
        "Microsoft.Insights/diagnosticSettings",
        "2021-05-01-preview",
    ),
    made(
        "Microsoft.KeyVault/vaults",
        "2026-02-01",
        Made::By("azurerm_key_vault"),
    ),
    ty("Microsoft.KeyVault/vaults/secrets", "2026-02-01"),
    ty(
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        "2024-11-30",
    ),
    ty(
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        "2024-11-30",
    ),
    ty("Microsoft.OperationalInsights/workspaces", "2026-03-01"),
    ty("Microsoft.Resources/resourceGroups", "2025-04-01"),
    made(
        "Microsoft.Search/searchServices",
        "2025-05-01",
        Made::By("azurerm_search_service"),
    ),
    made(
        "Microsoft.ServiceBus/namespaces",
        "2026-01-01",
        Made::By("azurerm_servicebus_namespace"),
    ),
    made(
        "Microsoft.ServiceBus/namespaces/queues",
        "2026-01-01",
        Made::By("azurerm_servicebus_queue"),
    ),
    made(
        "Microsoft.ServiceBus/namespaces/topics",
        "2026-01-01",
        Made::By("azurerm_servicebus_topic"),
    ),
    made(
        "Microsoft.ServiceBus/namespaces/topics/subscriptions",
        "2026-01-01",
        Made::By("azurerm_servicebus_subscription"),
    ),
    ty("Microsoft.Sql/servers", "2025-01-01"),
    ty("Microsoft.Sql/servers/databases", "2025-01-01"),
    made(
        "Microsoft.Storage/storageAccounts",
        "2026-04-01",
        Made::By("azurerm_storage_account"),
    ),
    made(
        "Microsoft.Storage/storageAccounts/blobServices",
        "2026-04-01",
        Made::Logged,
    ),
    made(
        "Microsoft.Storage/storageAccounts/blobServices/containers",
        "2026-04-01",
        Made::By("azurerm_storage_container"),
    ),
    made(
        "Microsoft.Storage/storageAccounts/queueServices",
        "2026-04-01",
        Made::Logged,
    ),
    made(
        "Microsoft.Storage/storageAccounts/queueServices/queues",
        "2026-04-01",
        Made::By("azurerm_storage_queue"),
    ),
    made(
        "Microsoft.Storage/storageAccounts/tableServices",
        "2026-04-01",
        Made::Logged,
    ),
    made(
        "Microsoft.Storage/storageAccounts/tableServices/tables",
        "2026-04-01",
        Made::By("azurerm_storage_table"),
    ),
    ty("Microsoft.Web/serverfarms", "2025-03-01"),
    ty("Microsoft.Web/sites", "2025-03-01"),
    ty(
        "Microsoft.Web/sites/basicPublishingCredentialsPolicies",
        "2025-03-01",
    ),
];

fn find(name: &str) -> Option<&'static ArmType> {
    TYPES.iter().find(|ty| ty.name.eq_ignore_ascii_case(name))
}

/// A type with its api-version, and whether that version knows the type. A type without one of its
/// own, such as an index of a search service, is named with the version of its parent.
pub(crate) fn versioned(name: &str) -> Option<(String, bool)> {
    let typed = find(name).is_some();
    let mut ancestor = name;
    loop {
        if let Some(ty) = find(ancestor) {
            return Some((format!("{name}@{}", ty.version), typed));
        }
        (ancestor, _) = ancestor.rsplit_once('/')?;
    }
}

/// How a scope of a type is written, which a manifest's own connector may name.
pub(crate) fn as_scope(name: &str) -> (String, Typed) {
    match versioned(name) {
        Some((versioned, true)) => (versioned, Typed::Yes),
        Some((versioned, false)) => (versioned, Typed::No),
        None => (format!("{name}@{ANY_VERSION}"), Typed::Unknown),
    }
}

/// Whether Azure publishes a type in the version that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Typed {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// The table does not say.
    Unknown,
}

/// Whether a create template makes a type.
pub(crate) fn is_made(name: &str) -> bool {
    find(name).is_some_and(|ty| !matches!(ty.made, Made::No))
}

/// The resource of azurerm that makes a type, or what is made of one that comes with its parent.
pub(crate) fn azurerm(name: &str) -> Option<&'static str> {
    match find(name)?.made {
        Made::By(azurerm) => Some(azurerm),
        Made::Logged => Some("azurerm_monitor_diagnostic_setting"),
        Made::No => None,
    }
}

/// Whether a type comes with its parent in Terraform.
pub(crate) fn comes_with_parent(name: &str) -> bool {
    find(name).is_some_and(|ty| matches!(ty.made, Made::Logged))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(TYPES.windows(2).all(|pair| pair[0].name < pair[1].name));
    }

    #[test]
    fn a_child_without_a_type_has_its_parents_version() {
        let index = "Microsoft.Search/searchServices/indexes";
        assert_eq!(
            versioned(index),
            Some((format!("{index}@2025-05-01"), false))
        );
        assert_eq!(versioned("Microsoft.Unknown/things"), None);
    }
}
