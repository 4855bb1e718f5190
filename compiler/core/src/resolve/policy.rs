//! What must stay true (`forbid`) and what is accepted (`accept`).

use super::{Names, look_up};
use crate::ast;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ir::{Accept, Forbid, Forbidden, Identity, Program, Resource, Tool};
use crate::names::did_you_mean;
use crate::source::Word;
use grantc_spec::Plane;
use grantc_spec::catalogue::Catalogue;
use grantc_spec::connectors::OpenVerbs;
use grantc_spec::rules;

/// The names that `forbid` refers to.
pub(super) struct Known<'a> {
    pub(super) resources: &'a Names<Resource>,
    pub(super) identities: &'a Names<Identity>,
    pub(super) tools: &'a Names<Tool>,
    pub(super) catalogue: &'a Catalogue,
}

pub(super) fn forbids(
    declared: &[ast::Forbid],
    known: &Known<'_>,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) {
    for one in declared {
        let on = look_up("resource", &one.on, known.resources, diagnostics);
        let tool = match &one.tool {
            Some(word) => Some(look_up("tool", word, known.tools, diagnostics)),
            None => None,
        };
        let identity = match &one.identity {
            Some(word) => Some(look_up("identity", word, known.identities, diagnostics)),
            None => None,
        };
        let (Some(on), None | Some(Some(_)), None | Some(Some(_))) = (on, tool, identity) else {
            continue;
        };
        let resource = program.resources.at(on);
        let Some(operations) = operations(&one.verb, resource, known.catalogue, diagnostics) else {
            continue;
        };
        program.forbids.push(Forbid {
            verb: one.verb.clone(),
            operations,
            on,
            tool: tool.flatten(),
            identity: identity.flatten(),
            span: one.span,
        });
    }
}

/// The operations of a verb, or the one that is named whole.
fn operations(
    verb: &Word,
    resource: &Resource,
    catalogue: &Catalogue,
    diagnostics: &mut Diagnostics,
) -> Option<Forbidden> {
    let connector = &resource.connector;
    if let Some(found) = connector.verb(&verb.value) {
        let all = found.needs.iter().flat_map(|clause| &clause.any_of);
        return Some(all.map(|one| (one.plane, one.name.clone())).collect());
    }
    let named = |plane| Some(vec![(plane, verb.value.clone())]);
    match connector.open_verbs {
        OpenVerbs::GraphPermissions => {
            let mut all = catalogue.graph_permissions();
            if all.any(|known| known.value == verb.value) {
                return named(Plane::Graph);
            }
        }
        OpenVerbs::ResourceRoles => {
            let mut all = resource.app_roles.iter().chain(&resource.delegated_scopes);
            if all.any(|known| known.name.value == verb.value) {
                return named(Plane::EntraApp);
            }
        }
        OpenVerbs::None => {}
    }
    if verb.value.contains('/') {
        let on = |plane| catalogue.operation(plane, &verb.value).map(|_| plane);
        let planes = [Plane::Control, Plane::Data].into_iter().filter_map(on);
        let found: Forbidden = planes.map(|plane| (plane, verb.value.clone())).collect();
        if !found.is_empty() {
            return Some(found);
        }
    }
    let names = connector.verbs.iter().map(|verb| verb.name.as_str());
    let help =
        did_you_mean(&verb.value, names).unwrap_or_else(|| super::uses::verbs_help(resource));
    let message = format!("`{}` has no verb `{}`", connector.name, verb.value);
    diagnostics.push(Diagnostic::new(&rules::UNRESOLVED, verb.span, message).help(help));
    None
}

/// Findings about power that somebody may answer for; a 403 in production is not among them.
fn acceptable(code: &str) -> bool {
    ("G0304".."G0309").contains(&code) || matches!(code, "G0309" | "G0313" | "G0315" | "G0316")
}

/// Those that this version raises.
fn acceptable_codes() -> Vec<&'static str> {
    let codes = rules::ALL.iter().map(|rule| rule.code);
    codes.filter(|code| acceptable(code)).collect()
}

pub(super) fn accepts(
    declared: &[ast::Accept],
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) {
    for one in declared {
        let known = rules::by_code(&one.code.value);
        let code = known.map_or("", |rule| rule.code);
        if !acceptable(code) {
            let message = match known {
                Some(rule) => format!("{} {} cannot be accepted", rule.code, rule.name),
                None => format!("there is no finding `{}`", one.code.value),
            };
            diagnostics.push(
                Diagnostic::new(&rules::BAD_VALUE, one.code.span, message).help(format!(
                    "accepted can be what is held beyond need: {}",
                    acceptable_codes().join(", ")
                )),
            );
            continue;
        }
        if let Some(until) = one.until.as_ref().filter(|word| !is_date(&word.value)) {
            let message = format!("`{}` is not a day", until.value);
            diagnostics.push(
                Diagnostic::new(&rules::BAD_VALUE, until.span, message)
                    .help("write it like `2027-03-31`"),
            );
            continue;
        }
        let same = |known: &&Accept| known.code.value == code && known.at.value == one.at.value;
        if let Some(first) = program.accepts.iter().find(same) {
            let message = format!("{code} at `{}` is accepted twice", one.at.value);
            diagnostics.push(
                Diagnostic::new(&rules::REPEATED, one.span, message)
                    .also(first.span, "it is already accepted here"),
            );
            continue;
        }
        program.accepts.push(Accept {
            code: Word::new(code.to_owned(), one.code.span),
            at: one.at.clone(),
            reason: one.reason.clone(),
            until: one.until.clone(),
            span: one.span,
        });
    }
}

/// A day of the calendar, `YYYY-MM-DD`: such texts compare as days do.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut number = |digits: usize| {
        let part = parts.next().filter(|part| part.len() == digits)?;
        let all_digits = part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| all_digits)
    };
    let (Some(year), Some(month), Some(day)) = (number(4), number(2), number(2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    parts.next().is_none() && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::is_date;

    #[test]
    fn days_of_the_calendar() {
        for day in ["2026-11-26", "2024-02-29", "2000-02-29", "0001-01-01"] {
            assert!(is_date(day), "{day}");
        }
        for text in [
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-1-01",
            "2026-11-26x",
            "2026-11-26-1",
            "+026-11-26",
            "",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }
}
