//! Manifests that are wrong, and every word that is said about them.

use super::{FRAME, said, tool};

/// Holds what is said against one line for each finding.
fn says(text: &str, wanted: &[&str]) {
    assert_eq!(said(text), wanted, "{text}");
}

#[test]
fn what_a_manifest_has_no_use_for() {
    says(
        "",
        &[r#"G0005 "": the manifest is empty; the first line is `grantc: 1`"#],
    );
    says(
        &tool("output: &a {}\nas: *a"),
        &[
            r#"G0001 "&a": a manifest has no anchors; write it out where it is meant"#,
            r#"G0001 "*a": a manifest has no aliases; write it out where it is meant"#,
        ],
    );
    says(
        &tool("output: *a"),
        &[r#"G0001 "*a": a manifest has no aliases; write it out where it is meant"#],
    );
    says(
        &tool("output: !!str x"),
        &[
            r#"G0001 "!!str": a manifest has no tags; remove it: the language knows the type of every value"#,
        ],
    );
    says(
        "%YAML 1.2\n---\ngrantc: 1\n",
        &[r#"G0001 "%": a manifest has no directives; remove the line"#],
    );
    says(
        "grantc: 1\n---\ngrantc: 1\n",
        &[
            r#"G0001 "---": a manifest is one document; remove what follows, and the `---` before it"#,
        ],
    );
    says(
        "- grantc\n",
        &[r#"G0104 "- grantc": a manifest is a mapping, not a list; start with `grantc: 1`"#],
    );
    says(
        "grantc: 1\n[a]: b\n",
        &[r#"G0001 "[a]": a key is one word; write the key as text"#],
    );
    says(
        &tool("output: {}\ntitle: é\ntitle: b"),
        &[r#"G0105 "title": `title` stands twice"#],
    );
    says(
        &tool("output:\n\tfields: {}"),
        &["G0001 \"\\t\": a tab cannot indent; YAML is indented by spaces"],
    );
    says(
        &tool("title: é: b"),
        &[
            r#"G0001 ":": this is not YAML: mapping values are not allowed in this context; put text with `: ` in it in quotes: `"…"`"#,
        ],
    );
    says(
        &tool(r#"title: "é"#),
        &["G0001 \"\\\"\": this is not YAML: unclosed quote"],
    );
    says(
        &tool("title: é `b`\nas: `a`"),
        &[r#"G0001 "`": a value cannot start with this character; put the text in quotes: `"…"`"#],
    );
    says(
        &"- ".repeat(20),
        &[
            r#"G0002 "-": lists and mappings nest deeper than 16 levels; no manifest needs more than eight levels; is one not closed, or indented too far?"#,
        ],
    );
    says(
        "grantc: 2\n",
        &[r#"G0005 "2": this grantc reads version 1, not 2; the first line is `grantc: 1`"#],
    );
    says(
        &FRAME.replace("grantc: 1\n", ""),
        &[
            r#"G0005 "server": a manifest starts with its language version; the first line is `grantc: 1`"#,
        ],
    );
}

#[test]
fn plain_scalars_where_something_else_is_expected() {
    says(
        &tool("output: {}\nhints: { read-only: no }"),
        &[r#"G0104 "no": read-only is `true` or `false`, not text; write `true` or `false`"#],
    );
    says(
        &tool("output: {}\nlimits: { concurrency: 010 }"),
        &[
            r#"G0104 "010": concurrency is a whole number, not text; digits only, without quotes, `_` or a leading zero"#,
            r#"G0109 "010": this is not a value of `concurrency`; a whole number from 1 to 10000"#,
        ],
    );
    says(
        &tool("output: {}\nlimits: { concurrency: '10' }"),
        &[
            r#"G0104 "'10'": concurrency is a whole number, not text; digits only, without quotes, `_` or a leading zero"#,
            r#"G0109 "'10'": this is not a value of `concurrency`; a whole number from 1 to 10000"#,
        ],
    );
    says(
        &tool("output: {}\ntitle:\nas: ~"),
        &[
            r#"G0104 "": `title` is text, not null; put the text in quotes, or remove the key"#,
            r#"G0104 "~": `as` is text, not null; put the text in quotes, or remove the key"#,
        ],
    );
    says(
        &tool("output: {}\ntitle: [a]"),
        &[r#"G0104 "[a]": `title` is text, not a list"#],
    );
    says(
        &tool("output: {}\ntitle: { text: a }"),
        &[r#"G0104 "{ text: a }": `title` is text, not a mapping"#],
    );
    says(
        &tool("output: {}\ntitle: { param: a }"),
        &[
            r#"G0106 "param": a parameter cannot stand for `title`; parameters may stand in `azure` and for the fields of a resource"#,
        ],
    );
    says(
        &tool("output: { fields: { n: { type: integer, default: 0777 } } }"),
        &[r#"G0108 "0777": this default does not fit the type: it is text"#],
    );
}

#[test]
fn keys_that_are_not_known_or_not_there() {
    says(
        &format!(
            "{}tool: {{}}\nidentity: {{}}\ncolour: 1\n",
            tool("output: {}")
        ),
        &[
            r#"G0101 "tool": `tool` is not a key of the top level; did you mean `tools`?"#,
            r#"G0101 "identity": `identity` is not a key of the top level; did you mean `identities`?"#,
            r#"G0101 "colour": `colour` is not a key of the top level; here may stand `grantc`, `imports`, `params`, `server`, `azure`, `aws`, `gcp`, `environments`, `resources`, `identities`, `roles`, `types`, `enums`, `variants`, `tools`, `apps`, `forbid`, `accept`, `connectors`"#,
        ],
    );
    says(
        &tool("output: {}\ndescripton: x"),
        &[
            r#"G0102 "descripton": `descripton` is not a key of `tools.find`; did you mean `description`?"#,
        ],
    );
    says(
        &tool("output: { feilds: {} }"),
        &[r#"G0102 "feilds": `feilds` is not a key of `output`; did you mean `fields`?"#],
    );
    says(
        &tool("output: {}\nuses: [{ verbs: [read] }]\nas: a"),
        &[
            r#"G0103 "{ verbs: [read] }": `uses` needs its resource; add `resource: …`"#,
            r#"G0201 "a": there is no identity `a`; the manifest declares no identity"#,
        ],
    );
    says(
        &tool("output: {}\nuses: { resource: a }"),
        &[
            r#"G0104 "{ resource: a }": `uses` is a list, not a mapping; write `uses: [ … ]`, or each on a line after a `-`"#,
        ],
    );
    says(
        &tool("output: {}\nhints: 5"),
        &[
            r#"G0104 "5": `hints` is a mapping, not one value; it takes `read-only`, `destructive`, `idempotent`, `open-world`"#,
        ],
    );
    says(
        &format!("{FRAME}tools: [find]\n"),
        &[
            r#"G0104 "[find]": `tools` is a mapping, by name, not a list; write `tools: { name: … }`"#,
        ],
    );
    says(
        &format!("{FRAME}tools:\n  find:\n  Lose: {{ output: {{}} }}\n"),
        &[
            r#"G0104 "": `tools.find` is a mapping, not empty; it takes `title`, `description`, `as`, `requires`, `uses`, `input`, `output`, `hints`, `limits`"#,
            r#"G0103 "Lose": `description` is missing in `tools.Lose`; add `description: …`"#,
            r#"G0107 "Lose": `Lose` cannot be the name of `tool`; it must match `^[a-z][a-z0-9_-]{0,63}$`"#,
        ],
    );
    says(
        "grantc: 1\nserver: { name: desk }\n",
        &[
            r#"G0103 "server": `description` is missing in `server`; add `description: …`"#,
            r#"G0103 "server": `namespace` is missing in `server`; add `namespace: …`"#,
            r#"G0103 "server": `server` needs the key `version`; add `version: …`"#,
        ],
    );
    says(
        "grantc: 1\nazure: { location: { parm: x } }\n",
        &[
            r#"G0103 "": `server` is missing in the top level; add `server: { name: …, version: …, description: …, namespace: … }`"#,
            r#"G0103 "azure": `resource-group` is missing in `azure`; add `resource-group: …`"#,
            r#"G0104 "{ parm: x }": `location` is text, not a mapping"#,
        ],
    );
    says(
        &format!("{FRAME}identities: {{ a: {{ assign: [{{ on: b }}] }} }}\n"),
        &[
            r#"G0103 "a": `identity` needs the key `type`; add `type: user-assigned`"#,
            r#"G0103 "{ on: b }": `assign` needs its role; add `role: …`"#,
        ],
    );
    says(
        &format!("{FRAME}apps: {{ a: 1 }}\nforbid: {{}}\naws: {{ region: x }}\n"),
        &[
            r#"G0104 "1": `apps.a` is a mapping, not one value; it takes `tools`"#,
            r#"G0104 "{}": `forbid` is a list, not a mapping; write `forbid: [ … ]`, or each on a line after a `-`"#,
            r#"G0101 "aws": `aws` is reserved for another cloud; this version deploys to `azure`"#,
        ],
    );
    says(
        &format!("{FRAME}enums: {{ A: x, B: {{ words: y }}, C: [[z], '1'] }}\n"),
        &[
            r#"G0104 "x": `enums.A` is a list, not one value; write `[ first, second ]`"#,
            r#"G0103 "B": enum `B` has no words; write `enum "B" { first; second }`"#,
            r#"G0104 "y": `words` is a list, not one value; write `[ first, second ]`"#,
            r#"G0104 "[z]": a word is text, not a list; write one word"#,
            r#"G0107 "'1'": `1` cannot be a word of an enum; it must match `^[A-Za-z_][A-Za-z0-9_-]*$`"#,
        ],
    );
    says(
        &format!(
            "{FRAME}types: {{ A: {{ fields: [a] }}, B: {{ fields: {{ '1': string, b: {{}} }} }} }}\n"
        ),
        &[
            r#"G0104 "[a]": `fields` is a mapping, by name, not a list; write `fields: { number: string }`"#,
            r#"G0107 "'1'": `1` cannot be the name of a field; it must match `^[A-Za-z_][A-Za-z0-9_-]*$`"#,
            r#"G0103 "b": `b` needs its type; add `type: …`"#,
        ],
    );
}
