//! Texts that would break out of their place, in every free-text field and every target: either a
//! located finding, or output that is still valid and says the same.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use grantc_core::Compilation;
use grantc_emitters::Options;
use grantc_golden_tests::compile::compile;
use grantc_spec::rules::Level;
use serde_json::Value;

/// What each field is filled with; each ends the string, the comment or the expression of some
/// language, or hides from a reader.
const NASTY: &[&str] = &[
    "${evil}",
    "%{ if evil }",
    "it's",
    "say \"hi\"",
    "two\nlines",
    "a\r\nb",
    "tab\there",
    "back\\slash",
    "ends in backslash\\",
    "end */ of comment",
    "{{ evil }}",
    "{% evil %}",
    "{# evil #}",
    "// not a comment",
    "#]; evil!(",
    "'''",
    "zero\u{200b}width",
    "right\u{202e}to left",
    "tag\u{e0041}",
    "null\u{0}byte",
    "bell\u{7}",
    "line\u{2028}separator",
    "Straße – 発票 🧾",
];

/// A manifest with a free-text field, and where the text must come out again.
struct Field {
    name: &'static str,
    /// The manifest; `§` is where the text stands, in quotes.
    manifest: &'static str,
    /// Files that must hold the text, each with a JSON pointer into it.
    json: &'static [(&'static str, &'static str)],
}

const FIELDS: &[Field] = &[
    Field {
        name: "server title",
        manifest: "title §",
        json: &[("mcp/server.json", "/title")],
    },
    Field {
        name: "server instructions",
        manifest: "instructions §",
        json: &[("mcp/discover.json", "/instructions")],
    },
    Field {
        name: "tool title",
        manifest: "TITLE",
        json: &[("mcp/tools.json", "/tools/0/title")],
    },
    Field {
        name: "tool description",
        manifest: "DESCRIPTION",
        json: &[("mcp/tools.json", "/tools/0/description")],
    },
    Field {
        name: "field doc",
        manifest: "DOC",
        json: &[(
            "mcp/tools.json",
            "/tools/0/inputSchema/properties/name/description",
        )],
    },
    Field {
        name: "default",
        manifest: "DEFAULT",
        json: &[(
            "mcp/tools.json",
            "/tools/0/inputSchema/properties/name/default",
        )],
    },
    Field {
        name: "example",
        manifest: "EXAMPLE",
        json: &[(
            "mcp/tools.json",
            "/tools/0/inputSchema/properties/name/examples/0",
        )],
    },
    Field {
        name: "pattern",
        manifest: "PATTERN",
        json: &[],
    },
    Field {
        name: "server description",
        manifest: "SERVER-DESCRIPTION",
        json: &[],
    },
    Field {
        name: "server version",
        manifest: "VERSION",
        json: &[],
    },
    Field {
        name: "server namespace",
        manifest: "NAMESPACE",
        json: &[],
    },
    Field {
        name: "server website",
        manifest: "website §",
        json: &[],
    },
    Field {
        name: "server url",
        manifest: "url §",
        json: &[],
    },
    Field {
        name: "param doc",
        manifest: "PARAM-DOC",
        json: &[],
    },
    Field {
        name: "param default",
        manifest: "PARAM-DEFAULT",
        json: &[],
    },
    Field {
        name: "tag value",
        manifest: "TAG",
        json: &[],
    },
    Field {
        name: "tag name",
        manifest: "TAG-NAME",
        json: &[],
    },
    Field {
        name: "resource group",
        manifest: "GROUP",
        json: &[],
    },
    Field {
        name: "location",
        manifest: "LOCATION",
        json: &[],
    },
    Field {
        name: "subscription",
        manifest: "SUBSCRIPTION",
        json: &[],
    },
    Field {
        name: "account",
        manifest: "ACCOUNT",
        json: &[],
    },
    Field {
        name: "container",
        manifest: "CONTAINER",
        json: &[],
    },
    Field {
        name: "sensitivity",
        manifest: "SENSITIVITY",
        json: &[],
    },
    Field {
        name: "role name",
        manifest: "ROLE",
        json: &[],
    },
    Field {
        name: "operation",
        manifest: "OPERATION",
        json: &[],
    },
    Field {
        name: "path",
        manifest: "PATH",
        json: &[],
    },
];

