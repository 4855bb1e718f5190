//! Planes: the separate worlds of permission that never mix.
//!
//! The key of an operation is the pair (plane, name): `Microsoft.KeyVault/vaults/keys/read`
//! exists on the control plane and on the data plane, and they are two permissions.

use std::fmt;

/// A world of permissions with its own operations, roles and assignments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Plane {
    /// Azure RBAC `actions`: managing resources.
    Control,
    /// Azure RBAC `dataActions`: the data inside resources.
    Data,
    /// Cosmos DB for NoSQL native roles.
    CosmosSql,
    /// Permissions inside an Azure SQL database.
    SqlDatabase,
    /// Microsoft Graph permissions.
    Graph,
    /// App roles and delegated scopes of a custom API.
    EntraApp,
}

impl Plane {
    /// The word that stands for the plane in every output.
    pub const fn word(self) -> &'static str {
        match self {
            Plane::Control => "control",
            Plane::Data => "data",
            Plane::CosmosSql => "cosmos-sql",
            Plane::SqlDatabase => "sql-database",
            Plane::Graph => "graph",
            Plane::EntraApp => "entra-app",
        }
    }

    /// The other plane of Azure RBAC, for a plane of Azure RBAC.
    pub const fn other_rbac(self) -> Option<Plane> {
        match self {
            Plane::Control => Some(Plane::Data),
            Plane::Data => Some(Plane::Control),
            _ => None,
        }
    }
}

impl fmt::Display for Plane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
