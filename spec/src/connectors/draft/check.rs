//! Everything that can be wrong with a draft.

use super::{
    Draft, DraftLevel, DraftOperation, Origin, Part, Problem, RESERVED, named_in, parent, plane_of,
};
use crate::connectors::ids::{COMMON, has_whole_segments, placeholders, type_of_id};
use crate::connectors::{OpenVerbs, PlaneFamily};
use crate::plane_roles;

/// The problems of a draft, in the order of its parts.
pub(super) fn problems(draft: &Draft) -> Vec<Problem> {
    let mut found = Found::default();
    name(draft, &mut found);
    templates(draft, &mut found);
    fields(draft, &mut found);
    levels(draft, &mut found);
    verbs(draft, &mut found);
    rest(draft, &mut found);
    let mut problems = found.0;
    problems.sort_by_key(|problem| problem.part);
    problems
}

#[derive(Default)]
struct Found(Vec<Problem>);

impl Found {
    fn say(&mut self, part: Part, message: impl Into<String>) {
        self.0.push(Problem {
            part,
            message: message.into(),
            help: None,
        });
    }

    fn advise(&mut self, part: Part, message: impl Into<String>, help: impl Into<String>) {
        self.0.push(Problem {
            part,
            message: message.into(),
            help: Some(help.into()),
        });
    }

    /// Texts become lines of the compiled form and of reports.
    fn one_line(&mut self, part: Part, what: &str, text: &str) {
        if text.is_empty() || text.contains(char::is_control) {
            self.say(part, format!("{what} is one line of text"));
        }
    }
}

fn is_name(text: &str, also: &str) -> bool {
    let ok = |c: char| c.is_ascii_alphanumeric() || also.contains(c);
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.len() <= 64 && text.chars().all(ok)
}

fn name(draft: &Draft, found: &mut Found) {
    let name = draft.name.as_str();
    if !is_name(name, ".-") || name.contains(char::is_uppercase) {
        let help =
            "a connector is called like `contoso.ledger`: small letters, digits, `.` and `-`";
        found.advise(
            Part::Name,
            format!("`{name}` is no name of a connector"),
            help,
        );
    }
    let reserved =
        |start: &&&str| name == **start || (start.ends_with('.') && name.starts_with(**start));
    if draft.origin == Origin::Manifest
        && let Some(start) = RESERVED.iter().find(reserved)
    {
        found.advise(
            Part::Name,
            format!("`{start}` is reserved for connectors of grantc"),
            "begin the name with a word of your own, such as `contoso.`",
        );
    }
    if draft.levels.is_empty() {
        found.say(Part::Connector, format!("`{name}` has no level"));
    }
}

fn templates(draft: &Draft, found: &mut Found) {
    let fields = all_fields(draft);
    let templates = [
        (Part::Endpoint, &draft.endpoint),
        (Part::Audience, &draft.audience),
    ];
    for (part, template) in templates {
        if let Some(text) = template {
            found.one_line(part, "an endpoint or audience", text);
        }
        let Some(named) = named_in(template) else {
            found.say(part, "a brace has no other half");
            continue;
        };
        for name in named.into_iter().filter(|name| !fields.contains(name)) {
            found.say(part, format!("`{{{name}}}` is no field of the connector"));
        }
    }
}

/// The connector's own fields: those of its ids and those that it lists.
fn all_fields(draft: &Draft) -> Vec<&str> {
    let listed = draft.fields.iter().map(String::as_str);
    let in_ids = draft
        .levels
        .iter()
        .flat_map(|level| placeholders(&level.id));
    listed
        .clone()
        .chain(in_ids.filter(|name| !COMMON.contains(name)))
        .collect()
}

fn fields(draft: &Draft, found: &mut Found) {
    let in_ids = draft
        .levels
        .iter()
        .flat_map(|level| placeholders(&level.id));
    let in_templates =
        [&draft.endpoint, &draft.audience].map(|text| named_in(text).unwrap_or_default());
    let named: Vec<&str> = in_ids.chain(in_templates.into_iter().flatten()).collect();
    for (at, field) in draft.fields.iter().enumerate() {
        if !is_name(field, "_-") {
            found.say(Part::Field(at), format!("`{field}` is no name of a field"));
        } else if draft.fields.iter().take(at).any(|other| other == field) {
            found.say(Part::Field(at), format!("field `{field}` stands twice"));
        } else if !named.contains(&field.as_str()) {
            let message = format!("field `{field}` is in no id, endpoint or audience");
            found.say(Part::Field(at), message);
        }
    }
}

