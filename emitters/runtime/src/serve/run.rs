//! A generated server as a program: which protocol, which mode, and what to say when not.

use super::arguments::{Command, help, read};
use super::http::serve_http;
use super::{Handler, told};
use crate::settings::Settings;
use crate::{Mode, Server};
use rmcp::service::{ServerInitializeError, ServiceExt as _};
use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

/// Runs a server as the whole of a program: reads the arguments and the environment, serves, and
/// says how it ended.
///
/// Arguments: `--stdio`, `--http [ADDRESS]`, `--local`, `--help`, `--version`; none under the Azure
/// Functions host, which says where in `FUNCTIONS_CUSTOMHANDLER_PORT`. Exit codes: 0 when the client
/// went away or the server was told to stop (SIGTERM, ctrl-c), 1 when it could not start or serve, 2
/// when the arguments are not understood. The log is JSON lines, filtered by `RUST_LOG` (default
/// `warn`, with grantc's own lines); audit events always pass. It goes to stdout, but under
/// `--stdio`, where stdout belongs to the protocol, to stderr.
pub async fn run(server: Server) -> ExitCode {
    let table = server.table();
    let settings = Settings::from_env();
    let served = match read(std::env::args_os().skip(1), settings.host_port()) {
        Ok(Command::Stdio(mode)) => {
            log_to(BoxMakeWriter::new(std::io::stderr));
            serve_stdio(server, mode, &settings).await
        }
        Ok(Command::Http(mode, address)) => {
            log_to(BoxMakeWriter::new(std::io::stdout));
            serve_at(server, mode, &settings, address).await
        }
        Ok(Command::Help) => return print(&help(table.name)),
        Ok(Command::Version) => return print(&format!("{} {}\n", table.name, table.version)),
        Err(wrong) => {
            complain(&format!("{}: {wrong}\n\n{}", table.name, help(table.name)));
            return ExitCode::from(2);
        }
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            complain(&format!("{} cannot serve: {why}\n", table.name));
            ExitCode::FAILURE
        }
    }
}

async fn serve_stdio(server: Server, mode: Mode, settings: &Settings) -> Result<(), String> {
    let running = server
        .start(mode, settings)
        .map_err(|error| error.to_string())?;
    told(&running, mode, "stdio", &[]);
    let handler = Handler::new(Arc::new(running)).map_err(|error| error.to_string())?;
    match handler.serve(rmcp::transport::stdio_pipes()).await {
        Ok(service) => service
            .waiting()
            .await
            .map(|_| ())
            .map_err(|error| error.to_string()),
        Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
        Err(error) => Err(error.to_string()),
    }
}

async fn serve_at(
    server: Server,
    mode: Mode,
    settings: &Settings,
    address: SocketAddr,
) -> Result<(), String> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("{address}: {error}"))?;
    serve_http(server, mode, settings, listener, told_to_stop())
        .await
        .map_err(|error| error.to_string())
}

/// Ends at ctrl-c, and at SIGTERM, which is how a platform says so.
async fn told_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await; // there is no such signal here
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                () = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    interrupted.await;
}

/// Prints to stdout what was asked for; a closed pipe is the reader's affair.
fn print(text: &str) -> ExitCode {
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

fn complain(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Installs the log, unless the program has one of its own already.
fn log_to(writer: BoxMakeWriter) {
    let asked = std::env::var("RUST_LOG").unwrap_or_default();
    let mut directives = if asked.is_empty() {
        "warn,grantc=info".to_owned()
    } else {
        asked.clone()
    };
    directives.push_str(",grantc::audit=info"); // the audit is no matter of taste
    if !asked.contains("rmcp") {
        directives.push_str(",rmcp=warn"); // below that it logs whole messages
    }
    let _ = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(writer)
        .with_env_filter(EnvFilter::builder().parse_lossy(directives))
        .try_init();
}
