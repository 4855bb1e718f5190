//! What is drawn: cards in four columns, frames around them, links between neighbouring columns.
//!
//! A need that nothing grants is a card of its own among the roles, where the role should be.
//! What tools reach through their neighbours is a link from their app to every identity that is
//! attached to it.

use super::fold::{Fold, Lookup};
use super::{AssignmentNode, IdentityNode, Picture, ResourceNode, ToolNode};
use grantc_spec::danger::Danger;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is drawn.
#[derive(Clone, Debug, Default)]
pub(super) struct Sheet {
    pub(super) title: String,
    /// What is counted, in a few words each.
    pub(super) facts: Vec<String>,
    /// What shares a card, in a few words each.
    pub(super) folded: Vec<String>,
    pub(super) cards: Vec<Card>,
    pub(super) frames: Vec<Frame>,
    pub(super) links: Vec<Link>,
}

/// The columns, left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    Tools,
    Identities,
    Roles,
    Resources,
}

/// What a card stands for; each has a shape of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Tool,
    Identity,
    Role,
    /// A need that nothing grants.
    Gap,
    Resource,
}

/// One thing, or several that are alike.
#[derive(Clone, Debug)]
pub(super) struct Card {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) lines: Vec<String>,
    pub(super) badges: Vec<Badge>,
    /// What its outline tells: the worst that is true of all that it stands for.
    pub(super) state: Option<Mark>,
    /// Everything that it stands for, by name.
    pub(super) members: Vec<String>,
    pub(super) frame: Option<usize>,
}

/// Something that a reviewer should see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Badge {
    pub(super) mark: Mark,
    pub(super) text: String,
}

/// Why it should be seen; each has a shape and a colour of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    Missing,
    Unproven,
    Excess,
    Unused,
    Reach,
    /// Held and not needed, but only to read.
    Spare,
    /// Worth knowing, and not wrong.
    Plain,
}

/// Cards that belong together: those of an app, or those that a resource covers.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) column: Column,
    pub(super) name: String,
    pub(super) note: String,
    pub(super) members: Vec<String>,
    pub(super) parent: Option<usize>,
}

/// Something that a link leads from or to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    Card(usize),
    Frame(usize),
}

/// A link from one column to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    pub(super) from: End,
    pub(super) to: End,
    pub(super) way: Way,
}

/// Why a link is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// Power flows along it: a tool acts as an identity, holds a role, on a resource.
    Power,
    /// It is needed, and nothing grants it.
    Missing,
    /// The app is attached to an identity, so that all its tools can reach what that holds.
    Reach,
}

impl Kind {
    pub(super) fn column(self) -> Column {
        match self {
            Kind::Tool => Column::Tools,
            Kind::Identity => Column::Identities,
            Kind::Role | Kind::Gap => Column::Roles,
            Kind::Resource => Column::Resources,
        }
    }
}

impl Sheet {
    /// The sheet of a graph; small ones show everything, large ones fold what is alike.
    pub(super) fn of(picture: &Picture) -> Sheet {
        let fold = Fold::of(picture);
        let mut sheet = Sheet {
            title: picture.server.clone(),
            facts: facts(picture),
            ..Sheet::default()
        };
        let apps = sheet.apps(picture, &fold);
        let tools = sheet.tools(picture, &fold, &apps);
        let identities = sheet.identities(picture, &fold);
        sheet.links.extend(acts(picture, &tools, &identities));
        sheet.reach(picture, &fold, &apps, &identities);
        let (roles, gaps) = (sheet.roles(picture, &fold), sheet.gaps(picture, &fold));
        for (role, assignment) in roles.pairs(&picture.assignments, |it| it.id.as_str()) {
            let holder = identities.get(&format!("identity/{}", assignment.identity));
            sheet.link(holder.map(End::Card), Some(End::Card(role)), Way::Power);
        }
        let resources = sheet.resources(picture, &roles, &gaps);
        for (role, assignment) in roles.pairs(&picture.assignments, |it| it.id.as_str()) {
            let on = resources.get(assignment.on.as_str()).copied();
            sheet.link(Some(End::Card(role)), on, Way::Power);
        }
        for gap in &gaps {
            let holder = identities.get(&format!("identity/{}", gap.identity));
            sheet.link(
                holder.map(End::Card),
                Some(End::Card(gap.card)),
                Way::Missing,
            );
            let on = resources.get(gap.resource.as_str()).copied();
            sheet.link(Some(End::Card(gap.card)), on, Way::Missing);
        }
        let mut seen = BTreeSet::new();
        sheet.links.retain(|link| seen.insert(*link));
        sheet.folded = folded(&sheet);
        sheet
    }

