//! Roles on the data of Cosmos DB, which every account keeps for itself.
//!
//! They are children of the account, not assignments of Azure RBAC, and their scopes spell
//! databases and containers as `dbs` and `colls`. A custom role is defined in each account that it
//! is assigned in.

use super::{Build, Node, Resource, Symbol, Text};
use grantc_core::ir::{Assignment, CustomRoleId, RoleRef};
use grantc_spec::connectors::PlaneFamily;
use serde::Serialize;

/// What is held on the data of Cosmos DB.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Cosmos {
    /// The accounts that it is held in.
    pub accounts: Vec<CosmosAccount>,
    /// Custom roles, each once for every account.
    pub roles: Vec<CosmosRole>,
    /// What is held.
    pub assignments: Vec<CosmosAssignment>,
}

/// An account in which something is held.
#[derive(Clone, Debug, Serialize)]
pub struct CosmosAccount {
    /// Path of the node of the resource that declares it.
    pub path: String,
    /// Its identifier.
    pub symbol: Symbol,
    /// Its name; where the deployment creates it, a reference to that.
    pub name: Text,
    /// Its id, known before it exists.
    pub id: Text,
    /// The place it is in, by index.
    pub place: usize,
}

/// A custom role of an account.
#[derive(Clone, Debug, Serialize)]
pub struct CosmosRole {
    /// Path of its node.
    pub path: String,
    /// Its identifier.
    pub symbol: Symbol,
    /// Its name in the manifest.
    pub name: String,
    /// Its name in the account.
    pub display: Text,
    /// The account, by index.
    pub account: usize,
    /// Where it is assigned.
    pub scopes: Vec<Text>,
    /// What it grants.
    pub operations: Vec<String>,
    /// The place it is in, by index.
    pub place: usize,
    #[serde(skip)]
    id: CustomRoleId,
}

/// A role that an identity holds on data.
#[derive(Clone, Debug, Serialize)]
pub struct CosmosAssignment {
    /// Path of its node.
    pub path: String,
    /// Its identifier.
    pub symbol: Symbol,
    /// Who holds it.
    pub identity: Symbol,
    /// Name of the role.
    pub role: String,
    /// GUID of a role that the service brings.
    pub guid: Option<&'static str>,
    /// A custom role, by index.
    pub custom: Option<usize>,
    /// The account, by index.
    pub account: usize,
    /// What it is held on.
    pub scope: Text,
    /// What is written before it: an account takes one change of its roles at a time.
    pub after: Option<Symbol>,
    /// The place it is in, by index.
    pub place: usize,
}

