//! Which of many things share a card.
//!
//! Up to [`FEW`] of a kind are all shown. Beyond, those that are alike are folded into one card that
//! counts them: tools of one app and identity, assignments of one role, resources that the same
//! roles are on; beyond [`MANY`], identities that hold the same, with their apps. Where that leaves
//! more cards than [`MOST`], everything with nothing grave to be told of shares a card, so that what
//! is wrong still stands out. What is wrong is never folded with what is not.

use super::sheet::rank;
use super::{AppView, AssignmentNode, IdentityNode, Picture, ResourceNode, ToolNode};
use grantc_spec::danger::Danger;
use std::collections::BTreeMap;

/// How many of a kind are shown one by one.
const FEW: usize = 12;

/// How many identities and apps are shown one by one.
const MANY: usize = 16;

/// How many cards of a kind there are, before only what is grave has one of its own.
const MOST: usize = 18;

/// Cards or frames by what they stand for.
#[derive(Clone, Debug, Default)]
pub(super) struct Lookup(BTreeMap<String, usize>);

impl Lookup {
    pub(super) fn get(&self, key: &str) -> Option<usize> {
        self.0.get(key).copied()
    }

    pub(super) fn extend(&mut self, more: impl IntoIterator<Item = (String, usize)>) {
        self.0.extend(more);
    }

    /// Items beside what they stand on.
    pub(super) fn pairs<'i, T>(
        &self,
        items: &'i [T],
        key: impl Fn(&T) -> &str,
    ) -> Vec<(usize, &'i T)> {
        let pair = |item: &'i T| Some((self.get(key(item))?, item));
        items.iter().filter_map(pair).collect()
    }
}

/// Needs that nothing grants, between some identities and resources.
#[derive(Clone, Debug)]
pub(super) struct Gap {
    /// How many needs there are.
    pub(super) count: usize,
    /// Operations in short, each once.
    pub(super) operations: Vec<String>,
    /// Tools that need them, each once.
    pub(super) tools: Vec<String>,
    /// Names of identity and resource.
    pub(super) between: Vec<(String, String)>,
}

/// How the things of a graph are folded.
#[derive(Clone, Debug)]
pub(super) struct Fold {
    /// The number of the card of each identity, by name.
    identities: BTreeMap<String, usize>,
    /// The number of the frame of each app, by name.
    apps: BTreeMap<String, usize>,
}

