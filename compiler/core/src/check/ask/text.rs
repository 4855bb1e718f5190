//! Answers for a person: one sentence that says it all, then the chains that show it.

use super::grants::{GrantView, ReachedView};
use super::who::{IdentityView, ToolView, Who};
use super::why::{NeededView, OperationView, PlatformView, Why};
use crate::check::case::few;
use std::collections::BTreeMap;
use std::fmt::{self, Formatter, Write};

/// How many names a line lists.
const SHOWN: usize = 4;

impl fmt::Display for Why {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.sentence())?;
        operations(f, &self.operations)?;
        for need in &self.needed {
            writeln!(f, "\nneeded on `{}`: {}", need.resource, verdict(need))?;
            needed(f, need)?;
        }
        if !self.held.is_empty() {
            writeln!(f, "\nheld:")?;
        }
        for grant in &self.held {
            chain(f, &self.from(grant), grant)?;
        }
        for neighbour in &self.reach {
            let (app, grant) = (&neighbour.app, &neighbour.grant);
            let identity = &grant.identity;
            writeln!(f, "\nreach: `{identity}` is attached to app `{app}` too:")?;
            chain(
                f,
                &format!("{} → app {app} → {identity}", self.subject.name),
                grant,
            )?;
        }
        if !self.near.is_empty() {
            writeln!(f, "\nnearby, and not enough:")?;
        }
        for near in &self.near {
            let (node, role, on, place) = (near.node, &near.role, &near.on, &near.place);
            writeln!(
                f,
                "  {} → {node} \"{role}\" ({place}) → {on}",
                near.identity
            )?;
            writeln!(f, "    {}", near.why)?;
        }
        platform(f, &self.platform)
    }
}

impl Why {
    fn sentence(&self) -> String {
        let mut out = format!("`{}` ", self.subject.name);
        let deed = deed(self.verb.as_deref(), &self.operations);
        let on = self.resource.as_ref().map(|name| format!(" on `{name}`"));
        let what = format!("{deed}{}", on.unwrap_or_default());
        let needs = !self.needed.is_empty();
        out.push_str(&match needs {
            true => format!("needs {what}"),
            false => format!("does not need {what}"),
        });
        let missing = self.needed.iter().filter(|need| need.verdict == "missing");
        out.push_str(match (self.verdict, needs) {
            _ if needs && missing.count() > 0 => " and does not hold it",
            ("held", true) => " and holds it",
            ("held", false) => ", and holds it",
            ("conditional", true) => " and holds it under a condition only",
            ("conditional", false) => ", and holds it under a condition",
            _ => ", and does not hold it",
        });
        if !self.reach.is_empty() && self.held.is_empty() {
            let mut through: Vec<String> = Vec::new();
            for neighbour in &self.reach {
                let name = format!("`{}`", neighbour.grant.identity);
                if !through.contains(&name) {
                    through.push(name);
                }
            }
            let be = if through.len() == 1 { "is" } else { "are" };
            let _ = write!(
                out,
                "; it can be reached, because {} {be} attached to the same app",
                few(&through, SHOWN)
            );
        }
        out
    }

    /// Where a chain begins: at the tool, or at the identity itself.
    fn from(&self, grant: &GrantView) -> String {
        match self.subject.kind {
            "tool" => format!("{} → {}", self.subject.name, grant.identity),
            _ => grant.identity.clone(),
        }
    }
}

fn verdict(need: &NeededView) -> &'static str {
    match need.verdict {
        "held" => "held",
        "conditional" => "held under a condition only",
        _ => "not held",
    }
}

