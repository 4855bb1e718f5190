//! The server as a program: `field-service --stdio` or `--http`, with `--local` against stand-ins.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    grantc_runtime::run(field_service::server(field_service::Service)).await
}
