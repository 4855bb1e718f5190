use super::*;
use serde_json::{Value as Json, json};

/// Texts that mean something in some language they pass through, and their neighbours.
const NASTY: &[&str] = &[
    "${evil}",
    "%{ if true }",
    "{{ x }}",
    "{% x %}",
    "'",
    "\"",
    "\\",
    "\n",
    "\r\n",
    "\t",
    "*/",
    "//",
    "#",
    "$",
    "%",
    "{",
    "}",
    "$$",
    "$${",
    "%%{",
    "'''",
    "${",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "\u{e0041}",
    "\u{0}",
    "\u{7f}",
    "\u{2028}",
    "é",
    "日本",
    "😀",
    " ",
    "a",
    "\\u{41}",
    "\\n",
    "EOT",
    "<<EOT",
];

/// Strings made of nasty texts, many and always the same.
fn strings() -> impl Iterator<Item = String> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let single = NASTY.iter().map(|text| (*text).to_owned());
    let mixed = (0..4000).map(move |_| (0..=next(5)).map(|_| NASTY[next(NASTY.len())]).collect());
    single.chain(mixed)
}

fn print(language: Language, template: &str, view: Json) -> Result<String, Error> {
    let source: &'static str = Box::leak(template.to_owned().into_boxed_str());
    let sources: Sources = Box::leak(Box::new([("t", source)]));
    Ok(Templates::new(language, sources)?.render("t", view)?.text)
}

/// What HCL reads in a quoted string without interpolations.
fn read_hcl(code: &str) -> String {
    let body: hcl_edit::structure::Body = format!("x = {code}\n")
        .parse()
        .unwrap_or_else(|error| panic!("{code}: {error}"));
    match &body.get_attribute("x").unwrap().value {
        hcl_edit::expr::Expression::String(text) => text.as_str().to_owned(),
        hcl_edit::expr::Expression::StringTemplate(template) => {
            let literal = |element: &hcl_edit::template::Element| match element {
                hcl_edit::template::Element::Literal(text) => text.as_str().to_owned(),
                other => panic!("{code} interpolates {other:?}"),
            };
            template.iter().map(literal).collect()
        }
        other => panic!("{code} is {other:?}"),
    }
}

/// What Bicep reads in a quoted string without interpolations.
fn read_bicep(code: &str) -> String {
    let inside = code.strip_prefix('\'').unwrap().strip_suffix('\'').unwrap();
    let mut out = String::new();
    let mut chars = inside.chars().peekable();
    while let Some(c) = chars.next() {
        assert!(c != '\'' && c != '\n' && c != '\r', "{code} ends early");
        assert!(
            c != '$' || chars.peek() != Some(&'{'),
            "{code} interpolates"
        );
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next().unwrap() {
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'u' => {
                assert_eq!(chars.next(), Some('{'));
                let digits: String = chars.by_ref().take_while(|c| *c != '}').collect();
                out.push(char::from_u32(u32::from_str_radix(&digits, 16).unwrap()).unwrap());
            }
            c @ ('\\' | '\'' | '$') => out.push(c),
            other => panic!("{code} has \\{other}"),
        }
    }
    out
}

#[test]
fn what_is_written_is_what_is_read() {
    for text in strings() {
        let hcl = print(Language::Hcl, "{{ x }}", json!({ "x": text })).unwrap();
        assert_eq!(read_hcl(&hcl), text, "{hcl}");
        let bicep = print(Language::Bicep, "{{ x }}", json!({ "x": text })).unwrap();
        assert_eq!(read_bicep(&bicep), text, "{bicep}");
        for code in [hcl, bicep] {
            assert!(!code.chars().any(is_hidden), "{code:?} hides something");
        }
    }
}

#[test]
fn literal_text_never_joins_an_interpolation() {
    for text in strings() {
        let pieces = json!([{ "literal": text }, { "param": "p" }, { "literal": text }]);
        let view = json!({ "x": { "hcl": pieces, "bicep": pieces } });
        let hcl = print(Language::Hcl, "{{ x }}", view.clone()).unwrap();
        let body: hcl_edit::structure::Body = format!("x = {hcl}\n").parse().unwrap();
        let value = &body.get_attribute("x").unwrap().value;
        let hcl_edit::expr::Expression::StringTemplate(template) = value else {
            panic!("{hcl} is no template")
        };
        let (mut found, mut interpolations) = (vec![String::new()], 0);
        for element in template.iter() {
            match element {
                hcl_edit::template::Element::Literal(part) => {
                    found.last_mut().unwrap().push_str(part)
                }
                _ => {
                    interpolations += 1;
                    found.push(String::new());
                }
            }
        }
        assert_eq!(
            (found, interpolations),
            (vec![text.clone(), text.clone()], 1),
            "{hcl}"
        );

        let bicep = print(Language::Bicep, "{{ x }}", view).unwrap();
        let parts: Vec<_> = bicep.split("${p}").collect();
        let quoted = [format!("{}'", parts[0]), format!("'{}", parts[1])];
        assert_eq!(
            quoted.each_ref().map(|part| read_bicep(part)),
            [text.clone(), text],
            "{bicep}"
        );
    }
}