    fn link(&mut self, from: Option<End>, to: Option<End>, way: Way) {
        if let (Some(from), Some(to)) = (from, to) {
            self.links.push(Link { from, to, way });
        }
    }

    fn card(&mut self, mut card: Card) -> usize {
        let worst = card.badges.iter().map(|badge| badge.mark).min();
        card.state = card.state.or(worst);
        self.cards.push(card);
        self.cards.len() - 1
    }

    /// A frame for each app, or for several that are alike.
    fn apps(&mut self, picture: &Picture, fold: &Fold) -> Lookup {
        let mut frames = Lookup::default();
        for (_, names) in fold.apps(picture) {
            let frame = Frame {
                column: Column::Tools,
                name: match names.as_slice() {
                    [one] => format!("app {one}"),
                    many => format!("{} apps", many.len()),
                },
                note: match names.as_slice() {
                    [_] => String::new(),
                    many => many.join(", "),
                },
                members: names.iter().map(|name| format!("app {name}")).collect(),
                parent: None,
            };
            self.frames.push(frame);
            let at = self.frames.len() - 1;
            frames.extend(names.into_iter().map(|name| (name, at)));
        }
        frames
    }

    fn tools(&mut self, picture: &Picture, fold: &Fold, apps: &Lookup) -> Lookup {
        let mut cards = Lookup::default();
        for tools in fold.tools(picture) {
            let names: Vec<String> = tools.iter().map(|it| it.tool.name.clone()).collect();
            let mut badges = Vec::new();
            for (mark, verdict) in [(Mark::Missing, "missing"), (Mark::Unproven, "conditional")] {
                let needs = tools.iter().flat_map(|it| &it.tool.needs);
                let open = needs.filter(|need| need.verdict == verdict).count();
                let word = if mark == Mark::Missing {
                    "missing"
                } else {
                    "unproven"
                };
                if open > 0 {
                    badges.push(Badge::new(mark, format!("{word} {open}")));
                }
            }
            let reach = || tools.iter().map(|it| it.tool.reach.len());
            match (reach().min().unwrap_or(0), reach().max().unwrap_or(0)) {
                (_, 0) => {}
                (least, most) if least < most => {
                    badges.push(Badge::new(
                        Mark::Reach,
                        format!("reach {least} to {most} each"),
                    ));
                }
                (_, most) => {
                    let each = if tools.len() > 1 { " each" } else { "" };
                    badges.push(Badge::new(Mark::Reach, format!("reach {most}{each}")));
                }
            }
            let needs: usize = tools.iter().map(|it| it.tool.needs.len()).sum();
            let mut lines = listed(&names);
            lines.push(format!("needs {needs}"));
            let app = tools.first().map(|it| it.tool.app.as_str()).unwrap_or("");
            let card = self.card(Card {
                kind: Kind::Tool,
                name: called(&names, "tools"),
                lines,
                badges,
                state: None,
                members: names,
                frame: apps.get(app),
            });
            cards.extend(tools.iter().map(|it| (it.id.clone(), card)));
        }
        cards
    }