fn levels(draft: &Draft, found: &mut Found) {
    for (at, level) in draft.levels.iter().enumerate() {
        let part = Part::Level(at);
        if !is_name(&level.name, "-") {
            found.say(part, format!("`{}` is no name of a level", level.name));
        }
        let before = || draft.levels.iter().take(at);
        if before().any(|other| other.name == level.name) {
            found.say(part, format!("level `{}` stands twice", level.name));
        }
        found.one_line(part, "a resource type", &level.resource_type);
        if id(draft.plane, level, part, found) {
            below(&draft.levels, at, found);
        }
    }
}

/// Whether the id of a level is well formed.
fn id(plane: PlaneFamily, level: &DraftLevel, part: Part, found: &mut Found) -> bool {
    let id = level.id.as_str();
    if !has_whole_segments(id) || id.contains(char::is_control) {
        let help = "an id is `/` and segments, each literal or one field in braces";
        found.advise(
            part,
            format!("level `{}` has a malformed id", level.name),
            help,
        );
        return false;
    }
    if let Some(bad) = placeholders(id).find(|name| !is_name(name, "_-")) {
        found.say(part, format!("`{{{bad}}}` is no name of a field"));
        return false;
    }
    let mut seen: Vec<&str> = Vec::new();
    for name in placeholders(id) {
        if seen.contains(&name) {
            found.say(
                part,
                format!(
                    "`{{{name}}}` stands twice in the id of level `{}`",
                    level.name
                ),
            );
        }
        seen.push(name);
    }
    if matches!(plane, PlaneFamily::Graph | PlaneFamily::EntraApp) {
        return true;
    }
    match type_of_id(plane, id) {
        None => {
            let help = "it starts with `/subscriptions/{subscription}`, then as a rule `/resourceGroups/{resource-group}/providers/`";
            found.advise(
                part,
                format!("level `{}` has an id that is not one of Azure", level.name),
                help,
            );
            false
        }
        Some(own) if !own.eq_ignore_ascii_case(&level.resource_type) => {
            let message = format!(
                "level `{}` says type `{}`, but its id is one of `{own}`",
                level.name, level.resource_type
            );
            found.say(part, message);
            true
        }
        Some(_) => true,
    }
}

/// A level stands after the one it lies below, whose id its own starts with.
fn below(levels: &[DraftLevel], at: usize, found: &mut Found) {
    let Some(level) = levels.get(at) else { return };
    let Some(above) = parent(levels, at).and_then(|above| levels.get(above)) else {
        if let Some(name) = &level.parent {
            let message = format!(
                "level `{}` lies below `{name}`, which is no level before it",
                level.name
            );
            found.say(Part::Level(at), message);
        }
        return;
    };
    let inside = level
        .id
        .strip_prefix(&above.id)
        .is_some_and(|rest| rest.starts_with('/'));
    if !inside {
        let message = format!(
            "the id of level `{}` does not start with that of `{}`",
            level.name, above.name
        );
        let help =
            "levels stand widest first; with `parent=` one names the level that it lies below";
        found.advise(Part::Level(at), message, help);
    }
}

fn verbs(draft: &Draft, found: &mut Found) {
    for (at, verb) in draft.verbs.iter().enumerate() {
        let part = Part::Verb(at);
        if !is_name(&verb.name, "._-") {
            found.say(part, format!("`{}` is no name of a verb", verb.name));
        }
        if draft
            .verbs
            .iter()
            .take(at)
            .any(|other| other.name == verb.name)
        {
            found.say(part, format!("verb `{}` stands twice", verb.name));
        }
        for name in &verb.levels {
            if !draft.levels.iter().any(|level| level.name == *name) {
                let message = format!(
                    "verb `{}` stands at level `{name}`, which is none",
                    verb.name
                );
                found.say(part, message);
            }
        }
        match &verb.source {
            Some(source) => found.one_line(part, "a source", source),
            None if draft.origin == Origin::Program => found.say(part, "`verb` needs `source=`"),
            None => {}
        }
        if verb.needs.is_empty() {
            found.say(part, "a verb needs at least one operation");
        }
        for (clause, any_of) in verb.needs.iter().enumerate() {
            if any_of.is_empty() {
                found.say(part, "`any-of` has no operation");
            }
            for (alternative, written) in any_of.iter().enumerate() {
                let part = Part::Need {
                    verb: at,
                    clause,
                    alternative,
                };
                operation(draft.plane, written, part, found);
            }
        }
    }
    let family = match draft.open_verbs {
        OpenVerbs::None => return,
        OpenVerbs::GraphPermissions => PlaneFamily::Graph,
        OpenVerbs::ResourceRoles => PlaneFamily::EntraApp,
    };
    if draft.plane != family {
        let message = format!("verbs of `{}` come from there only", family.word());
        found.say(Part::OpenVerbs, message);
    }
    if !draft.verbs.is_empty() {
        found.say(
            Part::OpenVerbs,
            "a connector lists verbs, or says where they come from, not both",
        );
    }
}

