//! What a started server has ready for its calls: one connection per resource, made once.

use crate::settings::{Missing, Settings};
use crate::table::{self, Table};
use crate::{ErrorKind, Mode, ToolError};
use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A connection to one resource; its connector knows its type.
type Connection = Arc<dyn Any + Send + Sync>;

/// The connections of a server, by resource.
#[derive(Default)]
pub(crate) struct Plant {
    connections: BTreeMap<&'static str, Connection>,
    /// Lines for the log of the start: what stands in for what.
    pub(crate) notes: Vec<String>,
}

impl fmt::Debug for Plant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.connections.keys()).finish()
    }
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
        let mut plant = Self::default();
        let used = |resource: &&table::Resource| {
            tools
                .iter()
                .any(|tool| tool.uses.iter().any(|uses| uses.resource == resource.name))
        };
        for resource in table.resources.iter().filter(used) {
            plant.connect(table, tools, resource, mode, settings, missing);
        }
        plant
    }

    fn connect(
        &mut self,
        _table: &Table,
        _tools: &[&'static table::Tool],
        resource: &'static table::Resource,
        _mode: Mode,
        _settings: &Settings,
        _missing: &mut Missing,
    ) {
        match resource.connector {
            other => self.notes.push(format!(
                "resource `{}` ({other}) has no client here; tools reach it by their own means",
                resource.name
            )),
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