    fn identities(&mut self, picture: &Picture, fold: &Fold) -> Lookup {
        let mut cards = Lookup::default();
        for identities in fold.identities(picture) {
            let names: Vec<String> = identities
                .iter()
                .map(|it| it.identity.name.clone())
                .collect();
            let mut lines = listed(&names);
            lines.extend(identities.first().map(|it| it.r#type.to_owned()));
            let mut badges = Vec::new();
            if identities.iter().any(|it| it.deploys) {
                badges.push(Badge::new(Mark::Plain, "deploys".to_owned()));
            } else {
                let over = identities
                    .iter()
                    .map(|it| it.identity.excess.operations.len());
                let over: usize = over.sum();
                let worst = identities.iter().filter_map(|it| it.worst(picture)).min();
                if over > 0 {
                    badges.push(Badge::new(excess_mark(worst), format!("excess {over}")));
                }
            }
            let card = self.card(Card {
                kind: Kind::Identity,
                name: called(&names, "identities"),
                lines,
                badges,
                state: None,
                members: names,
                frame: None,
            });
            cards.extend(identities.iter().map(|it| (it.id.clone(), card)));
        }
        cards
    }

    /// Links from apps whose tools reach something to every identity attached to them.
    fn reach(&mut self, picture: &Picture, fold: &Fold, apps: &Lookup, identities: &Lookup) {
        for (_, names) in fold.apps(picture) {
            let here = |it: &&ToolNode| names.contains(&it.tool.app);
            let mut tools = picture.tools.iter().filter(here);
            if !tools.any(|it| !it.tool.reach.is_empty()) {
                continue;
            }
            for app in picture.apps.iter().filter(|app| names.contains(&app.name)) {
                for identity in &app.identities {
                    let to = identities.get(&format!("identity/{identity}"));
                    self.link(
                        apps.get(&app.name).map(End::Frame),
                        to.map(End::Card),
                        Way::Reach,
                    );
                }
            }
        }
    }

    fn roles(&mut self, picture: &Picture, fold: &Fold) -> Lookup {
        let mut cards = Lookup::default();
        let alone = super::fold::shows_all(&picture.resources);
        for assignments in fold.roles(picture) {
            let card = self.card(role_card(&assignments, alone));
            cards.extend(assignments.iter().map(|it| (it.id.clone(), card)));
        }
        cards
    }

    fn gaps(&mut self, picture: &Picture, fold: &Fold) -> Vec<GapAt> {
        let mut all = Vec::new();
        for gap in fold.gaps(picture) {
            let card = self.card(Card {
                kind: Kind::Gap,
                name: "not held".to_owned(),
                lines: vec![
                    few(&gap.operations, 2),
                    format!("for {}", few(&gap.tools, 2)),
                ],
                badges: vec![Badge::new(Mark::Missing, format!("missing {}", gap.count))],
                state: None,
                members: gap.operations.iter().chain(&gap.tools).cloned().collect(),
                frame: None,
            });
            all.extend(gap.between.into_iter().map(|(identity, resource)| GapAt {
                card,
                identity,
                resource,
            }));
        }
        all
    }

    /// Resources in the frames of what covers them; those that the same roles are on share a card.
    fn resources(
        &mut self,
        picture: &Picture,
        roles: &Lookup,
        gaps: &[GapAt],
    ) -> BTreeMap<String, End> {
        let mut above: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for (role, assignment) in roles.pairs(&picture.assignments, |it| it.id.as_str()) {
            above.entry(&assignment.on).or_default().insert(role);
        }
        for gap in gaps {
            above.entry(&gap.resource).or_default().insert(gap.card);
        }
        let parents = parents(picture);
        let holds: BTreeSet<&str> = parents.values().copied().collect();
        let mut ends: BTreeMap<String, End> = BTreeMap::new();
        let mut frames: BTreeMap<&str, usize> = BTreeMap::new();
        for resource in picture
            .resources
            .iter()
            .filter(|it| holds.contains(it.id.as_str()))
        {
            self.frames.push(Frame {
                column: Column::Resources,
                name: resource.name.clone(),
                note: match few(&may_cover(picture, &resource.id).collect::<Vec<_>>(), 2) {
                    none if none.is_empty() => about(resource),
                    some => format!("{}, may cover {some}", about(resource)),
                },
                members: vec![resource.name.clone()],
                parent: None,
            });
            let at = self.frames.len() - 1;
            frames.insert(&resource.id, at);
            ends.insert(resource.name.clone(), End::Frame(at));
        }
        for (id, at) in &frames {
            let parent = parents.get(id).and_then(|id| frames.get(id)).copied();
            if let Some(frame) = self.frames.get_mut(*at) {
                frame.parent = parent;
            }
        }
        let shown = |it: &&ResourceNode| {
            let touched =
                above.contains_key(it.name.as_str()) || parents.contains_key(it.id.as_str());
            !frames.contains_key(it.id.as_str()) && (touched || !it.implicit)
        };
        let alone: Vec<&ResourceNode> = picture.resources.iter().filter(shown).collect();
        let frame_of = |it: &ResourceNode| {
            let parent = parents.get(it.id.as_str()).and_then(|id| frames.get(id));
            (parent.copied(), about(it))
        };
        let leads = |it: &ResourceNode| above.get(it.name.as_str()).cloned();
        for ((frame, about), group) in super::fold::resources(&alone, frame_of, leads) {
            let names: Vec<String> = group.iter().map(|it| it.name.clone()).collect();
            let mut lines = listed(&names);
            lines.push(about);
            let mut maybe: Vec<String> = Vec::new();
            for resource in &group {
                maybe.extend(may_cover(picture, &resource.id));
            }
            if !maybe.is_empty() {
                lines.push(format!("may cover {}", few(&maybe, 2)));
            }
            let card = self.card(Card {
                kind: Kind::Resource,
                name: called(&names, "resources"),
                lines,
                badges: Vec::new(),
                state: None,
                members: names.clone(),
                frame,
            });
            ends.extend(names.into_iter().map(|name| (name, End::Card(card))));
        }
        ends
    }
}

/// A gap between an identity and a resource.
struct GapAt {
    card: usize,
    identity: String,
    resource: String,
}

impl Badge {
    fn new(mark: Mark, text: String) -> Badge {
        Badge { mark, text }
    }
}

fn facts(picture: &Picture) -> Vec<String> {
    let count = |n: usize, one: &str, many: &str| match n {
        1 => format!("1 {one}"),
        _ => format!("{n} {many}"),
    };
    let missing: usize = picture.tools.iter().map(|it| it.tool.missing).sum();
    let needs = picture.tools.iter().flat_map(|it| &it.tool.needs);
    let unproven = needs.filter(|need| need.verdict == "conditional").count();
    let judged = picture.identities.iter().filter(|it| !it.deploys);
    let excess: usize = judged.map(|it| it.identity.excess.operations.len()).sum();
    let reach: usize = picture.tools.iter().map(|it| it.tool.reach.len()).sum();
    let declared = picture.resources.iter().filter(|it| !it.implicit).count();
    let digest: String = picture
        .catalogue
        .digest
        .chars()
        .take("sha256:".len() + 4)
        .collect();
    vec![
        count(picture.tools.len(), "tool", "tools"),
        count(picture.apps.len(), "app", "apps"),
        count(picture.identities.len(), "identity", "identities"),
        count(picture.assignments.len(), "assignment", "assignments"),
        count(declared, "resource", "resources"),
        match unproven {
            0 => format!("missing {missing}"),
            _ => format!("missing {missing}, {unproven} of them unproven"),
        },
        format!("excess {excess}"),
        format!("reach {reach}"),
        format!("catalogue {} {digest}…", picture.catalogue.date),
    ]
}

fn acts(picture: &Picture, tools: &Lookup, identities: &Lookup) -> Vec<Link> {
    let acts = picture.edges.iter().filter(|edge| edge.kind == "acts-as");
    acts.filter_map(|edge| {
        Some(Link {
            from: End::Card(tools.get(&edge.from)?),
            to: End::Card(identities.get(&edge.to)?),
            way: Way::Power,
        })
    })
    .collect()
}

fn role_card(assignments: &[&AssignmentNode], alone: bool) -> Card {
    let mut names: Vec<String> = Vec::new();
    for assignment in assignments {
        if !names.contains(&assignment.role) {
            names.push(assignment.role.clone());
        }
    }
    let mut lines = listed(&names);
    let mut on: Vec<String> = Vec::new();
    for assignment in assignments {
        if !on.contains(&assignment.on) {
            on.push(assignment.on.clone());
        }
    }
    // A link may lead to a card of several.
    if assignments.len() > 1 || !alone {
        lines.push(format!("on {}", few(&on, 2)));
    }
    if assignments.iter().all(|it| it.custom) {
        lines.push("custom role".to_owned());
    }
    if assignments.iter().all(|it| it.inferred) {
        lines.push("inferred".to_owned());
    }
    let mut badges = Vec::new();
    let unproven: usize = assignments.iter().map(|it| it.unproven).sum();
    if unproven > 0 {
        badges.push(Badge::new(Mark::Unproven, format!("unproven {unproven}")));
    }
    let unused = assignments.iter();
    let unused = unused.filter(|it| it.needs == 0 && !it.deploys).count();
    let all_unused = unused == assignments.len();
    match unused {
        0 => {}
        1 if all_unused => badges.push(Badge::new(Mark::Unused, "unused".to_owned())),
        unused => badges.push(Badge::new(Mark::Unused, format!("unused {unused}"))),
    }
    let excess: usize = assignments.iter().map(|it| it.excess).sum();
    let danger = assignments.iter().filter_map(|it| it.danger);
    let worst = danger.min_by_key(|danger| rank(danger));
    if let (1.., Some(worst)) = (excess, worst) {
        let mark = excess_mark(Some(rank(worst)));
        badges.push(Badge::new(mark, format!("excess {excess}, {worst}")));
    }
    Card {
        kind: Kind::Role,
        name: called(&names, "roles"),
        lines,
        state: badges
            .iter()
            .map(|badge| badge.mark)
            .filter(|mark| *mark != Mark::Unused || all_unused)
            .min()
            .or(Some(Mark::Plain)),
        badges,
        members: assignments
            .iter()
            .map(|it| format!("{} on {} ({})", it.role, it.on, it.place))
            .collect(),
        frame: None,
    }
}

/// What is held and not needed weighs little when it only reads.
fn excess_mark(worst: Option<usize>) -> Mark {
    match worst.is_some_and(|worst| worst < rank(Danger::Read.word())) {
        true => Mark::Excess,
        false => Mark::Spare,
    }
}

/// The place of a danger among all, worst first.
pub(super) fn rank(danger: &str) -> usize {
    let all = Danger::ALL;
    let found = all.iter().position(|it| it.word() == danger);
    found.unwrap_or(all.len())
}

fn about(resource: &ResourceNode) -> String {
    match &resource.sensitivity {
        Some(sensitivity) => format!("{}, {sensitivity}", resource.r#type),
        None => resource.r#type.clone(),
    }
}

/// For each resource that another surely covers, the narrowest such one.
fn parents(picture: &Picture) -> BTreeMap<&str, &str> {
    let scopes: BTreeMap<&str, usize> = picture
        .resources
        .iter()
        .map(|it| (it.id.as_str(), it.scope.matches('/').count()))
        .collect();
    let depth = |id: &str| scopes.get(id).copied().unwrap_or_default();
    let mut parents: BTreeMap<&str, &str> = BTreeMap::new();
    for edge in picture.edges.iter().filter(|edge| edge.kind == "covers") {
        let (above, below) = (edge.from.as_str(), edge.to.as_str());
        // Two names of one thing do not hold each other.
        if depth(above) >= depth(below) {
            continue;
        }
        let known = parents.entry(below).or_insert(above);
        if depth(above) > depth(known) {
            *known = above;
        }
    }
    parents
}

/// The resources that another covers if a parameter comes out right.
fn may_cover<'p>(picture: &'p Picture, id: &'p str) -> impl Iterator<Item = String> + 'p {
    let edges = picture.edges.iter();
    let edges = edges.filter(move |edge| edge.kind == "may-cover" && edge.from == id);
    edges.map(|edge| edge.to.trim_start_matches("resource/").to_owned())
}

/// What a card is called: the one name, or how many there are.
fn called(names: &[String], things: &str) -> String {
    match names {
        [one] => one.clone(),
        many => format!("{} {things}", many.len()),
    }
}

/// The names of several, which stand below their number.
fn listed(names: &[String]) -> Vec<String> {
    match names {
        [] | [_] => Vec::new(),
        many => vec![few(many, 3)],
    }
}

/// The first few and how many more there are.
pub(super) fn few(names: &[String], most: usize) -> String {
    let mut text = names
        .iter()
        .take(most)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if let more @ 1.. = names.len().saturating_sub(most) {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

/// How many things share cards.
fn folded(sheet: &Sheet) -> Vec<String> {
    let kinds = [
        (Kind::Tool, "tools"),
        (Kind::Identity, "identities"),
        (Kind::Role, "assignments"),
        (Kind::Resource, "resources"),
    ];
    let told = kinds.into_iter().filter_map(|(kind, things)| {
        let cards = sheet.cards.iter().filter(|card| card.kind == kind);
        let shared: Vec<usize> = cards
            .map(|card| card.members.len())
            .filter(|members| *members > 1)
            .collect();
        let of: usize = shared.iter().sum();
        let cards = if shared.len() == 1 { "card" } else { "cards" };
        (of > 0).then(|| format!("{of} {things} on {} {cards}", shared.len()))
    });
    told.collect()
}

impl IdentityNode {
    /// The worst that an identity's assignments leave over.
    pub(super) fn worst(&self, picture: &Picture) -> Option<usize> {
        let own = picture
            .assignments
            .iter()
            .filter(|it| it.identity == self.identity.name);
        own.filter_map(|it| it.danger).map(rank).min()
    }
}