impl Fold {
    pub(super) fn of(picture: &Picture) -> Fold {
        let identities = fold_identities(picture);
        let of = |names: &[String]| -> Vec<usize> {
            let mut all: Vec<usize> = names
                .iter()
                .filter_map(|it| identities.get(it))
                .copied()
                .collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let apps = picture.apps.iter();
        let apps = match picture.apps.len() > MANY {
            true => numbered(apps, |app| app.name.clone(), |app| of(&app.identities)),
            false => numbered(apps, |app| app.name.clone(), |app| app.name.clone()),
        };
        Fold { identities, apps }
    }

    /// The apps by frame.
    pub(super) fn apps(&self, picture: &Picture) -> Vec<(usize, Vec<String>)> {
        let groups = grouped(picture.apps.iter(), |app| self.apps.get(&app.name).copied());
        let named = |(key, apps): (Option<usize>, Vec<&AppView>)| {
            let names = apps.iter().map(|app| app.name.clone()).collect();
            (key.unwrap_or_default(), names)
        };
        groups.into_iter().map(named).collect()
    }

    pub(super) fn identities<'p>(&self, picture: &'p Picture) -> Vec<Vec<&'p IdentityNode>> {
        let key = |it: &&IdentityNode| self.identities.get(&it.identity.name).copied();
        values(grouped(picture.identities.iter(), key))
    }

    pub(super) fn tools<'p>(&self, picture: &'p Picture) -> Vec<Vec<&'p ToolNode>> {
        if picture.tools.len() <= FEW {
            return picture.tools.iter().map(|tool| vec![tool]).collect();
        }
        let mut acts: BTreeMap<&str, Vec<Option<usize>>> = BTreeMap::new();
        for edge in picture.edges.iter().filter(|edge| edge.kind == "acts-as") {
            let name = edge.to.strip_prefix("identity/").unwrap_or(&edge.to);
            acts.entry(&edge.from)
                .or_default()
                .push(self.identities.get(name).copied());
        }
        let key = |it: &&ToolNode| {
            let as_whom = acts.get(it.id.as_str()).cloned().unwrap_or_default();
            let app = self.apps.get(&it.tool.app).copied();
            (app, as_whom, it.tool.missing > 0, it.tool.reach.is_empty())
        };
        values(grouped(picture.tools.iter(), key))
    }

    pub(super) fn roles<'p>(&self, picture: &'p Picture) -> Vec<Vec<&'p AssignmentNode>> {
        if picture.assignments.len() <= FEW {
            return picture.assignments.iter().map(|one| vec![one]).collect();
        }
        let holder = |it: &AssignmentNode| self.identities.get(&it.identity).copied();
        let key = |it: &&'p AssignmentNode| {
            let wrong = (it.needs == 0, it.unproven > 0, it.danger.map(rank));
            (holder(it), it.role.as_str(), it.custom, wrong)
        };
        let groups = values(grouped(picture.assignments.iter(), key));
        if groups.len() <= MOST {
            return groups;
        }
        let key = |it: &&'p AssignmentNode| {
            let grave = grave(it).then(|| it.role.as_str());
            (
                holder(it),
                grave,
                it.danger.map(rank).filter(|_| grave.is_some()),
            )
        };
        let groups = values(grouped(picture.assignments.iter(), key));
        if groups.len() <= MOST + FEW {
            return groups;
        }
        let key = |it: &&'p AssignmentNode| (holder(it), grave(it));
        values(grouped(picture.assignments.iter(), key))
    }

    /// Needs that nothing grants: for each identity and resource, or when there are many, for each
    /// card of identities.
    pub(super) fn gaps(&self, picture: &Picture) -> Vec<Gap> {
        let mut all = Vec::new();
        for tool in &picture.tools {
            let missing = tool
                .tool
                .needs
                .iter()
                .filter(|need| need.verdict == "missing");
            all.extend(missing.map(|need| (tool, need)));
        }
        let pairs = distinct(all.iter().map(|(_, need)| (&need.identity, &need.resource))).len();
        let groups = grouped(all.into_iter(), |(_, need)| {
            let holder = self.identities.get(&need.identity).copied();
            let resource = (pairs <= FEW).then(|| need.resource.clone());
            (holder, resource)
        });
        let gap = |(_, needs): (_, Vec<(&ToolNode, &crate::check::report::NeedView)>)| Gap {
            count: needs.len(),
            operations: distinct(
                needs
                    .iter()
                    .map(|(_, need)| super::dot::short(&need.operation)),
            ),
            tools: distinct(needs.iter().map(|(tool, _)| tool.tool.name.clone())),
            between: distinct(
                needs
                    .iter()
                    .map(|(_, need)| (need.identity.clone(), need.resource.clone())),
            ),
        };
        groups.into_iter().map(gap).collect()
    }
}

/// Whether a reviewer has to see an assignment: it does not prove what it is for, or gives more than
/// reading.
fn grave(it: &AssignmentNode) -> bool {
    let reads = rank(Danger::Read.word());
    it.unproven > 0 || it.danger.is_some_and(|danger| rank(danger) < reads)
}

/// The number of the card of each identity, by name.
fn fold_identities(picture: &Picture) -> BTreeMap<String, usize> {
    let (all, name) = (
        || picture.identities.iter(),
        |it: &&IdentityNode| it.identity.name.clone(),
    );
    if picture.identities.len() <= MANY {
        return numbered(all(), name, |it| it.id.clone());
    }
    let cards =
        |numbers: &BTreeMap<String, usize>| numbers.values().max().map_or(0, |last| last + 1);
    let exact = numbered(all(), name, |it| {
        (alike(picture, it), roles_of(picture, it))
    });
    if cards(&exact) <= MANY {
        return exact;
    }
    // The roles of what is grave stay told apart.
    let own = |it: &&IdentityNode| {
        let like = alike(picture, it);
        let roles = like.grave().then(|| roles_of(picture, it));
        (like, roles)
    };
    let grave = numbered(all(), name, own);
    match cards(&grave) <= MOST {
        true => grave,
        false => numbered(all(), name, |it| alike(picture, it)),
    }
}

