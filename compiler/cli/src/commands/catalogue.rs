//! `grantc catalogue`: which facts a proof rests on, and how to bring them up to date.

use crate::args::{CatalogueArgs, CatalogueCommand, Import};
use crate::{Failure, Verdict, console};
use camino::{Utf8Path, Utf8PathBuf};
use grantc_build::loader::reason;
use grantc_spec::catalogue::import::{self, Source, Sources};
use grantc_spec::catalogue::{Catalogue, CatalogueTexts};
use std::collections::BTreeMap;

pub(crate) fn run(args: &CatalogueArgs, catalogue: &Catalogue) -> Result<Verdict, Failure> {
    match &args.command {
        None => {
            console::print(&format!(
                "{}\n{}\n",
                describe(catalogue),
                catalogue.digest()
            ));
            Ok(Verdict::Clean)
        }
        Some(CatalogueCommand::Import(args)) => import(args, catalogue),
    }
}

fn describe(catalogue: &Catalogue) -> String {
    format!(
        "catalogue of {}, {} operations, {} roles, {} Microsoft Graph permissions",
        catalogue.date(),
        catalogue.operation_count(),
        catalogue.roles().count(),
        catalogue.graph_permissions().count(),
    )
}

fn import(args: &Import, previous: &Catalogue) -> Result<Verdict, Failure> {
    let roles = File::read(&args.roles)?;
    let operations = File::read(&args.operations)?;
    let graph = File::read(&args.graph)?;
    let retired = File::read(&args.retired)?;
    let renamed = File::read(&args.renamed)?;
    let credentials = File::read(&args.credentials)?;
    let sources = Sources {
        roles: roles.as_ref().map(File::source),
        operations: operations.as_ref().map(File::source),
        graph: graph.as_ref().map(File::source),
        retired: retired.as_ref().map(File::source),
        renamed: renamed.as_ref().map(File::source),
        credentials: credentials.as_ref().map(File::source),
    };
    let imported =
        import::import(&sources, &args.date, Some(previous)).map_err(Failure::from_error)?;
    let files: BTreeMap<String, String> = imported
        .texts
        .files()
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect();
    // Read back before anything is written: what is on disk is always a catalogue.
    let catalogue = Catalogue::from_texts(imported.texts).map_err(Failure::from_error)?;
    let written = grantc_build::write::write(&args.out, &files).map_err(Failure::from_error)?;
    for note in &imported.notes {
        console::tell(&format!("note: {note}\n"));
    }
    console::print(&format!(
        "{}: {}{}\n",
        args.out,
        describe(&catalogue),
        if written.is_current() {
            ", unchanged"
        } else {
            ""
        },
    ));
    Ok(Verdict::Clean)
}

/// A source file with its path.
struct File<'a> {
    path: &'a Utf8Path,
    text: String,
}

impl<'a> File<'a> {
    fn read(path: &'a Option<Utf8PathBuf>) -> Result<Option<File<'a>>, Failure> {
        let Some(path) = path else { return Ok(None) };
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some(File { path, text })),
            Err(error) => Err(Failure(format!("cannot read `{path}`: {}", reason(&error)))),
        }
    }

    fn source(&self) -> Source<'_> {
        Source {
            name: self.path.as_str(),
            text: &self.text,
        }
    }
}

/// Reads a catalogue folder.
pub(crate) fn read(folder: &Utf8Path) -> Result<Catalogue, Failure> {
    let texts = CatalogueTexts::read(|name| {
        let path = folder.join(name);
        std::fs::read_to_string(&path)
            .map_err(|error| Failure(format!("cannot read `{path}`: {}", reason(&error))))
    })?;
    Catalogue::from_texts(texts).map_err(|error| Failure(format!("{folder}/{error}")))
}
