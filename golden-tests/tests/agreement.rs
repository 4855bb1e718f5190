//! The roles that Terraform plans to assign are those that the proof is about: the same identities,
//! roles and scopes, no more and no fewer. What is held in databases is in no plan: there the
//! scripts are read.
//!
//! The real core of Terraform makes the plan, through `plan-assignments` in the folder that
//! `GRANTC_IAC_CHECKS` names; without it these trials are ignored. Bicep comes from the same view
//! as Terraform.

use grantc_core::ir::{Assignment, IdentityKind, Program, RoleRef, Text};
use grantc_golden_tests::{compile, folders};
use grantc_spec::Plane;
use grantc_spec::catalogue::Catalogue;
use grantc_spec::connectors::PlaneFamily;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Who holds what where: an identity, a role's id or its operations, a scope in lower case, and
/// whether a condition narrows it.
type Held = (String, String, String, bool);

/// Stands for what is not known before the deployment.
const ANY: &str = "*";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::from_args();
    let checks = std::env::var_os("GRANTC_IAC_CHECKS").map(PathBuf::from);
    let mut folders = folders::examples()?;
    folders.extend(
        folders::cases("accept")?
            .into_iter()
            .map(|(name, it)| (format!("accept/{name}"), it)),
    );
    let mut trials = Vec::new();
    for (name, folder) in folders {
        let places = ["infra", "expected"].map(|place| folder.join(place));
        let Some(written) = places.into_iter().find(|it| it.join("terraform").is_dir()) else {
            continue;
        };
        let command = checks
            .as_ref()
            .map(|checks| checks.join("plan-assignments"));
        let ignored = command.is_none();
        let run = move || agree(&command.unwrap_or_default(), &folder, &written);
        trials.push(Trial::test(format!("{name}/assignments"), run).with_ignored_flag(ignored));
    }
    libtest_mimic::run(&arguments, trials).exit()
}

/// The folders with a plan each: the deployment, and what is made once before it, if anything is.
const PLANS: [&str; 2] = ["terraform", "bootstrap/terraform"];

fn agree(command: &Path, folder: &Path, written: &Path) -> Result<(), Failed> {
    let compilation = compile::compile_files(compile::NAME, &compile::case(folder)?)?;
    let program = compilation
        .verified()
        .map(|it| it.program())
        .ok_or("it must compile")?;
    let mut missing = Vec::new();
    let mut left: Vec<Held> = Vec::new();
    for plan in PLANS.map(|plan| written.join(plan)) {
        if !plan.is_dir() {
            continue;
        }
        let output = Command::new(command).arg(plan).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        left.extend(planned(&serde_json::from_slice(&output.stdout)?)?);
    }
    let (in_databases, elsewhere): (Vec<_>, Vec<_>) = program
        .assignments
        .values()
        .partition(|it| family(program, it) == PlaneFamily::SqlDatabase);
    scripts(&written.join("sql"), program, &in_databases)?;
    for wanted in elsewhere.into_iter().map(|it| proved(program, it)) {
        match left.iter().position(|held| same(held, &wanted)) {
            Some(place) => drop(left.remove(place)),
            None => missing.push(wanted),
        }
    }
    if missing.is_empty() && left.is_empty() {
        return Ok(());
    }
    Err(format!("not planned: {missing:#?}\nplanned, but not in the manifest: {left:#?}").into())
}

fn family(program: &Program, assignment: &Assignment) -> PlaneFamily {
    match assignment.role {
        RoleRef::BuiltIn(_) => PlaneFamily::AzureRbac,
        RoleRef::Custom(role) => program.roles.at(role).family,
        RoleRef::OfPlane(family, _) => family,
        RoleRef::Permission(_) => program.resources.at(assignment.on).connector.plane,
    }
}

/// The scripts add these members to roles, and no others.
fn scripts(folder: &Path, program: &Program, held: &[&Assignment]) -> Result<(), Failed> {
    let mut left = Vec::new();
    for script in folders::files(folder)?.into_values() {
        let text = fs::read_to_string(script)?;
        let added = text.lines().filter(|line| line.contains(" ADD MEMBER "));
        left.extend(added.map(str::to_owned));
    }
    for one in held {
        let role = match one.role {
            RoleRef::Custom(_) => format!("ALTER ROLE [{} (", one.role_name),
            _ => format!("ALTER ROLE [{}] ", one.role_name),
        };
        let user = format!("-{}-$(suffix)];", program.identities.at(one.identity).name);
        let place = left
            .iter()
            .position(|line| line.starts_with(&role) && line.ends_with(&user));
        left.remove(place.ok_or_else(|| format!("no script says {role} … {user}"))?);
    }
    match left.is_empty() {
        true => Ok(()),
        false => Err(format!("in scripts, but not in the manifest: {left:#?}").into()),
    }
}