/// What identities have to agree in to share a card: their kind, and what is told of them.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Alike {
    kind: &'static str,
    deploys: bool,
    lacks: bool,
    unproven: bool,
    /// Whether neighbours reach what it holds.
    reached: bool,
    /// The worst that it holds and does not need, when that is more than reading.
    worst: Option<usize>,
}

impl Alike {
    fn grave(&self) -> bool {
        self.lacks || self.unproven || self.worst.is_some()
    }
}

fn alike(picture: &Picture, it: &IdentityNode) -> Alike {
    let name = &it.identity.name;
    let needs = picture.tools.iter().flat_map(|tool| &tool.tool.needs);
    let lacks = needs
        .filter(|need| need.identity == *name)
        .any(|need| need.verdict == "missing");
    let attached = |app: &AppView| app.identities.len() > 1 && app.identities.contains(name);
    let mut own = picture
        .assignments
        .iter()
        .filter(|one| one.identity == *name);
    let reads = rank(Danger::Read.word());
    Alike {
        kind: it.r#type,
        deploys: it.deploys,
        lacks,
        unproven: own.any(|one| one.unproven > 0),
        reached: picture.apps.iter().any(attached),
        worst: it.worst(picture).filter(|worst| *worst < reads),
    }
}

/// The roles of an identity, and which of them nothing needs.
fn roles_of(picture: &Picture, it: &IdentityNode) -> Vec<(String, bool)> {
    let own = picture.assignments.iter();
    let own = own.filter(|one| one.identity == it.identity.name);
    let mut roles: Vec<(String, bool)> =
        own.map(|one| (one.role.clone(), one.needs == 0)).collect();
    roles.sort();
    roles.dedup();
    roles
}

/// Whether every resource has a card of its own.
pub(super) fn shows_all(all: &[ResourceNode]) -> bool {
    all.len() <= FEW
}

/// Resources that share a card: few are shown one by one, more where they agree in what stands
/// above them and what leads to them, many where they agree in what stands above them.
pub(super) fn resources<'p, A: Ord, K: Ord>(
    all: &[&'p ResourceNode],
    above: impl Fn(&ResourceNode) -> A,
    leads: impl Fn(&ResourceNode) -> K,
) -> Vec<(A, Vec<&'p ResourceNode>)> {
    let all = || all.iter().copied();
    if all().count() <= FEW {
        return all().map(|it| (above(it), vec![it])).collect();
    }
    let exact = grouped(all(), |it| (above(it), leads(it)));
    match exact.len() <= MOST {
        true => exact
            .into_iter()
            .map(|((above, _), group)| (above, group))
            .collect(),
        false => grouped(all(), |it| above(it)),
    }
}

/// Items by key, in the order in which the keys come first.
fn grouped<T, K: Ord>(items: impl Iterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<(K, Vec<T>)> {
    let mut groups: BTreeMap<K, (usize, Vec<T>)> = BTreeMap::new();
    for (at, item) in items.enumerate() {
        let (_, group) = groups.entry(key(&item)).or_insert_with(|| (at, Vec::new()));
        group.push(item);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, (first, _))| *first);
    groups
        .into_iter()
        .map(|(key, (_, group))| (key, group))
        .collect()
}

fn values<T, K>(groups: Vec<(K, Vec<T>)>) -> Vec<Vec<T>> {
    groups.into_iter().map(|(_, group)| group).collect()
}

/// The number of the group of each item, by the item's name.
fn numbered<T, K: Ord>(
    items: impl Iterator<Item = T>,
    name: impl Fn(&T) -> String,
    key: impl Fn(&T) -> K,
) -> BTreeMap<String, usize> {
    let groups = grouped(items, key).into_iter().enumerate();
    groups
        .flat_map(|(number, (_, group))| {
            let names: Vec<String> = group.iter().map(&name).collect();
            names.into_iter().map(move |name| (name, number))
        })
        .collect()
}

/// Each once, in the order in which they come first.
fn distinct<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut all = Vec::new();
    for item in items {
        if !all.contains(&item) {
            all.push(item);
        }
    }
    all
}