fn needed(f: &mut Formatter<'_>, need: &NeededView) -> fmt::Result {
    let what = match &need.verb {
        Some(verb) => format!("\"{verb}\""),
        None => "the operation itself".to_owned(),
    };
    let NeededView {
        tool,
        resource,
        place,
        ..
    } = need;
    let names: Vec<String> = need.any_of.iter().map(|it| short(&it.operation)).collect();
    let any = names.join(" or ");
    writeln!(f, "  {tool} → uses \"{resource}\" {what} ({place}) → {any}")?;
    if let Some(source) = &need.source {
        let declared = if need.declared {
            ", as the manifest declares"
        } else {
            ""
        };
        writeln!(f, "    source: {source}{declared}")?;
    }
    writeln!(f, "    scope: {}", need.scope)?;
    if let Some(path) = &need.path {
        writeln!(f, "    for names like `{path}`")?;
    }
    if need.verdict == "missing" {
        let identity = &need.identity;
        writeln!(
            f,
            "  {tool} → {identity} → no assignment → {resource} → {any}"
        )?;
    }
    if let Some(help) = &need.help {
        writeln!(f, "    help: {help}")?;
    }
    Ok(())
}

/// A grant with what leads to it, and what makes it one.
fn chain(f: &mut Formatter<'_>, from: &str, grant: &GrantView) -> fmt::Result {
    let GrantView {
        node,
        role,
        on,
        place,
        ..
    } = grant;
    let end = short(&grant.operation);
    writeln!(f, "  {from} → {node} \"{role}\" ({place}) → {on} → {end}")?;
    for matched in &grant.matched {
        let of = if grant.custom {
            "the manifest's"
        } else {
            "the"
        };
        let except = match matched.except.is_empty() {
            true => String::new(),
            false => format!(", minus {}", few(&quoted(&matched.except), SHOWN)),
        };
        match matched.pattern.eq_ignore_ascii_case(&grant.operation) {
            true => writeln!(f, "    {of} role lists it{except}")?,
            false => writeln!(f, "    {of} role says `{}`{except}", matched.pattern)?,
        }
    }
    covered(f, grant)
}

/// The resources that a grant is for, and what each hangs on.
fn covered(f: &mut Formatter<'_>, grant: &GrantView) -> fmt::Result {
    let below = grant.resources.iter();
    let below = below.filter(|at| at.covered && at.name != grant.on);
    let below: Vec<String> = below.map(|at| format!("`{}`", at.name)).collect();
    if !below.is_empty() {
        writeln!(f, "    `{}` covers {}", grant.on, few(&below, SHOWN))?;
    }
    let mut only: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for ReachedView {
        name, only: all, ..
    } in &grant.resources
    {
        for one in all {
            only.entry(one).or_default().push(format!("`{name}`"));
        }
    }
    for (one, names) in only {
        match grant.resources.len() {
            1 => writeln!(f, "    only {one}")?,
            _ => writeln!(f, "    {} only {one}", few(&names, SHOWN))?,
        }
    }
    Ok(())
}

/// What host identities hold on what belongs to their apps.
fn platform(f: &mut Formatter<'_>, all: &[PlatformView]) -> fmt::Result {
    if !all.is_empty() {
        writeln!(f, "\nplatform, on what belongs to the app itself:")?;
    }
    for held in all {
        let (role, on) = (held.role, held.on);
        let (app, identity, end) = (&held.app, &held.identity, short(&held.operation));
        writeln!(
            f,
            "  app {app} → {identity} → \"{role}\" → its {on} → {end}"
        )?;
    }
    Ok(())
}

fn operations(f: &mut Formatter<'_>, all: &[OperationView]) -> fmt::Result {
    for OperationView { operation, plane } in all {
        writeln!(f, "  {operation} ({plane} plane)")?;
    }
    Ok(())
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let deed = deed(self.verb.as_deref(), &self.operations);
        let on = &self.resource;
        match (self.identities.len(), self.tools.len()) {
            (0, _) if !self.platform.is_empty() => writeln!(
                f,
                "no identity of the manifest can do {deed} on `{on}`, but the platform can"
            )?,
            (0, _) => writeln!(f, "nobody can do {deed} on `{on}`")?,
            (_, 0) => writeln!(
                f,
                "no tool can do {deed} on `{on}`, but these identities can"
            )?,
            _ => writeln!(f, "who can do {deed} on `{on}`")?,
        }
        operations(f, &self.operations)?;
        if !self.tools.is_empty() {
            writeln!(f, "\ntools:")?;
            self.tool_lines(f)?;
        }
        if !self.identities.is_empty() {
            writeln!(f, "\nidentities:")?;
        }
        for identity in &self.identities {
            identity_lines(f, identity)?;
        }
        platform(f, &self.platform)
    }
}