/// An assignment as the proof sees it.
fn proved(program: &Program, assignment: &Assignment) -> Held {
    let role = match assignment.role {
        RoleRef::BuiltIn(role) => Catalogue::embedded().role(role).id.to_owned(),
        RoleRef::Custom(role) => {
            let operations = &program.roles.at(role).operations;
            let is_data = |plane| [Plane::Data, Plane::CosmosSql].contains(&plane);
            let word = |plane| if is_data(plane) { "data " } else { "" };
            joined(
                operations
                    .iter()
                    .map(|one| format!("{}{}", word(one.plane), one.pattern.value)),
            )
        }
        RoleRef::OfPlane(..) => {
            let id = assignment.role.plane_role().and_then(|role| role.id);
            id.unwrap_or_default().to_owned()
        }
        RoleRef::Permission(id) => program.permissions.at(id).id.clone(),
    };
    let resource = program.resources.at(assignment.on);
    let segments = resource.scope.segments.iter().map(|segment| match segment {
        Text::Literal(text) => text.as_str(),
        Text::Param(_) | Text::Ambient(_) => ANY,
    });
    let scope = segments.fold(String::new(), |path, segment| path + "/" + segment);
    let scope = match family(program, assignment) {
        PlaneFamily::Graph | PlaneFamily::EntraApp => {
            format!("{APIS}{}", symbol(&resource.name.value))
        }
        // Below an account of Cosmos DB its own roles spell ids otherwise than Azure's.
        PlaneFamily::AzureRbac => scope
            .replace("/dbs/", "/sqlDatabases/")
            .replace("/colls/", "/containers/"),
        _ => scope,
    };
    let identity = program.identities.at(assignment.identity);
    let name = match identity.kind {
        // The site is the identity.
        IdentityKind::SystemAssigned => {
            let mut apps = program.apps.values();
            let app = apps.find(|app| app.identities.contains(&assignment.identity));
            format!(
                "app_{}",
                symbol(&app.map_or_else(String::new, |app| app.name.clone()))
            )
        }
        _ => symbol(&identity.name.value),
    };
    (
        name,
        role,
        scope.to_lowercase(),
        assignment.condition.is_some(),
    )
}

/// The identity that an address of a plan is, unless it is the host's.
fn identity(address: &str) -> Option<&str> {
    let within = address
        .strip_prefix("module.server.")
        .or_else(|| address.strip_prefix("module.deployers."))?;
    let of_app = within
        .strip_prefix("module.")
        .and_then(|it| it.strip_suffix(".azapi_resource.site"));
    let made = IDENTITIES.iter().find_map(|kind| within.strip_prefix(kind));
    of_app.or(made)
}

/// The planned assignments of the manifest's identities; those of hosts are grantc's own.
fn planned(plan: &Value) -> Result<Vec<Held>, Failed> {
    let list = |name: &str| {
        plan.get(name)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let roles = list("role_definitions");
    let mut held = Vec::new();
    for assignment in list("assignments") {
        let text = |name: &str| {
            assignment
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let Some(identity) = identity(text("principal")) else {
            continue;
        };
        let role = match assignment.get("role") {
            // The definition of an account that is created is told by its address.
            Some(Value::String(address)) if address.contains("/sqlRoleDefinitions/") => {
                address.rsplit('/').next().unwrap_or_default().to_owned()
            }
            Some(Value::String(address)) => {
                let role = roles
                    .iter()
                    .find(|role| role.get("address") == Some(&address.as_str().into()));
                operations(role.ok_or_else(|| format!("there is no role {address}"))?)
            }
            // A custom role of another subscription is named by the GUID it will have, which the
            // plan does not tell of role definitions: that one is not told apart.
            Some(role) if text("type") != "azurerm_role_assignment" => {
                let id = role.get("id").and_then(Value::as_str).unwrap_or_default();
                id.rsplit('/').next().unwrap_or_default().to_owned()
            }
            Some(role) => match role.get("id").and_then(Value::as_str).unwrap_or_default() {
                guid if Catalogue::embedded().role_by_id(guid).is_some() => guid.to_owned(),
                _ => ANY.to_owned(),
            },
            None => String::new(),
        };
        let narrowed = assignment.get("condition").is_some_and(|it| !it.is_null());
        let scope = text("scope").to_lowercase();
        held.push((identity.to_owned(), role, scope, narrowed));
    }
    Ok(held)
}

/// What the modules declare the manifest's identities as.
const IDENTITIES: [&str; 3] = [
    "azurerm_user_assigned_identity.",
    "azuread_service_principal.",
    "data.azuread_service_principal.",
];

/// Where it finds the APIs whose app roles they hold.
const APIS: &str = "module.server.data.azuread_service_principal.";

fn operations(role: &Value) -> String {
    let blocks = role
        .get("permissions")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let list = |block: &Value, name: &str, word: &str| {
        let names = block
            .get(name)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        names
            .iter()
            .filter_map(Value::as_str)
            .map(|name| format!("{word}{name}"))
            .collect::<Vec<_>>()
    };
    joined(blocks.iter().flat_map(|block| {
        [
            list(block, "actions", ""),
            list(block, "data_actions", "data "),
        ]
        .concat()
    }))
}

fn joined(names: impl Iterator<Item = String>) -> String {
    names
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect::<Vec<_>>()
        .join(", ")
}

/// Whether a planned assignment is the proved one. The scope of what is created is an address.
fn same(planned: &Held, proved: &Held) -> bool {
    let (identity, role, scope, narrowed) = planned;
    let mut parts = scope.split('/').zip(proved.2.split('/'));
    let covers = scope.split('/').count() == proved.2.split('/').count()
        && parts.all(|(planned, proved)| proved == ANY || planned == proved);
    let custom = Catalogue::embedded().role_by_id(&proved.1).is_none();
    let grants = *role == proved.1 || (role == ANY && custom);
    let made = scope.starts_with("module.") || scope == "azurerm_resource_group.own";
    *identity == proved.0 && grants && *narrowed == proved.3 && (covers || made)
}

fn symbol(name: &str) -> String {
    name.replace('-', "_")
}
