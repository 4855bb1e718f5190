//! `grantc new`: a project that builds, runs and passes its own test.

mod place;
mod project;

use crate::args::{New, Using};
use crate::{Failure, Verdict, console};
use camino::{Utf8Path, Utf8PathBuf};
use clap::ValueEnum;
use grantc_core::names::is_name;
use grantc_spec::catalogue::Catalogue;
use project::{Origin, Project};
use std::io::{BufRead, IsTerminal};

/// Names that Cargo refuses for a program, or that the project's dependencies have.
const TAKEN: [&str; 10] = [
    "alloc",
    "build",
    "core",
    "deps",
    "examples",
    "grantc-build",
    "grantc-runtime",
    "incremental",
    "std",
    "tokio",
];

pub(crate) fn run(args: &New, catalogue: &Catalogue) -> Result<Verdict, Failure> {
    let origin = origin(args.grantc.as_deref())?;
    let stdin = std::io::stdin();
    let mut answers = (!args.yes && stdin.is_terminal()).then(|| Answers(stdin.lock()));
    let name = name(args, answers.as_mut())?;
    let mut given = |flag: &Option<String>, question: &str, usual: &str| match (flag, &mut answers)
    {
        (Some(given), _) => Ok(given.clone()),
        (None, Some(answers)) => answers.ask(question, usual),
        (None, None) => Ok(usual.to_owned()),
    };
    let namespace = given(&args.namespace, "namespace of the publisher", "com.example")?;
    let description = given(&args.description, "what it is for", "Tools for AI agents.")?;
    let using = match (args.resource, &mut answers) {
        (Some(using), _) => using,
        (None, Some(answers)) => answers.using()?,
        (None, None) => Using::None,
    };
    let project = Project {
        name,
        namespace,
        // It stands in comments of one line.
        description: description.split_whitespace().collect::<Vec<_>>().join(" "),
        using,
        yaml: args.yaml,
        origin,
    };
    let files = project::files(&project, catalogue)?;
    place::place(&args.dir, &files)?;
    console::print(&said(args, &project, files.len()));
    Ok(Verdict::Clean)
}

/// Where the project takes grantc from: what is given, the repository that this grantc names, or
/// the checkout that it was built from.
fn origin(given: Option<&Utf8Path>) -> Result<Origin, Failure> {
    let repository = env!("CARGO_PKG_REPOSITORY");
    let checkout = match given {
        Some(path) => path,
        None if !repository.is_empty() => return Ok(Origin::Git(repository.to_owned())),
        None => Utf8Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")),
    };
    let is_one = checkout.join("emitters/runtime/Cargo.toml").is_file();
    match checkout.canonicalize_utf8() {
        Ok(whole) if is_one => Ok(Origin::Path(whole)),
        _ if given.is_some() => Err(Failure(format!(
            "`{checkout}` is no checkout of grantc: there is no emitters/runtime/Cargo.toml in it"
        ))),
        _ => Err(Failure(
            "this grantc does not know where its crates are; name a checkout with `--grantc PATH`"
                .to_owned(),
        )),
    }
}

/// The name that is given, asked for, or that of the folder.
fn name(args: &New, answers: Option<&mut Answers<'_>>) -> Result<String, Failure> {
    let usable = |name: &str| is_name(name) && !TAKEN.contains(&name);
    let folder = folder_name(&args.dir);
    match (&args.name, answers) {
        (Some(given), _) if usable(given) => Ok(given.clone()),
        (Some(given), _) => Err(unusable(given, "choose another")),
        (None, Some(answers)) => loop {
            let name = answers.ask("name of the server", &folder)?;
            if usable(&name) {
                return Ok(name);
            }
            console::error(&unusable(&name, "choose another").to_string());
        },
        (None, None) if usable(&folder) => Ok(folder),
        (None, None) => Err(unusable(&folder, "give one with `--name`")),
    }
}

fn unusable(name: &str, help: &str) -> Failure {
    let why = if is_name(name) {
        "is taken"
    } else {
        "is not of the form a-z, then a-z, 0-9, `_` and `-`"
    };
    Failure(format!("`{name}` cannot name the server: it {why}; {help}"))
}

/// The name of the folder, as near to a name of the language as it comes.
fn folder_name(dir: &Utf8Path) -> String {
    let here = || {
        std::env::current_dir()
            .ok()
            .and_then(|path| Utf8PathBuf::from_path_buf(path).ok())
    };
    let whole = match dir.file_name() {
        Some(name) => Some(name.to_owned()),
        None => dir
            .canonicalize_utf8()
            .ok()
            .or_else(here)
            .and_then(|it| it.file_name().map(str::to_owned)),
    };
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '_' {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    whole.unwrap_or_default().chars().map(plain).collect()
}

/// A person who answers.
struct Answers<'a>(std::io::StdinLock<'a>);

impl Answers<'_> {
    /// An answer, or what is usual when there is none.
    fn ask(&mut self, question: &str, usual: &str) -> Result<String, Failure> {
        console::tell(&format!("{question} [{usual}]: "));
        let mut line = String::new();
        let read = self.0.read_line(&mut line).map_err(Failure::from_error)?;
        if read == 0 {
            return Err(Failure("nothing was made: there was no answer".to_owned()));
        }
        Ok(match line.trim() {
            "" => usual.to_owned(),
            answer => answer.to_owned(),
        })
    }

    fn using(&mut self) -> Result<Using, Failure> {
        loop {
            let answer = self.ask("what its first tool uses: none, blob or search", "none")?;
            match Using::from_str(&answer, true) {
                Ok(using) => return Ok(using),
                Err(_) => console::error(&format!("`{answer}` is none of them")),
            }
        }
    }
}

fn said(args: &New, project: &Project, count: usize) -> String {
    let mut out = format!("made `{}` in {}: {count} files\n\n", project.name, args.dir);
    if args.dir != "." {
        out.push_str(&format!("  cd {}\n", args.dir));
    }
    out.push_str(&format!(
        "  cargo test                      the tool of {}, as a client sees it\n  \
           cargo run -- --stdio --local    the server, for a desktop client\n  \
           grantc check                    what the tool needs and what it holds\n",
        project.manifest()
    ));
    out
}