/// The whole manifest with one field filled in.
fn manifest(field: &Field, text: &str) -> String {
    let quoted = kdl_string(text);
    let put = |name: &str, otherwise: &str| {
        if field.manifest == name {
            quoted.clone()
        } else {
            format!("\"{otherwise}\"")
        }
    };
    let server = if field.manifest.contains('§') {
        field.manifest.replace('§', &quoted)
    } else {
        String::new()
    };
    let maybe = |name: &str, word: &str| {
        if field.manifest == name {
            format!("{word}{quoted}")
        } else {
            String::new()
        }
    };
    format!(
        r#"grantc version=1
param "place" default={param_default} doc={param_doc}
server "desk" version={version} {{
    description {description}
    namespace {namespace}
    {server}
}}
azure {{
    {subscription}
    resource-group {group}
    location {location}
    tags {tag_name}={tag} place=(param)"place"
}}
resource "archive" type="azure.blob" existing=#true sensitivity={sensitivity} {{
    account {account}
    container {container}
}}
role {role} {{
    data-action {operation}
}}
identity "clerk" type="user-assigned" {{
    assign {role} on="archive"
    assign "Storage Blob Data Contributor" on="archive"
}}
tool "store" {{
    title {title}
    description {tool_description}
    as "clerk"
    uses "archive" "create" path={path}
    input {{ name string {pattern} {default} {example} doc={doc} }}
    output {{ ok boolean }}
}}
"#,
        param_default = put("PARAM-DEFAULT", "west"),
        param_doc = put("PARAM-DOC", "Where."),
        version = put("VERSION", "1.0.0"),
        description = put("SERVER-DESCRIPTION", "A desk."),
        namespace = put("NAMESPACE", "com.example"),
        subscription = maybe("SUBSCRIPTION", "subscription "),
        group = put("GROUP", "rg-desk"),
        location = put("LOCATION", "westeurope"),
        tag_name = if field.manifest == "TAG-NAME" {
            quoted.clone()
        } else {
            "owner".to_owned()
        },
        tag = put("TAG", "me"),
        sensitivity = put("SENSITIVITY", "secret"),
        account = put("ACCOUNT", "stdesk"),
        container = put("CONTAINER", "files"),
        role = put("ROLE", "Blob Adder"),
        operation = put(
            "OPERATION",
            "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action"
        ),
        title = put("TITLE", "Store"),
        tool_description = put("DESCRIPTION", "Store a file."),
        path = put("PATH", "incoming/*"),
        pattern = maybe("PATTERN", "pattern="),
        default = maybe("DEFAULT", "default="),
        example = maybe("EXAMPLE", "example="),
        doc = put("DOC", "A name."),
    )
}

/// A KDL string with everything that KDL lets nobody write as it is escaped.
fn kdl_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_ascii_graphic() || c == ' ' => out.push(c),
            c => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
        }
    }
    out + "\""
}

#[test]
fn every_text_is_refused_where_it_stands_or_comes_out_the_same() {
    // Every combination is a whole compilation: shared between the cores there are.
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let emitted: usize = std::thread::scope(|scope| {
        let share = |start: usize| {
            let fields = FIELDS.iter().skip(start).step_by(threads);
            move || fields.map(try_field).sum::<usize>()
        };
        let running: Vec<_> = (0..threads)
            .map(|start| scope.spawn(share(start)))
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert!(emitted > 8 * NASTY.len(), "only {emitted} were emitted");
}

/// Tries every text in a field and says how many were emitted rather than refused.
fn try_field(field: &Field) -> usize {
    let accepted = NASTY.iter().filter(|text| {
        let source = manifest(field, text);
        let compilation = compile(&source).unwrap();
        match refusal(&compilation, &source, text) {
            Some(Ok(())) => false,
            Some(Err(problem)) => panic!("{}: {text:?}: {problem}\n{source}", field.name),
            None => {
                comes_out(field, text, &compilation);
                true
            }
        }
    });
    accepted.count()
}

/// Whether the text was refused, and whether the finding stands on its line.
fn refusal(compilation: &Compilation, source: &str, text: &str) -> Option<Result<(), String>> {
    let errors: Vec<_> = compilation
        .diagnostics
        .iter()
        .filter(|d| d.level == Level::Error)
        .collect();
    let first = errors.first()?;
    let quoted = kdl_string(text);
    let file = compilation.sources.iter().next()?;
    let line = file.line_column(first.span.start).0 as usize;
    let there = source
        .lines()
        .nth(line - 1)
        .is_some_and(|line| line.contains(&quoted));
    Some(if there {
        Ok(())
    } else {
        Err(format!("{} at line {line}", first.message))
    })
}

fn comes_out(field: &Field, text: &str, compilation: &Compilation) {
    let verified = compilation.verified().expect("has no errors");
    let emitted = grantc_emitters::emit(verified, &Options::default());
    assert!(
        !emitted.diagnostics.has_errors(),
        "{}: {text:?}",
        field.name
    );
    for (path, content) in emitted.files.iter() {
        if path.ends_with(".json") || path.ends_with(".json.example") {
            let parsed: Result<Value, _> = serde_json::from_str(content);
            assert!(
                parsed.is_ok(),
                "{}: {text:?}: {path}: {parsed:?}",
                field.name
            );
        }
        if path.ends_with(".tf") {
            let parsed = content.parse::<hcl_edit::structure::Body>();
            assert!(
                parsed.is_ok(),
                "{}: {text:?}: {path}: {parsed:?}\n{content}",
                field.name
            );
        }
        assert!(
            !content.contains('\r') && content.ends_with('\n'),
            "{}: {path}",
            field.name
        );
    }
    for (path, pointer) in field.json {
        let content = emitted
            .files
            .get(path)
            .unwrap_or_else(|| panic!("no {path}"));
        let value: Value = serde_json::from_str(content).unwrap();
        let found = value.pointer(pointer).and_then(Value::as_str);
        assert_eq!(
            found,
            Some(text),
            "{}: {path} {pointer}\n{content}",
            field.name
        );
    }
    let rust = grantc_emitters::rust::emit(verified);
    let parsed = syn::parse_file(&rust).map(|_| ());
    assert!(parsed.is_ok(), "{}: {text:?}: {parsed:?}", field.name);
    let hidden = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    assert!(
        !rust.contains(hidden),
        "{}: rustc refuses such characters",
        field.name
    );
}
