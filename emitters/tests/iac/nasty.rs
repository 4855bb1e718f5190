//! Texts that would break out of a string or a comment: the output is that of a harmless text, with
//! the nasty one in its place, escaped.

use crate::manifest;

const NASTY: &[&str] = &[
    "${evil}",
    "%{ if true }",
    "{{ evil }}",
    "{% evil %}",
    "it's",
    "say \"it\"",
    "\\",
    "a\nb = 1",
    "*/ evil",
    "$",
    "%",
    "'''",
    "}",
    "<<EOT\nevil\nEOT",
    "${'",
    "$${x}",
    "%%{x}",
    "// no",
    "# no",
];

const MANIFEST: &str = r#"
grantc version=1
param "account" doc="DOC"
param "team" default="DEFAULT"
server "nasty" version="1.0.0" {
    title "TITLE"
    description "ABOUT"
    instructions "HOW"
    namespace "com.example"
}
azure {
    resource-group "rg-nasty"
    location "westeurope"
    isolation "shared"
    tags "KEY"="VALUE" team=(param)"team"
}
resource "documents" type="azure.blob" existing=#true sensitivity="SENSITIVE" {
    account (param)"account"
    container "documents"
}
role "Reads" {
    data-action "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
}
identity "reader" type="user-assigned" { assign "Reads" on="documents" }
tool "look" {
    title "TOOL"
    description "WHAT"
    as "reader"
    uses "documents" "read"
    input { name string doc="FIELD" }
    output { found boolean }
}
"#;

const FIELDS: &[&str] = &[
    "DOC",
    "DEFAULT",
    "TITLE",
    "ABOUT",
    "HOW",
    "KEY",
    "VALUE",
    "SENSITIVE",
    "TOOL",
    "WHAT",
    "FIELD",
];

fn in_kdl(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

fn in_bicep(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('\'', "\\'")
        .replace("${", "\\${")
        .replace('\n', "\\n")
}

fn in_hcl(text: &str) -> String {
    let text = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n");
    text.replace("${", "$${").replace("%{", "%%{")
}

#[test]
fn a_nasty_text_stays_a_text() {
    let mut tried = 0;
    for field in FIELDS {
        for nasty in NASTY {
            let manifest =
                MANIFEST.replace(&format!("\"{field}\""), &format!("\"{}\"", in_kdl(nasty)));
            let Ok(emitted) = manifest::try_emit(&manifest) else {
                continue;
            };
            tried += 1;
            let harmless = manifest::emit(MANIFEST);
            let paths = |files: &grantc_emitters::Files| {
                files.iter().map(|(p, _)| p.to_owned()).collect::<Vec<_>>()
            };
            assert_eq!(
                paths(&emitted.files),
                paths(&harmless.files),
                "{field}: {nasty:?}"
            );
            for (path, text) in emitted.files.iter() {
                let meant = harmless.files.get(path).unwrap();
                let meant = match path.rsplit('.').next() {
                    Some("bicep") => bicep(meant, field, nasty),
                    Some("tf") => hcl(meant, field, nasty),
                    _ => continue,
                };
                assert_eq!(
                    squeezed(text),
                    squeezed(&meant),
                    "{path} with {field} {nasty:?}"
                );
            }
        }
    }
    assert!(tried > NASTY.len() * 8, "only {tried} were manifests");
}

/// A tag's name is a bare word in Bicep only while it is harmless.
fn bicep(text: &str, field: &str, nasty: &str) -> String {
    let quoted = format!("'{}'", in_bicep(nasty));
    text.replace(&format!("'{field}'"), &quoted)
        .replace(&format!("  {field}: "), &format!("  {quoted}: "))
}

/// Likewise in HCL.
fn hcl(text: &str, field: &str, nasty: &str) -> String {
    let quoted = format!("\"{}\"", in_hcl(nasty));
    text.replace(&format!("\"{field}\""), &quoted)
        .replace(&format!("    {field} "), &format!("    {quoted} "))
}

/// The text without blanks, since how wide a word is decides where its neighbours stand.
fn squeezed(text: &str) -> String {
    text.chars().filter(|c| *c != ' ').collect()
}

#[test]
fn what_is_hidden_is_shown() {
    for hidden in ["\u{202e}", "\u{200b}", "\u{e0041}", "\u{2066}"] {
        let escaped = format!("\\u{{{:x}}}", u32::from(hidden.chars().next().unwrap()));
        let manifest = MANIFEST.replace("\"VALUE\"", &format!("\"a{escaped}b\""));
        let Ok(emitted) = manifest::try_emit(&manifest) else {
            continue;
        };
        for (path, text) in emitted
            .files
            .iter()
            .filter(|(path, _)| !path.starts_with("mcp/"))
        {
            assert!(!text.contains(hidden), "{path} hides {escaped}");
        }
        let main = manifest::file(&emitted, "bicep/main.bicep");
        assert!(main.contains(&format!("'a{escaped}b'")), "{main}");
    }
}
