//! G0313 deployer-lacks: an identity that deploys is short of what the deployment asks for.
//!
//! Bicep and Terraform ask for different things; an identity is held against the one it comes
//! nearer to. One that may write nothing of it foretells what a deployment would do, and is passed
//! over.

use super::{Need, Suggestion, needs, suggest};
use crate::Options;
use grantc_core::check::deploying::holds;
use grantc_core::diagnostic::{Diagnostic, Step};
use grantc_core::ir::{Identity, IdentityId, Program};
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
    let needs = needs(program, &options);
    let deployers = program.identities.iter();
    let deployers = deployers.filter(|(_, identity)| identity.deploys && !identity.broken);
    deployers
        .filter_map(|(id, identity)| lack(program, catalogue, &needs, id, identity))
        .collect()
}

fn lack(
    program: &Program,
    catalogue: &Catalogue,
    needs: &[Need],
    id: IdentityId,
    identity: &Identity,
) -> Option<Diagnostic> {
    let held: Vec<bool> = needs
        .iter()
        .map(|need| holds(program, catalogue, id, &need.demand))
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
        count(missing.len()),
        few(&missing)
    );
    let first = missing.first()?;
    let mut finding = Diagnostic::new(&DEPLOYER_LACKS, identity.span, message)
        .help(help(catalogue, &name.value, &suggestions))
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
        finding = finding.note(format!("on `{}`: {}", suggestion.shown, few(&of)));
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
    let names: Vec<String> = names.map(|(plane, name)| format!("{plane} {name}")).collect();
    format!("{} on {}", names.join(" or "), need.place)
}

/// What to add, scope by scope; what is not in the manifest yet is declared first.
fn help(catalogue: &Catalogue, name: &str, suggestions: &[Suggestion]) -> String {
    let (mut lines, mut blocks) = (Vec::new(), Vec::new());
    for suggestion in suggestions {
        let custom = match blocks.len() {
            0 => "Deployment".to_owned(),
            more => format!("Deployment {}", more + 1),
        };
        let (more, block) = suggestion.lines(catalogue, &custom);
        lines.extend(more.into_iter().map(|line| match suggestion.resource {
            Some(_) => line,
            None => format!("{line} // on {}, declared as a resource", suggestion.shown),
        }));
        blocks.extend(block);
    }
    let assigns: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let blocks: String = blocks.iter().map(|block| format!("{block}\n")).collect();
    let text = format!("add to `{name}`:\n\n{assigns}{blocks}");
    text.trim_end().to_owned()
}

fn few(needs: &[Need]) -> String {
    const SHOWN: usize = 3;
    let mut names: Vec<String> = needs
        .iter()
        .take(SHOWN)
        .map(|need| format!("`{}`", need.short()))
        .collect();
    if let more @ 1.. = needs.len().saturating_sub(SHOWN) {
        names.push(format!("{more} more"));
    }
    match names.as_slice() {
        [init @ .., last] if !init.is_empty() => format!("{} and {last}", init.join(", ")),
        all => all.join(""),
    }
}

fn count(n: usize) -> String {
    match n {
        1 => "1 operation".to_owned(),
        _ => format!("{n} operations"),
    }
}

impl Need {
    /// Its first operation, as chains show it.
    fn short(&self) -> String {
        let name = self.demand.any_of.first().map_or("", |(_, name)| name);
        match name.rmatch_indices('/').nth(1) {
            Some((at, _)) => format!("…{}", name.get(at..).unwrap_or_default()),
            None => name.to_owned(),
        }
    }

    /// Whether it changes anything.
    fn is_write(&self) -> bool {
        let mut names = self.demand.any_of.iter();
        names.any(|(_, name)| name.to_ascii_lowercase().ends_with("/write"))
    }
}
