//! `grantc explain`: the page of a rule.

use crate::args::Explain;
use crate::{Failure, Verdict, console};
use grantc_core::names::did_you_mean;
use grantc_spec::rules;

pub(crate) fn run(args: &Explain) -> Result<Verdict, Failure> {
    let Some(code) = &args.code else {
        let line = |rule: &&rules::Rule| {
            let sentence = rule.page.lines().nth(2).unwrap_or("");
            format!(
                "{}  {:<8} {:<22} {sentence}\n",
                rule.code,
                rule.level.word(),
                rule.name
            )
        };
        console::print(&rules::ALL.iter().map(line).collect::<String>());
        return Ok(Verdict::Clean);
    };
    match rules::by_code(code) {
        Some(rule) => {
            console::print(rule.page);
            Ok(Verdict::Clean)
        }
        None => {
            let known = rules::ALL.iter().flat_map(|rule| [rule.code, rule.name]);
            let help = did_you_mean(code, known)
                .unwrap_or_else(|| "`grantc explain` lists them all".to_owned());
            Err(Failure(format!("there is no finding `{code}`; {help}")))
        }
    }
}
