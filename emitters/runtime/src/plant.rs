//! What a started server has ready for its calls: one connection per resource, made once.

use crate::settings::{Missing, Settings};
use crate::table::{self, Table};
use crate::{ErrorKind, Mode, ToolError};
use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// A connection to one resource; its connector knows its type.
type Connection = Arc<dyn Any + Send + Sync>;

/// The connections of a server, by resource.
#[derive(Default)]
pub(crate) struct Plant {
    connections: BTreeMap<&'static str, Connection>,
    /// The resources that `--local` replaced.
    pub(crate) stand_ins: BTreeSet<&'static str>,
    /// Lines for the log of the start: what stands in for what.
    pub(crate) notes: Vec<String>,
}

impl fmt::Debug for Plant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.connections.keys()).finish()
    }
}

/// What a connector makes a connection from.
pub(crate) struct Site<'a> {
    pub(crate) resource: &'static table::Resource,
    /// The identities that use the resource.
    #[cfg_attr(
        not(feature = "azure"),
        allow(dead_code, reason = "connectors read it")
    )]
    pub(crate) identities: BTreeSet<&'static str>,
    #[cfg_attr(
        not(feature = "azure"),
        allow(dead_code, reason = "connectors read it")
    )]
    pub(crate) place: Place<'a>,
    #[cfg_attr(
        not(feature = "azure"),
        allow(dead_code, reason = "connectors read it")
    )]
    pub(crate) settings: &'a Settings,
    #[cfg_attr(
        not(feature = "azure"),
        allow(dead_code, reason = "connectors read it")
    )]
    pub(crate) missing: &'a mut Missing,
    pub(crate) notes: &'a mut Vec<String>,
}

/// Where the resources are, and how to get there.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    Local,
    #[cfg(feature = "azure")]
    Azure(&'a crate::azure::Cloud),
    #[cfg(not(feature = "azure"))]
    Azure(std::marker::PhantomData<&'a ()>),
}

impl Plant {
    /// Connects the resources that `tools` use; every missing setting is named in `missing`.
    pub(crate) fn build(
        table: &Table,
        tools: &[&'static table::Tool],
        mode: Mode,
        settings: &Settings,
        missing: &mut Missing,
    ) -> Self {
        let uses: Vec<_> = tools.iter().flat_map(|tool| tool.uses).collect();
        #[cfg(feature = "azure")]
        let cloud = (mode == Mode::Azure).then(|| {
            let used =
                |identity: &&table::Identity| uses.iter().any(|u| u.identity == identity.name);
            crate::azure::Cloud::new(table.identities.iter().filter(used), settings, missing)
        });
        #[cfg(feature = "azure")]
        let place = cloud.as_ref().map_or(Place::Local, Place::Azure);
        #[cfg(not(feature = "azure"))]
        let place = match mode {
            Mode::Local => Place::Local,
            Mode::Azure => Place::Azure(std::marker::PhantomData),
        };

        let mut plant = Self::default();
        for resource in table.resources {
            let of_it = uses.iter().filter(|uses| uses.resource == resource.name);
            let identities: BTreeSet<_> = of_it.map(|uses| uses.identity).collect();
            if identities.is_empty() {
                continue;
            }
            let notes = &mut plant.notes;
            let site = Site {
                resource,
                identities,
                place,
                settings,
                missing,
                notes,
            };
            if let Some(connection) = connect(site) {
                plant.connections.insert(resource.name, connection);
                if mode == Mode::Local {
                    plant.stand_ins.insert(resource.name);
                }
            }
        }
        plant
    }

    /// A plant of one resource.
    #[cfg(all(test, feature = "azure"))]
    pub(crate) fn of(site: Site<'_>) -> Self {
        let name = site.resource.name;
        let connections = connect(site)
            .map(|connection| (name, connection))
            .into_iter()
            .collect();
        Self {
            connections,
            ..Self::default()
        }
    }

    /// The connection to a resource.
    pub(crate) fn connection<C: Any + Send + Sync>(
        &self,
        resource: &'static str,
    ) -> Result<Arc<C>, ToolError> {
        let found = self.connections.get(resource).cloned();
        found
            .and_then(|connection| connection.downcast().ok())
            .ok_or_else(|| {
                let why = format!("resource `{resource}` was not made ready at start");
                ToolError::of(ErrorKind::Internal, why)
            })
    }
}

/// Connects one resource; one line here for each connector with a client.
fn connect(site: Site<'_>) -> Option<Connection> {
    match site.resource.connector {
        #[cfg(feature = "blob")]
        "azure.blob" => crate::blob::connect(site).map(|store| store as Connection),
        #[cfg(feature = "search")]
        "azure.search" => crate::search::connect(site).map(|index| index as Connection),
        #[cfg(feature = "cosmos")]
        "azure.cosmos" => crate::cosmos::connect(site).map(|container| container as Connection),
        #[cfg(feature = "servicebus")]
        "azure.servicebus" => crate::servicebus::connect(site).map(|entity| entity as Connection),
        // Everything else is reached by requests with a token: Graph, custom APIs, and what has no
        // client of its own yet.
        #[cfg(feature = "api")]
        _ => crate::api::connect(site).map(|interface| interface as Connection),
        #[cfg(not(feature = "api"))]
        other => {
            let name = site.resource.name;
            let note =
                format!("resource `{name}` is of type `{other}`, for which there is no client yet");
            site.notes.push(note);
            None
        }
    }
}