impl Build<'_> {
    /// What is held on the data of Cosmos DB, in manifest order.
    pub(super) fn cosmos(&mut self, resources: &[Resource]) -> Cosmos {
        let mut cosmos = Cosmos::default();
        let program = self.program;
        for held in program.assignments.values() {
            if self.has(held.identity) && self.family(held.role) == PlaneFamily::CosmosSql {
                self.cosmos_assignment(held, &mut cosmos);
            }
        }
        for account in &mut cosmos.accounts {
            let declares = |resource: &&Resource| {
                let mut nodes = resource.nodes.iter();
                nodes.any(|node| node.symbol == account.symbol)
            };
            let path = resources.iter().find(declares);
            account.path = path.map(|it| it.path.clone()).unwrap_or_default();
        }
        cosmos
    }

    fn cosmos_assignment(&mut self, held: &Assignment, cosmos: &mut Cosmos) -> Option<()> {
        let chain = self.chains.get(&held.on)?.clone();
        let place = self.scopes.get(&held.on)?.place;
        let account = self.cosmos_account(chain.first()?, place, cosmos);
        let scope = self.cosmos_scope(held, &chain, cosmos.accounts.get(account)?);
        let custom = match held.role {
            RoleRef::Custom(id) => Some(self.cosmos_role(id, account, &scope, cosmos)?),
            _ => None,
        };
        let identity = self.identities.get(&held.identity)?.clone();
        let guid = held.role.plane_role().and_then(|role| role.id);
        let known = cosmos.assignments.iter().any(|known| {
            known.identity == identity
                && (known.guid, known.custom) == (guid, custom)
                && known.scope == scope
        });
        if known {
            return None;
        }
        let name = self.identity_name(held.identity).to_owned();
        let on = &self.program.resources.get(held.on)?.name.value;
        let role = held.role_name.value.clone();
        let after = cosmos
            .assignments
            .iter()
            .rfind(|before| before.account == account);
        cosmos.assignments.push(CosmosAssignment {
            path: self.path_of(held),
            symbol: self
                .symbols
                .name("assignment", &format!("{name} {role} on {on}")),
            identity,
            role,
            guid,
            custom,
            account,
            scope,
            after: after.map(|before| before.symbol.clone()),
            place,
        });
        Some(())
    }

    /// The account of a chain, by its index.
    fn cosmos_account(&self, node: &Node, place: usize, cosmos: &mut Cosmos) -> usize {
        let known = cosmos
            .accounts
            .iter()
            .position(|account| account.symbol == node.symbol);
        known.unwrap_or_else(|| {
            let at = self.places.get(place).map(|place| place.id.clone());
            let id = at
                .unwrap_or_default()
                .and(format!("/providers/{}/", node.ty));
            cosmos.accounts.push(CosmosAccount {
                path: String::new(),
                symbol: node.symbol.clone(),
                name: node.reference(),
                id: id.then(node.name.clone()),
                place,
            });
            cosmos.accounts.len() - 1
        })
    }

    /// The scope of an assignment: the account's id, then what of it is meant. Names of what the
    /// deployment creates refer to that, so that it is there before.
    fn cosmos_scope(&self, held: &Assignment, chain: &[Node], account: &CosmosAccount) -> Text {
        let id = Text::code(
            format!("{}.id", account.symbol.bicep),
            format!("local.{}_cosmos_account", account.symbol.hcl),
        );
        let resource = self.program.resources.get(held.on);
        let links = resource.map(|resource| super::resource::links(&resource.scope));
        let below = links.unwrap_or_default();
        let below = below.iter().enumerate().skip(1);
        below.fold(id, |scope, (place, link)| {
            let word = match place {
                1 => "/dbs/",
                _ => "/colls/",
            };
            let name = chain.get(place).map(Node::reference);
            scope
                .and(word)
                .then(name.unwrap_or_else(|| self.text(&link.name)))
        })
    }

    /// A custom role in an account, by its index; it can be assigned at the scope from now on.
    fn cosmos_role(
        &mut self,
        id: CustomRoleId,
        account: usize,
        scope: &Text,
        cosmos: &mut Cosmos,
    ) -> Option<usize> {
        let known = cosmos
            .roles
            .iter()
            .position(|role| role.id == id && role.account == account);
        if let Some(role) = known.and_then(|known| cosmos.roles.get_mut(known)) {
            if !role.scopes.contains(scope) {
                role.scopes.push(scope.clone());
            }
            return known;
        }
        let role = self.program.roles.get(id)?;
        let home = cosmos.accounts.get(account)?;
        let words = format!("{} {}", role.name, home.symbol.hcl);
        let server = &self.program.server.name.value;
        let operations = role.operations.iter();
        cosmos.roles.push(CosmosRole {
            path: self.path_of_role(role),
            symbol: self.symbols.kinded("role", &words),
            name: role.name.value.clone(),
            display: Text::literal(format!("{} ({server}-", role.name))
                .then(Text::suffix())
                .and(")"),
            account,
            scopes: vec![scope.clone()],
            operations: operations.map(|one| one.pattern.value.clone()).collect(),
            place: home.place,
            id,
        });
        Some(cosmos.roles.len() - 1)
    }
}
