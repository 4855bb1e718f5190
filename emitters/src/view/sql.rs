//! Users and roles of Azure SQL databases, which no resource of Azure stands for: a script makes
//! them once the identities are there.
//!
//! A user is bound to the client id of its identity. Looking it up by name would give the data to
//! whoever has taken the name, and would need the server to read the directory.

use super::resource::links;
use super::text::SUFFIX;
use super::{Build, Symbol, Text, names};
use grantc_core::ir::{self, Assignment, CustomRole, IdentityId, IdentityKind, RoleRef};
use grantc_spec::connectors::PlaneFamily;
use grantc_spec::naming::{NameKind, SUFFIX_LEN};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// A database in which something is held.
#[derive(Clone, Debug, Serialize)]
pub struct Database {
    /// What a person calls it.
    pub shown: String,
    /// Path of its script below the output folder.
    pub file: String,
    /// Its name, where the manifest says it: the script then refuses to run in another.
    pub name: Option<Text>,
    /// The command that runs the script, with what the deployment knows.
    pub command: Text,
    /// The same as a person reads it.
    pub shown_command: String,
    /// The users to make.
    pub users: Vec<DatabaseUser>,
    /// Custom roles.
    pub roles: Vec<DatabaseRole>,
    /// Which user has which role.
    pub memberships: Vec<Membership>,
    /// Its server and itself, to compare.
    #[serde(skip)]
    key: (ir::Text, ir::Text),
}

/// A user of a database.
#[derive(Clone, Debug, Serialize)]
pub struct DatabaseUser {
    /// Path of the node of its identity.
    pub path: String,
    /// Its name: that of the identity.
    pub name: Text,
    /// The client id of the identity.
    pub client_id: Text,
    #[serde(skip)]
    identity: IdentityId,
}

/// A custom role of a database.
#[derive(Clone, Debug, Serialize)]
pub struct DatabaseRole {
    /// Path of its node.
    pub path: String,
    /// Its name in the database.
    pub name: Text,
    /// What it grants.
    pub grants: Vec<DatabaseGrant>,
}

/// A permission that a custom role grants.
#[derive(Clone, Debug, Serialize)]
pub struct DatabaseGrant {
    /// Its name.
    pub operation: String,
    /// The schema that it is limited to.
    pub schema: Option<String>,
}

/// A role that a user has.
#[derive(Clone, Debug, Serialize)]
pub struct Membership {
    /// Path of its node.
    pub path: String,
    /// The user.
    pub user: Text,
    /// The role.
    pub role: Text,
}

/// Longest name of a user or role of a database, in UTF-16 units.
const LONGEST: usize = 128;

