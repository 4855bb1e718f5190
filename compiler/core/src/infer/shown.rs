//! What was chosen, and because of which needs: what `check` shows.

use crate::graph::Graph;
use crate::ir::{AssignmentId, Condition, Program, RoleRef};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// An assignment that was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// Who holds it.
    #[serde(skip)]
    pub identity: String,
    /// `assign` or `consent`.
    #[serde(skip)]
    pub word: &'static str,
    /// The role or permission.
    pub role: String,
    /// The resource.
    pub on: String,
    /// The names it is narrowed to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// What the role grants, where it was written for this.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<String>,
    /// The needs that it was chosen for: tool, resource and what is done with it.
    pub needs: Vec<ShownNeed>,
}

/// A need that something was chosen for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ShownNeed {
    /// The tool.
    pub tool: String,
    /// The resource.
    pub resource: String,
    /// The verb, or the operation.
    pub verb: String,
}

/// Everything that was chosen, in the order of identities.
pub fn shown(program: &Program, graph: &Graph) -> Vec<Shown> {
    let all = program.assignments.iter();
    let chosen = all.filter(|(_, held)| held.inferred.is_some());
    chosen.map(|(id, _)| one(program, graph, id)).collect()
}

fn one(program: &Program, graph: &Graph, id: AssignmentId) -> Shown {
    let held = program.assignments.at(id);
    let through = graph.through(id).iter();
    // What another assignment meets first is no reason for this one.
    let needs: BTreeSet<ShownNeed> = through
        .filter(|need| graph.verdict(**need).by == Some(id))
        .map(|need| {
            let need = program.needs.at(*need);
            ShownNeed {
                tool: program.tools.at(need.tool).name.value.clone(),
                resource: program.resources.at(need.resource).name.value.clone(),
                verb: need.deed().to_owned(),
            }
        })
        .collect();
    let operations = match held.role {
        RoleRef::Custom(role) => {
            let operations = program.roles.at(role).operations.iter();
            operations.map(|one| one.pattern.value.clone()).collect()
        }
        RoleRef::BuiltIn(_) | RoleRef::OfPlane(..) | RoleRef::Permission(_) => Vec::new(),
    };
    let paths = match &held.condition {
        Some(Condition::Paths(paths)) => paths.iter().map(|it| it.text.value.clone()).collect(),
        Some(Condition::RolesEmitted { .. }) | None => Vec::new(),
    };
    Shown {
        identity: program.identities.at(held.identity).name.value.clone(),
        word: held.word(),
        role: held.role_name.value.clone(),
        on: program.resources.at(held.on).name.value.clone(),
        paths,
        operations,
        needs: needs.into_iter().collect(),
    }
}

impl fmt::Display for Shown {
    /// `auditor: inferred "Storage Blob Data Reader" on archive, for find_invoice (read)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: inferred ", self.identity)?;
        if self.word == "consent" {
            f.write_str("consent ")?;
        }
        write!(f, "\"{}\" on {}", self.role, self.on)?;
        if !self.paths.is_empty() {
            write!(f, " where path {}", self.paths.join(" or "))?;
        }
        let mut tools: Vec<(&str, Vec<&str>)> = Vec::new();
        for need in &self.needs {
            match tools.last_mut() {
                Some((tool, verbs)) if *tool == need.tool => {
                    if !verbs.contains(&need.verb.as_str()) {
                        verbs.push(&need.verb);
                    }
                }
                _ => tools.push((&need.tool, vec![&need.verb])),
            }
        }
        let tools: Vec<String> = tools
            .iter()
            .map(|(tool, verbs)| format!("{tool} ({})", verbs.join(", ")))
            .collect();
        write!(f, ", for {}", tools.join(", "))?;
        for operation in &self.operations {
            write!(f, "\n  {operation}")?;
        }
        Ok(())
    }
}
