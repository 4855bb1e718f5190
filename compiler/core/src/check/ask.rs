//! Questions of a reviewer: why does somebody hold this, and who can do that.
//!
//! [`why`] follows one tool or identity to an operation along both chains, why it is needed and
//! why it is held; [`who`] goes the other way, from an operation on a resource to everybody who
//! can. Both work on a graph that is broken or not. Their answers are contracts for machines, and
//! print themselves for a person; neither says more than the other.
//!
//! - `question`: what the words of a question mean;
//! - `grants`: the assignments that grant something, and those that nearly do;
//! - `text`: answers for a person.

mod grants;
mod question;
mod text;
mod who;
mod why;

#[cfg(test)]
mod tests;

pub use question::Unclear;
pub use who::Who;
pub use why::Why;

use super::Case;
use crate::graph::Graph;
use crate::ir::Program;
use crate::source::Sources;
use grantc_spec::catalogue::Catalogue;

/// What questions are asked about.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The program.
    pub program: &'a Program,
    /// Its graph.
    pub graph: &'a Graph,
    /// What was compiled with.
    pub catalogue: &'a Catalogue,
    /// The files of the program.
    pub sources: &'a Sources,
}

/// Why a tool or an identity needs an operation, and why it holds it; on one resource, or on all.
///
/// # Errors
///
/// When a word stands for nothing in the program, or for several things.
pub fn why(
    asked: &Asked<'_>,
    subject: &str,
    operation: &str,
    resource: Option<&str>,
) -> Result<Why, Unclear> {
    let case = Case::new(asked.program, asked.graph, asked.catalogue);
    let subject = question::subject(asked.program, subject)?;
    let resource = resource.map(|name| question::resource(asked.program, name));
    let resource = resource.transpose()?;
    let operations = question::operations(&case, operation, resource)?;
    Ok(why::answer(asked, &case, subject, operations, resource))
}

/// Every tool and identity that can do an operation on a resource, and by which path.
///
/// # Errors
///
/// When a word stands for nothing in the program, or for several things.
pub fn who(asked: &Asked<'_>, operation: &str, resource: &str) -> Result<Who, Unclear> {
    let case = Case::new(asked.program, asked.graph, asked.catalogue);
    let resource = question::resource(asked.program, resource)?;
    let operations = question::operations(&case, operation, Some(resource))?;
    Ok(who::answer(asked, &case, operations, resource))
}