impl Who {
    fn tool_lines(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = self.tools.iter().map(|tool| tool.name.chars().count());
        let width = name.max().unwrap_or_default();
        for tool in &self.tools {
            let mut line = format!("  {:width$}   {}", tool.name, path(tool));
            if tool.keys {
                line.push_str(", through keys");
            }
            if tool.conditional {
                line.push_str(", under a condition");
            }
            let need = match (tool.needed, tool.own) {
                (true, _) => "; needs it",
                (false, true) => "; does not need it",
                (false, false) => "",
            };
            writeln!(f, "{line}{need}")?;
        }
        Ok(())
    }
}

/// How a tool comes to the power of an identity.
fn path(tool: &ToolView) -> String {
    let ToolView { identity, app, .. } = tool;
    match tool.own {
        true => format!("acts as `{identity}`"),
        false => format!("reaches it: `{identity}` is attached to its app `{app}`"),
    }
}

fn identity_lines(f: &mut Formatter<'_>, identity: &IdentityView) -> fmt::Result {
    let mut about = vec![identity.r#type.to_owned()];
    if identity.deploys {
        about.push("deploys".to_owned());
    }
    if !identity.needed {
        about.push("no tool needs it as this identity".to_owned());
    }
    writeln!(f, "  {} ({})", identity.name, about.join(", "))?;
    for grant in &identity.grants {
        assignment(f, grant, &[short(&grant.operation)], "")?;
    }
    // Several operations of one role hand out the same keys.
    let mut keys: Vec<(&GrantView, Vec<String>, String)> = Vec::new();
    for key in &identity.keys {
        let name = short(&key.grant.operation);
        let unless = key.off_when.as_ref();
        let unless = unless.map_or(String::new(), |off| format!(", unless `{off}` is set"));
        let same = keys
            .iter_mut()
            .find(|(grant, _, known)| grant.id == key.grant.id && *known == unless);
        match same {
            Some((_, names, _)) => names.push(name),
            None => keys.push((&key.grant, vec![name], unless)),
        }
    }
    for (grant, names, unless) in keys {
        assignment(
            f,
            grant,
            &names,
            &format!("hands out keys that allow it{unless}"),
        )?;
    }
    Ok(())
}

fn assignment(
    f: &mut Formatter<'_>,
    grant: &GrantView,
    operations: &[String],
    remark: &str,
) -> fmt::Result {
    let GrantView {
        node,
        role,
        on,
        place,
        ..
    } = grant;
    let all = few(operations, SHOWN);
    writeln!(f, "    {node} \"{role}\" ({place}) → {on} → {all}")?;
    if !remark.is_empty() {
        writeln!(f, "      {remark}")?;
    }
    for at in &grant.resources {
        if at.covered && at.name != *on {
            writeln!(f, "      inherited: `{on}` covers `{}`", at.name)?;
        }
        for one in &at.only {
            writeln!(f, "      only {one}")?;
        }
    }
    Ok(())
}

/// What is asked about: a verb, an operation in short, or how many there are.
fn deed(verb: Option<&str>, operations: &[OperationView]) -> String {
    match (verb, operations) {
        (Some(verb), _) => format!("`{verb}`"),
        (None, [first, ..]) => format!("`{}`", short(&first.operation)),
        (None, []) => "it".to_owned(),
    }
}

/// The end of a name, as chains show it.
fn short(operation: &str) -> String {
    match operation.rmatch_indices('/').nth(1) {
        Some((at, _)) => format!("…{}", operation.get(at..).unwrap_or_default()),
        None => operation.to_owned(),
    }
}

fn quoted(all: &[String]) -> Vec<String> {
    all.iter().map(|one| format!("`{one}`")).collect()
}
