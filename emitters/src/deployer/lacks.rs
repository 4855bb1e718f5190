//! G0313 deployer-lacks: an identity that deploys is short of what the deployment asks for.
//!
//! Bicep and Terraform ask for different things; an identity is held against the one it comes
//! nearer to. Permissions of Microsoft Graph are left out: a manifest cannot give them to whoever
//! deploys yet (G0406), and `grantc deployer` prints them. One that may write nothing of it foretells
//! what a deployment would do, and is passed over.

use super::{Need, Suggestion, names, needs, suggest};
use crate::Options;
use grantc_core::check::deploying::holds;
use grantc_core::check::{count, emitted_roles, few};
use grantc_core::diagnostic::{Diagnostic, Step};
use grantc_core::graph::Operation;
use grantc_core::ir::{Identity, IdentityId, Program, RoleRef};
use grantc_spec::Plane;
use grantc_spec::catalogue::Catalogue;
use grantc_spec::deploying::Target;
use grantc_spec::rules::DEPLOYER_LACKS;

/// What each identity that deploys lacks.
pub fn lacks(program: &Program, catalogue: &Catalogue) -> Vec<Diagnostic> {
    if !program.identities.values().any(|it| it.deploys) {
        return Vec::new();
    }
    let options = Options {
        catalogue,
        ..Options::default()
    };
    let in_azure = |need: &Need| {
        need.demand
            .any_of
            .iter()
            .all(|(plane, _)| *plane != Plane::Graph)
    };
    let needs: Vec<Need> = needs(program, &options)
        .into_iter()
        .filter(in_azure)
        .collect();
    let emitted = emitted_roles(program, catalogue);
    let deployers = program.identities.iter();
    let deployers = deployers.filter(|(_, identity)| identity.deploys && !identity.broken);
    deployers
        .filter_map(|(id, identity)| lack(program, catalogue, &emitted, &needs, id, identity))
        .collect()
}

fn lack(
    program: &Program,
    catalogue: &Catalogue,
    emitted: &[RoleRef],
    needs: &[Need],
    id: IdentityId,
    identity: &Identity,
) -> Option<Diagnostic> {
    let held: Vec<bool> = needs
        .iter()
        .map(|need| holds(program, catalogue, emitted, id, &need.demand))
        .collect();
    let assigns = program.assignments.values().any(|held| held.identity == id);
    let mut writes = needs.iter().zip(&held).filter(|(need, _)| need.is_write());
    if assigns && !writes.any(|(_, held)| *held) {
        return None;
    }
    let missing = |target: Target| -> Vec<Need> {
        let of = needs.iter().zip(&held);
        of.filter(|(need, held)| need.is_of(target) && !**held)
            .map(|(need, _)| need.clone())
            .collect()
    };
    let all = Target::ALL.map(missing);
    let missing = all.iter().min_by_key(|missing| missing.len())?;
    if missing.is_empty() {
        return None;
    }
    let missing = distinct(missing);
    let suggestions = suggest(program, catalogue, &missing);
    let name = &identity.name;
    let message = format!(
        "`{name}` deploys, and lacks {} that the deployment asks for: {}",
        count(missing.len(), "operation"),
        told(&missing)
    );
    let first = missing.first()?;
    let mut finding = Diagnostic::new(&DEPLOYER_LACKS, identity.span, message)
        .help(help(program, catalogue, &name.value, &suggestions))
        .at(format!("identity/{name}"))
        .witness(vec![
            Step::new(&name.value),
            Step::new("no assignment"),
            Step::new(&first.place),
            Step::new(first.short()),
        ])
        .facts(missing.iter().map(fact));
    for suggestion in &suggestions {
        let of: Vec<Need> = missing
            .iter()
            .filter(|need| need.demand.at == suggestion.at)
            .cloned()
            .collect();
        finding = finding.note(format!("on `{}`: {}", suggestion.shown, told(&of)));
    }
    Some(finding)
}

/// Each operation once in each scope, whatever role is assigned by it.
fn distinct(missing: &[Need]) -> Vec<Need> {
    let mut all: Vec<Need> = Vec::new();
    for need in missing {
        let same = |known: &Need| {
            known.demand.at == need.demand.at && known.demand.any_of == need.demand.any_of
        };
        if !all.iter().any(same) {
            all.push(need.clone());
        }
    }
    all
}

fn fact(need: &Need) -> String {
    let names = need.demand.any_of.iter();
    let names: Vec<String> = names
        .map(|(plane, name)| format!("{plane} {name}"))
        .collect();
    format!("{} on {}", names.join(" or "), need.place)
}

/// What to add, scope by scope.
fn help(program: &Program, catalogue: &Catalogue, name: &str, all: &[Suggestion]) -> String {
    let (mut lines, mut blocks) = (Vec::new(), Vec::new());
    let mut names = names(program);
    for suggestion in all {
        let suggestion = suggestion.clone().short();
        let custom = suggestion.custom_name(&mut names);
        let (more, block) = suggestion.lines(catalogue, &custom);
        lines.extend(more);
        blocks.extend(block);
    }
    let all: Vec<String> = lines.into_iter().chain(blocks).collect();
    format!(
        "add to `{name}` (`grantc deployer` prints the narrowest):\n\n{}",
        all.join("\n")
    )
}

fn told(needs: &[Need]) -> String {
    const SHOWN: usize = 3;
    let names = needs.iter().map(|need| format!("`{}`", need.short()));
    few(&names.collect::<Vec<_>>(), SHOWN)
}

impl Need {
    /// Its first operation, as chains show it.
    fn short(&self) -> String {
        let first = self.demand.any_of.first();
        let short = first.map(|(plane, name)| {
            let name = name.as_str().into();
            Operation {
                plane: *plane,
                name,
            }
            .short()
        });
        short.unwrap_or_default()
    }

    /// Whether it changes anything.
    fn is_write(&self) -> bool {
        let mut names = self.demand.any_of.iter();
        names.any(|(_, name)| name.to_ascii_lowercase().ends_with("/write"))
    }
}
