//! The command line of grantc: one module a command, under `commands`.
//!
//! Exit status: 0 nothing wrong, 1 findings at error level or files that are not current, 2 usage
//! or files that cannot be read or written. Results go to standard output, findings and progress to
//! standard error; with `--format json` one object goes to standard output whatever the findings.

mod args;
mod commands;
mod console;
mod lockfile;
mod samples;

use args::{Cli, Command};
use camino::Utf8Path;
use clap::Parser;
use grantc_spec::catalogue::Catalogue;
use std::process::ExitCode;
use std::sync::OnceLock;

/// Why a command could not do its work at all: exit status 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(pub String);

impl Failure {
    fn from_error(error: impl std::fmt::Display) -> Failure {
        Failure(error.to_string())
    }
}

/// What a command found, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// Nothing wrong.
    Clean,
    /// Findings at error level, or files that are not current.
    Wrong,
    /// A file that cannot be read, of which was told already.
    Unreadable,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    console::use_color(cli.color);
    match run(&cli) {
        Ok(Verdict::Clean) => ExitCode::SUCCESS,
        Ok(Verdict::Wrong) => ExitCode::from(1),
        Ok(Verdict::Unreadable) => ExitCode::from(2),
        Err(failure) => {
            console::error(&failure.to_string());
            ExitCode::from(2)
        }
    }
}

fn run(cli: &Cli) -> Result<Verdict, Failure> {
    let catalogue = || catalogue(cli.catalogue.as_deref());
    match &cli.command {
        Command::New(args) => commands::new::run(args, catalogue()?),
        Command::Check(args) => commands::check::run(args, catalogue()?),
        Command::Build(args) => commands::build::run(args, catalogue()?),
        Command::Graph(args) => commands::graph::run(args, catalogue()?),
        Command::Why(args) => commands::ask::why(args, catalogue()?),
        Command::Who(args) => commands::ask::who(args, catalogue()?),
        Command::Lock(args) => commands::lock::run(args, catalogue()?),
        Command::Deployer(args) => commands::deployer::run(args, catalogue()?),
        Command::Explain(args) => commands::explain::run(args),
        Command::Role(args) => commands::role::run(args, catalogue()?),
        Command::Roles(args) => commands::roles::run(args, catalogue()?),
        Command::Catalogue(args) => commands::catalogue::run(args, catalogue()?),
        Command::Schema => commands::reference::schema(),
        Command::Completions(args) => commands::reference::completions(args),
        Command::Man => commands::reference::man(),
    }
}

/// The built-in catalogue, or that of `--catalogue`.
fn catalogue(folder: Option<&Utf8Path>) -> Result<&'static Catalogue, Failure> {
    static OWN: OnceLock<Catalogue> = OnceLock::new();
    let Some(folder) = folder else {
        return Ok(Catalogue::embedded());
    };
    let catalogue = commands::catalogue::read(folder)?;
    Ok(OWN.get_or_init(|| catalogue))
}
