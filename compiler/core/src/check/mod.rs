//! Checking: one rule after the other is asked about a program and its graph.
//!
//! A rule is one file under `rules`. [`check`] asks them all; where the whole run raised no error
//! it gives a [`Verified`] program, which nothing else can make and which emitters of deployable
//! files ask for.
//!
//! - `accept`: findings that the manifest accepts;
//! - `account`: what keys and switches belong to;
//! - `advice`: what a help says to write, proved before it is given;
//! - `case`: what a rule is asked about;
//! - [`deploying`]: whether an identity holds what a deployment asks for;
//! - `escalation`: how power grows from what is held;
//! - `forbidden`: what a `forbid` rules out;
//! - `leftover`: what an assignment grants beyond needs, ranked by danger;
//! - `suggest`: narrower roles, scopes and custom roles;
//! - [`proof`]: the proof line of each tool;
//! - [`report`]: the same for machines, and what a role grants;
//! - [`picture`]: the permission graph, for machines and as a drawing;
//! - [`ask`]: why something is held, and who can do something.

mod accept;
mod account;
mod advice;
mod case;
mod escalation;
mod forbidden;
mod leftover;
mod role;
mod rules;
mod suggest;

pub mod ask;
pub mod deploying;
pub mod picture;
pub mod proof;
pub mod report;

pub use accept::{Acceptance, Digests};
pub(crate) use case::Case;
pub use case::{count, few};
pub use escalation::emitted_roles;
pub(crate) use leftover::Grant;
pub(crate) use suggest::{TOGETHER, shortened, subsets, titled};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::graph::Graph;
use crate::ir::Program;
use grantc_spec::catalogue::Catalogue;

/// A program whose permissions are proven, with its graph.
///
/// Only [`check`] makes one, and only of a run without errors.
#[derive(Clone, Debug)]
pub struct Verified {
    program: Program,
    graph: Graph,
    accepted: Digests,
}

impl Verified {
    /// The program.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// Its permission graph.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The findings that it accepts, as they are now.
    pub fn accepted(&self) -> &Digests {
        &self.accepted
    }

    /// Program and graph, no longer vouched for.
    pub(crate) fn into_parts(self) -> (Program, Graph) {
        (self.program, self.graph)
    }
}

/// Asks every rule about a program.
///
/// # Errors
///
/// Gives program and graph back when any finding of the whole run, earlier stages included, is an
/// error.
#[expect(
    clippy::result_large_err,
    reason = "there is one of it in a run, and it is used whole"
)]
pub fn check(
    program: Program,
    graph: Graph,
    catalogue: &Catalogue,
    acceptance: &Acceptance,
    diags: &mut Diagnostics,
) -> Result<Verified, (Program, Graph)> {
    check_further(
        program,
        graph,
        catalogue,
        acceptance,
        NOTHING_FURTHER,
        diags,
    )
}

/// A rule that rests on more than the core knows, such as what a deployment is made of.
pub type Further<'f> = &'f dyn Fn(&Program, &Catalogue) -> Vec<Diagnostic>;

/// No further rule.
pub const NOTHING_FURTHER: Further<'static> = &|_, _| Vec::new();

/// Asks every rule about a program, and a further one.
///
/// # Errors
///
/// As [`check`].
#[expect(
    clippy::result_large_err,
    reason = "there is one of it in a run, and it is used whole"
)]
pub fn check_further(
    program: Program,
    graph: Graph,
    catalogue: &Catalogue,
    acceptance: &Acceptance,
    further: Further<'_>,
    diags: &mut Diagnostics,
) -> Result<Verified, (Program, Graph)> {
    let whole = !diags.has_errors();
    rules::check(&Case::new(&program, &graph, catalogue), diags);
    diags.extend(further(&program, catalogue));
    let accepted = accept::apply(&program, acceptance, whole, diags);
    if diags.has_errors() {
        Err((program, graph))
    } else {
        Ok(Verified {
            program,
            graph,
            accepted,
        })
    }
}
