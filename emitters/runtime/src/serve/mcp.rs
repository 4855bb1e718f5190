//! The Model Context Protocol, through `rmcp` and without its macros.
//!
//! `rmcp` speaks both eras, 2026-07-28 (stateless, `server/discover`) and the older ones
//! (`initialize`). Lists are written out here, because they may depend on the caller and must say
//! so (`cacheScope`), and must keep the order of the manifest.

use crate::server::Running;
use crate::table::Table;
use crate::{Caller, StartError, digest};
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock,
    CustomRequest, CustomResult, DiscoverResult, ErrorCode, ErrorData, Implementation,
    ListToolsResult, MetaObject, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// How long a client may keep `tools/list` and `server/discover`: they change with a deployment.
pub const LIST_TTL: Duration = Duration::from_secs(300);

/// Answers MCP requests for a started server; cheap to clone.
#[derive(Clone, Debug)]
pub struct Handler {
    running: Arc<Running>,
    tools: Arc<[Tool]>,
    /// The digest of each tool, for those who pin tools.
    meta: Option<MetaObject>,
}

impl Handler {
    /// Reads the tool definitions of the table.
    ///
    /// # Errors
    /// When a definition is not an MCP tool; the compiler of the manifest prevents it.
    pub fn new(running: Arc<Running>) -> Result<Self, StartError> {
        let mut tools = Vec::new();
        let mut digests = serde_json::Map::new();
        for ready in &running.tools {
            let name = ready.row.name;
            let broken = |e| StartError::Generated(format!("definition of `{name}`: {e}"));
            let definition: Value = serde_json::from_str(ready.row.definition).map_err(broken)?;
            digests.insert(name.to_owned(), digest::of(&definition).into());
            tools.push(serde_json::from_value(definition).map_err(broken)?);
        }
        let meta = running.table.namespace.map(|prefix| {
            let mut meta = MetaObject::new();
            meta.0.insert(format!("{prefix}/digests"), digests.into());
            meta
        });
        Ok(Self {
            tools: tools.into(),
            meta,
            running,
        })
    }

    /// The digests of the tools that are listed.
    fn digests(&self, listed: &[Tool]) -> Option<MetaObject> {
        let mut meta = self.meta.clone()?;
        for digests in meta.0.values_mut().filter_map(Value::as_object_mut) {
            digests.retain(|name, _| listed.iter().any(|tool| tool.name == *name));
        }
        Some(meta)
    }

    fn table(&self) -> &'static Table {
        self.running.table
    }
}

impl ServerHandler for Handler {
    fn get_info(&self) -> ServerConfig {
        let table = self.table();
        let mut server = Implementation::new(self.running.name.clone(), table.version);
        server.title = table.title.map(str::to_owned);
        server.description = table.description.map(str::to_owned);
        server.website_url = table.website.map(str::to_owned);
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        let mut config = ServerConfig::new(capabilities).with_server_info(server);
        config.instructions = table.instructions.map(str::to_owned);
        config
    }

    async fn discover(&self, _: RequestContext<RoleServer>) -> Result<DiscoverResult, ErrorData> {
        let versions = self.supported_protocol_versions().into_owned();
        let mut result = DiscoverResult::from_server_info(versions, self.get_info());
        result.ttl_ms = ttl_ms();
        result.cache_scope = CacheScope::Private;
        Ok(result)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let caller = caller(&context);
        let listed = self.running.tools.iter().zip(self.tools.iter());
        let listed = listed.filter(|(ready, _)| caller.lacks(ready.row).is_none());
        let listed: Vec<_> = listed.map(|(_, tool)| tool.clone()).collect();
        let meta = self.digests(&listed);
        let mut result = ListToolsResult::with_all_items(listed);
        result.meta = meta;
        result.ttl_ms = Some(ttl_ms());
        result.cache_scope = Some(CacheScope::Private);
        Ok(result)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.tools.iter().find(|tool| tool.name == name).cloned()
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let arguments = Value::Object(request.arguments.unwrap_or_default());
        let caller = caller(&context);
        let answer = self
            .running
            .call_until(&request.name, arguments, context.ct, caller.clone())
            .await;
        let Some(answer) = answer else {
            let rows = self.running.tools.iter().map(|ready| ready.row);
            let open = rows.filter(|row| caller.lacks(row).is_none());
            let names: Vec<_> = open.map(|row| row.name).collect();
            let data = json!({ "tools": names });
            return Err(ErrorData::invalid_params("unknown tool", Some(data)));
        };
        Ok(CallToolResponse::Complete(match answer {
            Ok(reply) => {
                let mut result = CallToolResult::success(vec![ContentBlock::text(reply.text)]);
                result.structured_content = Some(reply.value);
                result
            }
            Err(error) => CallToolResult::error(vec![ContentBlock::text(error.to_string())]),
        }))
    }

    /// A `tools/call` whose parameters `rmcp` cannot read arrives here.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        Err(match request.method.as_str() {
            "tools/call" | "tools/list" => {
                let why = format!("the parameters of `{}` are malformed", request.method);
                ErrorData::invalid_params(why, None)
            }
            method => ErrorData::new(ErrorCode::METHOD_NOT_FOUND, method.to_owned(), None),
        })
    }
}

/// Who makes a request: over HTTP whom the gate has let in, over stdio the person who started us.
fn caller(context: &RequestContext<RoleServer>) -> Caller {
    match context.extensions.get::<axum::http::request::Parts>() {
        None => Caller::Local,
        // A request that passed no gate is nobody's.
        Some(parts) => parts.extensions.get().cloned().unwrap_or(Caller::Key),
    }
}

fn ttl_ms() -> u64 {
    u64::try_from(LIST_TTL.as_millis()).unwrap_or(u64::MAX)
}