#[test]
fn a_comment_is_one_line_and_shows_what_is_hidden() {
    for text in strings() {
        for language in [Language::Bicep, Language::Hcl] {
            let out = print(language, "// {{ x | comment }}", json!({ "x": text })).unwrap();
            assert_eq!(out.lines().count(), 1);
            assert!(
                !out.contains("*/") && !out.chars().any(is_hidden),
                "{out:?}"
            );
        }
    }
}

#[test]
fn an_identifier_and_a_key_are_always_legal() {
    for text in strings() {
        let out = print(Language::Hcl, "{{ x | ident }}", json!({ "x": text })).unwrap();
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '_';
        assert!(
            out.chars().all(legal) && !out.starts_with(|c: char| c.is_ascii_digit()),
            "{out}"
        );
        let hcl = print(
            Language::Hcl,
            "x = {\n{{ x | key }} = 1\n}\n",
            json!({ "x": text }),
        )
        .unwrap();
        hcl.parse::<hcl_edit::structure::Body>()
            .unwrap_or_else(|error| panic!("{hcl}: {error}"));
    }
}

#[test]
fn what_is_no_string_stands_as_it_is_or_is_refused() {
    let view = json!({ "n": 3, "b": true, "f": 1.5, "l": [1], "m": { "a": 1 }, "none": null });
    let ok = |template| print(Language::Bicep, template, view.clone());
    assert_eq!(ok("{{ n }} {{ b }}").unwrap(), "3 true");
    for template in [
        "{{ f }}",
        "{{ l }}",
        "{{ m }}",
        "{{ none }}",
        "{{ missing }}",
        "{{ m.missing }}",
    ] {
        assert!(
            ok(template).is_err(),
            "{template} printed {:?}",
            ok(template)
        );
    }
    assert!(ok("{{ m | ident }}").is_err());
    assert!(ok("{{ 'Microsoft.Nothing/here' | typed }}").is_err());
    assert!(
        ok("{{ 'x' | safe }}").is_err(),
        "built-in filters are not there"
    );
}

#[test]
fn a_reference_alone_stands_bare_and_is_remembered() {
    let view = json!({ "x": { "bicep": [{ "param": "suffix" }], "hcl": [{ "param": "suffix" }] } });
    let sources: Sources = &[("t", "{{ x }}")];
    let hcl = Templates::new(Language::Hcl, sources).unwrap();
    let rendered = hcl.render("t", &view).unwrap();
    assert_eq!(rendered.text, "var.suffix");
    assert_eq!(rendered.params.into_iter().collect::<Vec<_>>(), ["suffix"]);
    let bicep = Templates::new(Language::Bicep, sources).unwrap();
    assert_eq!(bicep.render("t", &view).unwrap().text, "suffix");
}

/// What a server reads in a string of T-SQL, once sqlcmd has looked for variables.
fn read_sql(code: &str) -> String {
    assert!(!code.contains("$("), "{code} has a variable");
    let parts = code.split(" + ").map(|part| {
        let text = part.strip_prefix("N'").and_then(|it| it.strip_suffix('\''));
        let text = text.unwrap_or_else(|| panic!("{code}"));
        assert!(!text.replace("''", "").contains('\''), "{code}");
        text.replace("''", "'")
    });
    parts.collect()
}

#[test]
fn a_string_of_t_sql_is_read_back_as_it_was() {
    for text in strings().chain(["a$(b)".to_owned(), "o'Neil$(".to_owned()]) {
        let printed = print(Language::Sql, "{{ x }}", json!({ "x": text })).unwrap();
        assert_eq!(read_sql(&printed), text);
    }
}

#[test]
fn a_name_of_t_sql_ends_at_its_bracket_only() {
    for text in strings() {
        let printed = print(Language::Sql, "{{ x | name }}", json!({ "x": text })).unwrap();
        let inside = printed
            .strip_prefix('[')
            .and_then(|it| it.strip_suffix(']'));
        let inside = inside.unwrap();
        assert!(!inside.replace("]]", "").contains(']'), "{printed}");
        assert_eq!(inside.replace("]]", "]"), text);
    }
    let refused = print(Language::Sql, "{{ x | name }}", json!({ "x": "a$(b)" }));
    assert!(refused.is_err(), "sqlcmd would replace it");
    let elsewhere = print(Language::Hcl, "{{ x | name }}", json!({ "x": "a" }));
    assert!(elsewhere.is_err(), "only T-SQL has such names");
}

#[test]
fn what_only_the_deployment_knows_is_a_variable_of_sqlcmd() {
    let name = crate::view::Text::literal("it's ]").then(crate::view::Text::suffix());
    let view = json!({ "x": name });
    let print = |template| print(Language::Sql, template, view.clone()).unwrap();
    assert_eq!(print("{{ x }}"), "N'it''s ]$(suffix)'");
    assert_eq!(print("{{ x | name }}"), "[it's ]]$(suffix)]");
}
