//! The whole way from text to a verified program, in one call.

use crate::check::{self, Acceptance, Further, NOTHING_FURTHER, Verified};
use crate::diagnostic::Diagnostics;
use crate::graph::{self, Graph};
use crate::ir::Program;
use crate::levels::Levels;
use crate::source::Sources;
use crate::{imports, infer, lower, resolve};
use grantc_spec::catalogue::Catalogue;
use std::fmt;

/// The one door to files: whoever calls the compiler says how a path becomes bytes.
pub trait Loader {
    /// Reads a file. A file over [`crate::syntax::MAX_FILE_BYTES`] may be cut short one byte later.
    fn load(&self, path: &str) -> Result<Vec<u8>, LoadError>;

    /// Reads a file that the manifest at `manifest` imports, itself or through other files. The
    /// path leads into that manifest's folder as it is written; a loader that knows of links must
    /// also see to it that it really does.
    fn load_import(&self, manifest: &str, path: &str) -> Result<Vec<u8>, LoadError> {
        let _ = manifest;
        self.load(path)
    }
}

/// A file that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadError {
    /// The path that was asked for.
    pub path: String,
    /// Why, in a few words.
    pub reason: String,
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read `{}`: {}", self.path, self.reason)
    }
}

impl std::error::Error for LoadError {}

/// What a run of the compiler found.
#[derive(Debug)]
pub struct Compilation {
    /// Every file that was read.
    pub sources: Sources,
    /// Every finding, by place.
    pub diagnostics: Diagnostics,
    /// How far it came.
    pub outcome: Outcome,
}

/// How far a run came.
#[derive(Debug)]
pub enum Outcome {
    /// The manifest could not be read far enough to say anything about it.
    Unreadable,
    /// There is a program, and something in it is wrong.
    Broken(Program, Graph),
    /// Every rule was asked and none raised an error.
    Verified(Verified),
}

impl Compilation {
    /// The verified program, if it is one.
    pub fn verified(&self) -> Option<&Verified> {
        match &self.outcome {
            Outcome::Verified(verified) => Some(verified),
            _ => None,
        }
    }

    /// Gives every finding the level that the user wants; a program with an error among them is no
    /// longer verified.
    pub fn apply(&mut self, levels: &Levels) {
        levels.apply(&mut self.diagnostics);
        if self.diagnostics.has_errors() {
            let outcome = std::mem::replace(&mut self.outcome, Outcome::Unreadable);
            self.outcome = match outcome {
                Outcome::Verified(verified) => {
                    let (program, graph) = verified.into_parts();
                    Outcome::Broken(program, graph)
                }
                other => other,
            };
        }
    }

    /// The program, broken or not.
    pub fn program(&self) -> Option<&Program> {
        match &self.outcome {
            Outcome::Unreadable => None,
            Outcome::Broken(program, _) => Some(program),
            Outcome::Verified(verified) => Some(verified.program()),
        }
    }

    /// The permission graph, broken or not.
    pub fn graph(&self) -> Option<&Graph> {
        match &self.outcome {
            Outcome::Unreadable => None,
            Outcome::Broken(_, graph) => Some(graph),
            Outcome::Verified(verified) => Some(verified.graph()),
        }
    }
}

/// Compiles the manifest at `path`, with everything that it imports.
///
/// # Errors
///
/// Only when the manifest itself cannot be loaded; everything else is a finding.
pub fn compile(
    path: &str,
    loader: &dyn Loader,
    catalogue: &Catalogue,
) -> Result<Compilation, LoadError> {
    compile_accepting(path, loader, catalogue, &Acceptance::default())
}

/// Compiles the manifest at `path`, on a day and with what the lock remembers of its `accept`s.
///
/// # Errors
///
/// Only when the manifest itself cannot be loaded; everything else is a finding.
pub fn compile_accepting(
    path: &str,
    loader: &dyn Loader,
    catalogue: &Catalogue,
    acceptance: &Acceptance,
) -> Result<Compilation, LoadError> {
    compile_further(path, loader, catalogue, acceptance, NOTHING_FURTHER)
}

/// Compiles the manifest at `path` as [`compile_accepting`] does, and asks a further rule.
///
/// # Errors
///
/// Only when the manifest itself cannot be loaded; everything else is a finding.
pub fn compile_further(
    path: &str,
    loader: &dyn Loader,
    catalogue: &Catalogue,
    acceptance: &Acceptance,
    further: Further<'_>,
) -> Result<Compilation, LoadError> {
    let bytes = loader.load(path)?;
    let mut sources = Sources::default();
    let mut diagnostics = Diagnostics::default();
    let files = imports::read(path, &bytes, loader, &mut sources, &mut diagnostics);
    let manifest = lower::lower_all(&files.trees, &mut diagnostics);
    // Without one of its files, names would be missed that are declared there.
    let program = match files.complete {
        true => resolve::resolve(&manifest, catalogue, &mut diagnostics),
        false => None,
    };
    let outcome = match program {
        None => Outcome::Unreadable,
        Some(mut program) => {
            let mut graph = graph::build(&program, catalogue);
            if infer::infer(&mut program, &graph, catalogue, &acceptance.chosen) {
                graph = graph::build(&program, catalogue);
            }
            let found = check::check_further(
                program,
                graph,
                catalogue,
                acceptance,
                further,
                &mut diagnostics,
            );
            match found {
                Ok(verified) => Outcome::Verified(verified),
                Err((program, graph)) => Outcome::Broken(program, graph),
            }
        }
    };
    diagnostics.sort();
    Ok(Compilation {
        sources,
        diagnostics,
        outcome,
    })
}
