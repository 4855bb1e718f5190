//! MCP over HTTP: `POST /mcp`, stateless in both protocol eras.
//!
//! | | |
//! |---|---|
//! | `POST /mcp` | one JSON-RPC message; answered with JSON |
//! | `GET /mcp`, `DELETE /mcp` | 405: there are no sessions and no streams |
//! | `GET /` | 200, for the readiness probe of the Functions host |
//! | `GET /.well-known/oauth-protected-resource[/mcp]` | where callers get tokens, under `GRANTC_AUTH=jwt` |
//!
//! A request passes, in this order: the gate (who calls, how large, what for), the host and origin
//! check of `rmcp` (see `places`), its protocol checks, the tool.

mod challenge;
mod gate;
mod places;

use super::Handler;
use crate::caller::{Guard, Site};
use crate::settings::{Missing, Settings};
use crate::{Mode, Server, StartError};
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::{get, post_service};
use challenge::Challenges;
use gate::Gate;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The path of the one endpoint.
pub(super) const ENDPOINT: &str = "/mcp";

/// The largest request, in bytes.
pub const MOST_BYTES: usize = 4 << 20;

/// How long requests that are running may take to end once the server is told to stop.
const DRAIN: Duration = Duration::from_secs(30);

/// Why a server did not serve over HTTP.
#[derive(Debug)]
#[non_exhaustive]
pub enum HttpError {
    /// It did not start.
    Start(StartError),
    /// The address, or the connection to it, failed.
    Io(std::io::Error),
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HttpError::Start(error) => error.fmt(f),
            HttpError::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for HttpError {}

impl From<std::io::Error> for HttpError {
    fn from(error: std::io::Error) -> Self {
        HttpError::Io(error)
    }
}

/// Serves MCP over HTTP until `until` ends; then lets running requests finish, for half a minute.
///
/// # Errors
/// Every setting that is missing, and what the address does not allow.
pub async fn serve_http(
    server: Server,
    mode: Mode,
    settings: &Settings,
    listener: TcpListener,
    until: impl Future<Output = ()> + Send + 'static,
) -> Result<(), HttpError> {
    let address = listener.local_addr()?;
    let router = router(server, mode, settings, address).map_err(HttpError::Start)?;
    let stopping = CancellationToken::new();
    let told = stopping.clone();
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
        until.await;
        told.cancel();
    });
    tokio::select! {
        ended = serving.into_future() => Ok(ended?),
        () = async { stopping.cancelled().await; tokio::time::sleep(DRAIN).await } => {
            tracing::warn!(target: "grantc", "requests were still running when the server stopped");
            Ok(())
        }
    }
}

fn router(
    server: Server,
    mode: Mode,
    settings: &Settings,
    address: SocketAddr,
) -> Result<Router, StartError> {
    let table = server.table();
    let site = Site {
        loopback: address.ip().is_loopback(),
        behind_host: settings.host_port().is_some(),
    };
    let (mut missing, mut notes) = (Missing::default(), Vec::new());
    let guard = Guard::new(site, mode, settings, &mut missing, &mut notes);
    let places = places::Places::new(site, settings, &mut missing);
    let running = server.start_missing(mode, settings, missing)?;
    let (Some(guard), Some(places)) = (guard, places) else {
        return Err(StartError::Generated(
            "nothing is missing, and yet it is".to_owned(),
        ));
    };
    super::told(
        &running,
        mode,
        &format!("HTTP at http://{address}{ENDPOINT}"),
        &notes,
    );

    let challenges = Challenges::new(&guard, &running, settings, address);
    let running = Arc::new(running);
    let handler = Handler::new(Arc::clone(&running))?;
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(MOST_BYTES);
    let mcp = StreamableHttpService::new(
        move || Ok(handler.clone()),
        Arc::new(NeverSessionManager::default()),
        places.into_config(config),
    );
    let metadata = challenges.metadata(table);
    let gate = Arc::new(Gate::new(guard, challenges, running));
    let behind_gate = axum::middleware::from_fn_with_state(gate, gate::pass);
    let mut router = Router::new()
        .route(ENDPOINT, post_service(mcp).route_layer(behind_gate))
        .route("/", get(async || "serving MCP\n"));
    if let Some(document) = metadata {
        for place in challenge::WELL_KNOWN {
            let body = document.clone();
            let answer = async move || ([(CONTENT_TYPE, "application/json")], body.clone());
            router = router.route(place, get(answer));
        }
    }
    Ok(router)
}