impl Build<'_> {
    /// The databases in which something is held, in manifest order.
    pub(super) fn databases(&mut self) -> Vec<Database> {
        let mut databases: Vec<Database> = Vec::new();
        let program = self.program;
        for held in program.assignments.values() {
            if self.has(held.identity) && self.family(held.role) == PlaneFamily::SqlDatabase {
                self.membership(held, &mut databases);
            }
        }
        for database in &mut databases {
            self.complete(database);
        }
        databases
    }

    /// Adds to the command what the script asks for.
    fn complete(&self, database: &mut Database) {
        let mut command = std::mem::take(&mut database.command);
        command = command.and(format!(" -v {SUFFIX}=")).then(Text::suffix());
        database.shown_command.push_str(&format!(" -v {SUFFIX}=…"));
        for user in &database.users {
            let Some(identity) = self.identities.get(&user.identity) else {
                continue;
            };
            let variable = format!(" {}=", client_id(identity));
            database.shown_command.push_str(&format!("{variable}…"));
            let known = self.client_id(user.identity).unwrap_or_default();
            command = command.and(variable).then(known);
        }
        let input = format!(" -i {}", database.file);
        database.shown_command.push_str(&input);
        database.command = command.and(input);
    }

    fn membership(&mut self, held: &Assignment, databases: &mut Vec<Database>) -> Option<()> {
        let resource = self.program.resources.get(held.on)?;
        let links = links(&resource.scope);
        let (server, database) = (links.first()?, links.get(1)?);
        let key = (folded(&server.name), folded(&database.name));
        let known = databases.iter().position(|known| known.key == key);
        let at = match known {
            Some(at) => at,
            None => {
                let new = self.database(key, &server.name, &database.name, databases);
                databases.push(new);
                databases.len() - 1
            }
        };
        let database = databases.get_mut(at)?;
        let user = self.user(held.identity, database)?;
        let role = match held.role {
            RoleRef::Custom(id) => self.database_role(self.program.roles.get(id)?, database),
            role => Text::literal(role.plane_role()?.name),
        };
        let is_known = |known: &Membership| known.user == user && known.role == role;
        if !database.memberships.iter().any(is_known) {
            database.memberships.push(Membership {
                path: self.path_of(held),
                user,
                role,
            });
        }
        Some(())
    }

    fn database(
        &self,
        key: (ir::Text, ir::Text),
        server: &ir::Text,
        name: &ir::Text,
        others: &[Database],
    ) -> Database {
        let (server_shown, shown) = (self.shown(server), self.shown(name));
        let stem = file_name(&shown);
        let mut file = format!("sql/{stem}.sql");
        let mut number = 1u32;
        while others.iter().any(|other| other.file == file) {
            file = match number {
                1 => format!("sql/{}-{stem}.sql", file_name(&server_shown)),
                _ => format!("sql/{}-{stem}-{number}.sql", file_name(&server_shown)),
            };
            number += 1;
        }
        let host = self.text(server).then(super::endpoint::in_cloud(HOST));
        // In single quotes, since a name may hold what shells replace.
        let command = Text::literal("sqlcmd -S '")
            .then(host)
            .and("' -d '")
            .then(self.text(name))
            .and("' -G -b");
        Database {
            shown: format!("{shown} of {server_shown}"),
            file,
            name: name.literal().map(Text::literal),
            command,
            shown_command: format!("sqlcmd -S '{server_shown}{HOST}' -d '{shown}' -G -b"),
            users: Vec::new(),
            roles: Vec::new(),
            memberships: Vec::new(),
            key,
        }
    }

    /// The user of an identity, by its name.
    fn user(&self, id: IdentityId, database: &mut Database) -> Option<Text> {
        let known = database.users.iter().find(|user| user.identity == id);
        if let Some(known) = known {
            return Some(known.name.clone());
        }
        let identity = &self.program.identities.get(id)?.name.value;
        let server = &self.program.server.name.value;
        let kind = match self.program.identities.get(id)?.kind {
            IdentityKind::ServicePrincipal => NameKind::AppRegistration,
            _ => NameKind::ManagedIdentity,
        };
        let name = names::name(kind, server, &[identity]);
        database.users.push(DatabaseUser {
            path: format!("identity {identity}"),
            name: name.clone(),
            client_id: Text::variable(client_id(self.identities.get(&id)?)),
            identity: id,
        });
        Some(name)
    }

    /// A custom role, by its name.
    fn database_role(&self, role: &CustomRole, database: &mut Database) -> Text {
        let path = self.path_of_role(role);
        if let Some(known) = database.roles.iter().find(|known| known.path == path) {
            return known.name.clone();
        }
        let name = display(&role.name.value, &self.program.server.name.value);
        let grants = role.operations.iter().map(|one| DatabaseGrant {
            operation: one.pattern.value.to_ascii_uppercase(),
            schema: one.schema.as_ref().map(|schema| schema.value.clone()),
        });
        database.roles.push(DatabaseRole {
            path,
            name: name.clone(),
            grants: grants.collect(),
        });
        name
    }
}

/// The end of a server's host name.
const HOST: &str = ".database.windows.net";

/// The variable that holds the client id of an identity.
fn client_id(identity: &Symbol) -> String {
    format!("{}_client_id", identity.hcl)
}

/// The name of a custom role: it says whose it is, since others may have roles in the database.
fn display(role: &str, server: &str) -> Text {
    let length = |text: &str| text.encode_utf16().count();
    let room = LONGEST - SUFFIX_LEN - " (-)".len();
    let fits = length(role) + length(server) <= room;
    let stem = match fits {
        true => role.to_owned(),
        false => {
            let digest = Sha256::digest(role.as_bytes());
            let hash: String = digest
                .iter()
                .take(4)
                .map(|byte| format!("{byte:02x}"))
                .collect();
            let kept: String = role.chars().take(20).collect();
            format!("{}-{hash}", kept.trim_end())
        }
    };
    Text::literal(format!("{stem} ({server}-"))
        .then(Text::suffix())
        .and(")")
}

/// A name as part of a file's.
fn file_name(text: &str) -> String {
    let plain = |c: char| match c.is_ascii_alphanumeric() || c == '-' || c == '_' {
        true => c.to_ascii_lowercase(),
        false => '-',
    };
    let name: String = text.chars().map(plain).collect();
    match name.trim_matches('-') {
        "" => "database".to_owned(),
        name => name.to_owned(),
    }
}

fn folded(text: &ir::Text) -> ir::Text {
    match text {
        ir::Text::Literal(text) => ir::Text::Literal(text.to_ascii_lowercase()),
        other => other.clone(),
    }
}
