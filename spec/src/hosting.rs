//! What the host identity of an app needs: `spec/hosting/roles.txt`.
//!
//! Each app has an identity of its own for the Functions host: it reads the package, takes locks
//! and sends telemetry. No tool acts as it, yet what it holds counts in the authority of the app.
//! With these roles neither a storage key nor an instrumentation key is needed.

use std::sync::OnceLock;

/// A role that the host identity holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HostRole {
    /// The role's GUID.
    pub id: &'static str,
    /// The role's name.
    pub role: &'static str,
    /// What it is assigned on.
    pub on: HostTarget,
    /// Which apps need it.
    pub when: HostNeed,
    /// What it is for.
    pub why: &'static str,
    /// Where that is documented.
    pub source: &'static str,
}

/// What a role of the host identity is assigned on; both belong to the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostTarget {
    /// The storage account of the host.
    StorageAccount,
    /// The Application Insights component.
    ApplicationInsights,
}

impl HostTarget {
    /// The resource type in Azure.
    pub const fn resource_type(self) -> &'static str {
        match self {
            HostTarget::StorageAccount => "Microsoft.Storage/storageAccounts",
            HostTarget::ApplicationInsights => "Microsoft.Insights/components",
        }
    }
}

/// Which apps need a role of the host identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostNeed {
    /// Every app.
    Always,
    /// Apps whose tools the MCP extension of the host serves.
    Extension,
}

/// The name of the host identity of an app.
pub fn host_identity(app: &str) -> String {
    format!("{app}-host")
}

/// The roles of the host identity, in the order of the table.
pub fn host_roles() -> &'static [HostRole] {
    static ROLES: OnceLock<Vec<HostRole>> = OnceLock::new();
    ROLES.get_or_init(|| {
        include_str!("../hosting/roles.txt")
            .lines()
            .filter_map(row)
            .collect()
    })
}

/// The roles that an app needs: served by the MCP extension, or by its own server.
pub fn host_roles_of(extension: bool) -> impl Iterator<Item = &'static HostRole> {
    host_roles()
        .iter()
        .filter(move |role| extension || role.when == HostNeed::Always)
}

fn row(line: &'static str) -> Option<HostRole> {
    if line.starts_with('#') {
        return None;
    }
    let mut words = line.split('\t');
    let (id, role) = (words.next()?, words.next()?);
    let on = match words.next()? {
        "storage-account" => HostTarget::StorageAccount,
        "application-insights" => HostTarget::ApplicationInsights,
        _ => return None,
    };
    let when = match words.next()? {
        "always" => HostNeed::Always,
        "extension" => HostNeed::Extension,
        _ => return None,
    };
    Some(HostRole {
        id,
        role,
        on,
        when,
        why: words.next()?,
        source: words.next()?,
    })
}

#[cfg(test)]
mod tests {
    use super::{HostTarget, host_roles, host_roles_of};
    use crate::{Catalogue, Plane};

    #[test]
    fn every_row_is_read_and_is_a_role_of_the_catalogue() {
        let rows = include_str!("../hosting/roles.txt")
            .lines()
            .filter(|line| !line.starts_with('#'));
        assert_eq!(host_roles().len(), rows.count());
        let catalogue = Catalogue::embedded();
        for host in host_roles() {
            let role = catalogue.role(catalogue.role_by_id(host.id).expect(host.role));
            assert_eq!((role.name, role.id), (host.role, host.id));
            assert!(!host.why.is_empty() && !host.source.is_empty());
        }
    }

    #[test]
    fn the_queue_is_for_the_extension_only() {
        assert_eq!(host_roles_of(true).count(), 4);
        let own: Vec<&str> = host_roles_of(false).map(|host| host.role).collect();
        assert!(!own.contains(&"Storage Queue Data Contributor") && own.len() == 3);
    }

    #[test]
    fn the_roles_grant_data_operations_of_what_they_are_assigned_on() {
        let catalogue = Catalogue::embedded();
        for host in host_roles() {
            let ix = catalogue.role_by_id(host.id).expect(host.role);
            let data = catalogue
                .expand(Plane::Data, "*")
                .intersection(&catalogue.grants(ix).sure);
            let prefix = match host.on {
                HostTarget::StorageAccount => "Microsoft.Storage/storageAccounts/",
                HostTarget::ApplicationInsights => "Microsoft.Insights/",
            };
            assert!(!data.is_empty());
            let names = data
                .iter()
                .filter_map(|id| catalogue.op(id))
                .map(|op| op.name);
            assert!(
                names.into_iter().all(|name| name.starts_with(prefix)),
                "{}",
                host.role
            );
        }
    }
}
