//! Manifests with something wrong in them: each says in its source what it must raise.
//!
//! One trial per case, and one per rule that asks for a case.

use grantc_golden_tests::{compile, folders};
use grantc_spec::rules;
use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Rules that no text here can break: the first two are tested beside the reader, the third is for
/// mistakes of grantc itself.
const NO_TEXT: [&str; 3] = ["G0003", "G0004", "G0499"];

fn main() -> std::io::Result<()> {
    let arguments = Arguments::from_args();
    let cases = folders::cases("reject")?;
    let mut trials: Vec<_> = rules::ALL
        .iter()
        .map(|rule| has_a_case(rule, &cases))
        .collect();
    for (name, folder) in cases {
        trials.push(Trial::test(format!("reject/{name}"), move || {
            raises(&name, &folder)
        }));
    }
    libtest_mimic::run(&arguments, trials).exit()
}

fn has_a_case(rule: &rules::Rule, cases: &BTreeMap<String, PathBuf>) -> Trial {
    let code = rule.code;
    let found = NO_TEXT.contains(&code) || cases.keys().any(|name| code_of(name) == code);
    Trial::test(format!("every rule has a case/{code}"), move || {
        if found {
            Ok(())
        } else {
            Err(format!("cases/reject/{code}-… is missing").into())
        }
    })
}

/// The diagnostics are those that the source says, and the one that names the case is among them.
fn raises(name: &str, folder: &Path) -> Result<(), Failed> {
    let compilation = compile::compile_files(compile::NAME, &compile::case(folder)?)?;
    let findings = compile::findings(&compilation, |code| code == code_of(name));
    compile::expect(folder, &compilation, &findings)?;
    let raised = findings
        .iter()
        .any(|found| found.rule.code == code_of(name));
    if raised {
        Ok(())
    } else {
        Err(format!("{} is not raised", code_of(name)).into())
    }
}

fn code_of(case: &str) -> &str {
    case.split('-').next().unwrap_or(case)
}
