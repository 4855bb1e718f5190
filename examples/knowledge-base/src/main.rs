//! The server as a program: `knowledge-base --stdio` or `--http`, with `--local` against stand-ins.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    grantc_runtime::run(knowledge_base::server(knowledge_base::Library)).await
}