fn operation(family: PlaneFamily, written: &DraftOperation, part: Part, found: &mut Found) {
    let DraftOperation { word, name } = written;
    let Some(plane) = plane_of(family, word) else {
        found.say(
            part,
            format!("`{word}` is no operation of `{}`", family.word()),
        );
        return;
    };
    exact(name, part, found);
    let listed = plane_roles::plane_operations(plane);
    if !listed.is_empty() && !listed.iter().any(|known| *known == name) {
        let known: Vec<String> = listed.iter().map(|known| format!("`{known}`")).collect();
        let help = format!("it has {}", known.join(", "));
        found.advise(
            part,
            format!("`{}` has no operation `{name}`", family.word()),
            help,
        );
    }
}

fn exact(name: &str, part: Part, found: &mut Found) {
    if name.contains('*') {
        found.say(part, format!("`{name}` has a wildcard; needs are exact"));
    } else if !is_operation(name) {
        found.say(part, format!("`{name}` is not an operation"));
    }
}

fn is_operation(name: &str) -> bool {
    // As Azure lists them: `labels:analyze`, `$metadata`.
    let ok = |c: char| c.is_ascii_alphanumeric() || "._-:$".contains(c);
    name.split('/')
        .all(|part| !part.is_empty() && part.chars().all(ok))
}

fn rest(draft: &Draft, found: &mut Found) {
    for (at, written) in draft.support.iter().enumerate() {
        operation(draft.plane, written, Part::Support(at), found);
    }
    for (at, written) in draft.narrowed.iter().enumerate() {
        operation(draft.plane, written, Part::Narrowed(at), found);
    }
    for (at, role) in draft.roles.iter().enumerate() {
        let part = Part::Role(at);
        found.one_line(part, "a role", role);
        if draft
            .roles
            .iter()
            .take(at)
            .any(|other| other.eq_ignore_ascii_case(role))
        {
            found.say(part, format!("role `{role}` stands twice"));
        }
        let on_its_plane = matches!(
            draft.plane,
            PlaneFamily::CosmosSql | PlaneFamily::SqlDatabase
        );
        if on_its_plane && plane_roles::by_name(draft.plane, role).is_none() {
            found.say(
                part,
                format!("`{}` has no role `{role}`", draft.plane.word()),
            );
        }
    }
    for (at, key) in draft.exposes_keys.iter().enumerate() {
        exact(&key.operation, Part::Key(at), found);
        if let Some(off_when) = &key.off_when {
            property(off_when, true, Part::Key(at), found);
        }
    }
    for (at, switch) in draft.switches.iter().enumerate() {
        found.one_line(Part::Switch(at), "a switch", &switch.name);
        if switch.on_when.is_empty() {
            let message = format!("switch `{}` says nothing that turns it on", switch.name);
            found.say(Part::Switch(at), message);
        }
        for on_when in &switch.on_when {
            property(on_when, false, Part::Switch(at), found);
        }
    }
    if let Some(endpoint) = &draft.private_endpoint {
        found.one_line(Part::PrivateEndpoint, "a group", &endpoint.group);
        found.one_line(Part::PrivateEndpoint, "a zone", &endpoint.zone);
    }
}

/// A property of a resource, as `name=value` or, where that is enough, `name`.
fn property(text: &str, with_value: bool, part: Part, found: &mut Found) {
    let (name, value) = text
        .split_once('=')
        .map_or((text, None), |(n, v)| (n, Some(v)));
    let value_ok = value.map_or(!with_value, |value| !value.is_empty());
    if !is_name(name, ".") || !value_ok || text.contains(char::is_control) {
        let help = "write it as `name=value`, such as `disableLocalAuth=true`";
        found.advise(part, format!("`{text}` is no property of a resource"), help);
    }
}
