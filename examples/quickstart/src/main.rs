//! The server as a program: `quickstart --stdio` or `--http`, with `--local` against files.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    grantc_runtime::run(quickstart::server(quickstart::Handbook)).await
}
