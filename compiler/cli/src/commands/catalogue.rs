//! `grantc catalogue`: which facts a proof rests on, and how to bring them up to date.

use crate::args::{CatalogueArgs, CatalogueCommand, Import};
use crate::{Failure, Verdict, console};
use camino::Utf8Path;
use grantc_spec::catalogue::import::{self, Sources};
use grantc_spec::catalogue::{Catalogue, CatalogueTexts};
use std::collections::BTreeMap;

pub(crate) fn run(args: &CatalogueArgs, catalogue: &Catalogue) -> Result<Verdict, Failure> {
    match &args.command {
        None => {
            console::print(&format!(
                "catalogue of {}\n{}\n{} operations, {} roles, {} Microsoft Graph permissions\n",
                catalogue.date(),
                catalogue.digest(),
                catalogue.operation_count(),
                catalogue.roles().count(),
                catalogue.graph_permissions().count(),
            ));
            Ok(Verdict::Clean)
        }
        Some(CatalogueCommand::Import(args)) => import(args, catalogue),
    }
}

fn import(args: &Import, previous: &Catalogue) -> Result<Verdict, Failure> {
    let read = |path: &Utf8Path| {
        std::fs::read_to_string(path)
            .map_err(|error| Failure(format!("cannot read `{path}`: {error}")))
    };
    let maybe = |path: &Option<camino::Utf8PathBuf>| path.as_deref().map(read).transpose();
    let (roles, operations, graph) = (read(&args.roles)?, read(&args.operations)?, read(&args.graph)?);
    let (retired, credentials) = (maybe(&args.retired)?, maybe(&args.credentials)?);
    let sources = Sources {
        roles: &roles,
        operations: &operations,
        graph: &graph,
        retired: retired.as_deref(),
        credentials: credentials.as_deref(),
    };
    let texts = import::import(&sources, &args.date, Some(previous)).map_err(Failure::from_error)?;
    let files: BTreeMap<String, String> =
        texts.files().into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    // Read back before anything is written: what is on disk is always a catalogue.
    let imported = Catalogue::from_texts(texts).map_err(Failure::from_error)?;
    let written = grantc_build::write::write(&args.out, &files).map_err(Failure::from_error)?;
    console::print(&format!(
        "{}: catalogue of {}, {} operations, {} roles{}\n",
        args.out,
        imported.date(),
        imported.operation_count(),
        imported.roles().count(),
        if written.is_current() { ", unchanged" } else { "" },
    ));
    Ok(Verdict::Clean)
}

/// Reads a catalogue folder.
pub(crate) fn read(folder: &Utf8Path) -> Result<Catalogue, Failure> {
    let texts = CatalogueTexts::read(|name| {
        let path = folder.join(name);
        std::fs::read_to_string(&path)
            .map_err(|error| Failure(format!("cannot read `{path}`: {error}")))
    })?;
    Catalogue::from_texts(texts).map_err(|error| Failure(format!("{folder}/{error}")))
}
