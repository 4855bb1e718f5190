//! A server: the table of the manifest and the tools behind it, before and after its start.

use crate::plant::Plant;
use crate::settings::{Missing, Settings};
use crate::table::{self, Table};
use crate::{Call, Caller, Context, ErrorKind, Tool, ToolError, Validate, call_limits, input};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// A tool with its types forgotten: JSON in, JSON out, both checked.
type Route = Arc<dyn Fn(Call, Value) -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync>;
type Answer = Result<Value, ToolError>;

/// A server that has not started: generated code makes one with its function `server`.
pub struct Server {
    table: &'static Table,
    routes: BTreeMap<&'static str, Route>,
}

/// Where the resources are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// In Azure: managed identities there, the developer's own sign-in on a laptop.
    Azure,
    /// Here: Azurite for storage, folders of files for the rest; no permission is enforced.
    Local,
}

impl Server {
    /// A server without tools; generated code adds each with [`Server::route`].
    pub fn new(table: &'static Table) -> Self {
        Self {
            table,
            routes: BTreeMap::new(),
        }
    }

    /// Puts a method of `tools` behind tool `K`.
    #[must_use]
    pub fn route<K, T, F>(
        mut self,
        tools: &Arc<T>,
        run: impl Fn(Arc<T>, K::Context, K::Input) -> F + Send + Sync + 'static,
    ) -> Self
    where
        K: Tool,
        T: Send + Sync + 'static,
        F: Future<Output = Result<K::Output, ToolError>> + Send + 'static,
    {
        let (tools, run) = (Arc::clone(tools), Arc::new(run));
        let route: Route = Arc::new(move |call, arguments| {
            let (tools, run) = (Arc::clone(&tools), Arc::clone(&run));
            Box::pin(async move {
                let input = input::read::<K::Input>(arguments)?;
                let output = run(tools, K::Context::new(call)?, input).await?;
                write::<K::Output>(&output)
            })
        });
        self.routes.insert(K::NAME, route);
        self
    }

    /// The table it was made from.
    pub fn table(&self) -> &'static Table {
        self.table
    }

    /// Reads the settings and makes every resource ready.
    ///
    /// # Errors
    /// Every setting that is missing, or a table that does not fit its routes.
    pub fn start(self, mode: Mode, settings: &Settings) -> Result<Running, StartError> {
        self.start_missing(mode, settings, Missing::default())
    }

    /// As [`Server::start`], where something may be missing already: all of it is named at once.
    pub(crate) fn start_missing(
        self,
        mode: Mode,
        settings: &Settings,
        mut missing: Missing,
    ) -> Result<Running, StartError> {
        let rows = self.rows(settings, &mut missing);
        let plant = Plant::build(self.table, &rows, mode, settings, &mut missing);
        if !missing.is_empty() {
            return Err(StartError::Settings(missing));
        }
        let tools = rows.into_iter().map(|row| {
            let route = self.routes.get(row.name).cloned();
            let route = route.ok_or_else(|| StartError::no_route(row.name))?;
            Ok(Ready {
                row,
                route,
                permits: Semaphore::new(row.limits.permits()),
            })
        });
        let tools = tools.collect::<Result<_, StartError>>()?;
        // As in the emitted documents: several apps are several MCP servers.
        let app = settings
            .get("GRANTC_APP")
            .filter(|_| self.table.apps.len() > 1);
        let name = self.table.name;
        Ok(Running {
            table: self.table,
            name: app.map_or(name.to_owned(), |app| format!("{name}-{app}")),
            tools,
            plant: Arc::new(plant),
        })
    }

    /// The tools that this process serves: those of its app, or all.
    fn rows(&self, settings: &Settings, missing: &mut Missing) -> Vec<&'static table::Tool> {
        let all = self.table.tools;
        let Some(name) = settings.get("GRANTC_APP") else {
            return all.iter().collect();
        };
        let Some(app) = self.table.apps.iter().find(|app| app.name == name) else {
            let known: Vec<_> = self.table.apps.iter().map(|app| app.name).collect();
            missing.push(
                "GRANTC_APP",
                format!("no app is named `{name}`; there are: {}", known.join(", ")),
            );
            return Vec::new();
        };
        all.iter()
            .filter(|tool| app.tools.contains(&tool.name))
            .collect()
    }
}

/// Writes a result as JSON and holds it against its type.
fn write<T: serde::Serialize + Validate>(output: &T) -> Answer {
    let broken = |why: String| {
        ToolError::of(
            ErrorKind::Output,
            format!("the tool gave an invalid result, which was not sent: {why}"),
        )
    };
    let value = serde_json::to_value(output).map_err(|error| broken(error.to_string()))?;
    T::check(&value).map_err(|violations| broken(violations.to_string()))?;
    Ok(value)
}

/// Why a server did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// Settings are missing or unusable; all of them.
    Settings(Missing),
    /// The generated code does not fit together.
    Generated(String),
}

impl StartError {
    fn no_route(tool: &str) -> Self {
        Self::Generated(format!(
            "the table has tool `{tool}`, but nothing is behind it"
        ))
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StartError::Settings(missing) => missing.fmt(f),
            StartError::Generated(why) => write!(f, "the generated code is broken: {why}"),
        }
    }
}

impl std::error::Error for StartError {}

/// A started server: answers calls, whatever protocol they came by.
pub struct Running {
    pub(crate) table: &'static Table,
    /// What it is called over MCP.
    pub(crate) name: String,
    pub(crate) tools: Vec<Ready>,
    pub(crate) plant: Arc<Plant>,
}

/// A tool that is ready to be called.
pub(crate) struct Ready {
    pub(crate) row: &'static table::Tool,
    pub(crate) route: Route,
    pub(crate) permits: Semaphore,
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.tools.iter().map(|tool| tool.row.name);
        write!(f, "Running({}: ", self.name)?;
        f.debug_list().entries(names).finish()?;
        f.write_str(")")
    }
}

/// The result of a call: the JSON, and the same as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// For `structuredContent`.
    pub value: Value,
    /// The text copy for clients that read only text.
    pub text: String,
}

impl Running {
    /// Calls a tool as a client would: checks, limits and audit included.
    ///
    /// The caller is the person at this machine ([`Caller::Local`]).
    /// `None` when no tool has that name. Dropping the future cancels the call.
    pub async fn call(&self, tool: &str, arguments: Value) -> Option<Result<Reply, ToolError>> {
        let never = tokio_util::sync::CancellationToken::new();
        self.call_until(tool, arguments, never, Caller::Local).await
    }

    pub(crate) async fn call_until(
        &self,
        tool: &str,
        arguments: Value,
        cancel: tokio_util::sync::CancellationToken,
        caller: Caller,
    ) -> Option<Result<Reply, ToolError>> {
        let ready = self.tools.iter().find(|ready| ready.row.name == tool)?;
        Some(call_limits::run(ready, &self.plant, arguments, cancel, caller).await)
    }

    /// Lines that the log of the start should have: what stands in for what.
    pub fn notes(&self) -> &[String] {
        &self.plant.notes
    }
}
