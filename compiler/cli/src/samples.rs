//! Defaults and examples, held against the schema that clients will see.
//!
//! The compiler proper checks what it can without an engine for patterns and formats; the
//! command line has one.

use grantc_core::diagnostic::Diagnostic;
use grantc_core::ir::{Field, Output, Program};
use grantc_core::{Compilation, Diagnostics};
use grantc_emitters::mcp::schema::{Direction, schema};
use grantc_spec::rules;
use serde_json::{Value, json};

/// Adds a finding for each default or example that its own field would refuse.
pub(crate) fn check(compilation: &mut Compilation) {
    let mut found = Diagnostics::default();
    if let Some(program) = compilation.program() {
        for field in fields(program) {
            for (what, sample) in [("default", &field.default), ("example", &field.example)] {
                if let Some(sample) = sample {
                    found.extend(refusal(program, field, what, sample));
                }
            }
        }
    }
    compilation.diagnostics.extend(found);
    compilation.diagnostics.sort();
}

/// Every field of every record and of every alternative.
fn fields(program: &Program) -> impl Iterator<Item = &Field> {
    let types = program.types.values().flat_map(|ty| ty.kind.fields());
    let tools = program.tools.values().flat_map(|tool| {
        let output = match &tool.output {
            Output::Record(fields) => fields.as_slice(),
            Output::Type(_) => &[],
        };
        tool.input.iter().chain(output)
    });
    types.chain(tools)
}

fn refusal(program: &Program, field: &Field, what: &str, sample: &Value) -> Option<Diagnostic> {
    let schema = schema(program, std::slice::from_ref(field), Direction::In);
    let name = field.name.value.as_str();
    let instance = json!({ name: sample });
    let validator = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&schema);
    let problem = match validator {
        Ok(validator) => validator
            .iter_errors(&instance)
            .next()
            .map(|error| error.to_string())?,
        Err(error) => error.to_string(),
    };
    let message = format!("the {what} of `{name}` is not a value of it: {problem}");
    Some(Diagnostic::new(&rules::BAD_CONSTRAINT, field.span, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use grantc_core::{LoadError, Loader};
    use grantc_spec::catalogue::Catalogue;

    struct Text(String);

    impl Loader for Text {
        fn load(&self, _: &str) -> Result<Vec<u8>, LoadError> {
            Ok(self.0.clone().into_bytes())
        }
    }

    fn found(field: &str) -> Vec<String> {
        let text = format!(
            "grantc version=1\n\
             server \"s\" version=\"1\" {{ description \"d\"; namespace \"com.example\" }}\n\
             tool \"t\" {{ description \"d\"; input {{ {field} }}; output {{ ok boolean }} }}\n"
        );
        let mut compilation =
            grantc_core::compile("tools.kdl", &Text(text), Catalogue::embedded()).unwrap();
        check(&mut compilation);
        compilation
            .diagnostics
            .iter()
            .map(|d| format!("{} {}", d.rule.code, d.message))
            .collect()
    }

    #[test]
    fn samples_that_fit_are_silent() {
        for field in [
            "n string pattern=\"^INV-[0-9]{6}$\" example=\"INV-000117\"",
            "n date example=\"2026-02-28\" default=\"2026-01-01\"",
            "n decimal min=0 example=1.50",
            "n uuid example=\"6f1c0f5e-5b0f-4d0e-9c55-3a7c9f6b1d11\"",
        ] {
            assert_eq!(found(field), Vec::<String>::new(), "{field}");
        }
    }

    #[test]
    fn samples_that_do_not_fit_are_told() {
        for field in [
            "n string pattern=\"^INV-[0-9]{6}$\" example=\"INV-117\"",
            "n date example=\"2026-02-30\"",
            "n uuid default=\"not-a-uuid\"",
            "n uri default=\"not a uri\"",
            "n bytes example=\"not base64\"",
            "n date-time example=\"yesterday\"",
        ] {
            let found = found(field);
            assert_eq!(found.len(), 1, "{field}: {found:?}");
            assert!(found[0].starts_with("G0108"), "{field}: {found:?}");
        }
    }
}
