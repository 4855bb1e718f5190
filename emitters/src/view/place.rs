//! Places: the resource groups and subscriptions that something happens in.
//!
//! The manifest's own resource group is the first place. In Bicep every other place is a module of
//! its own, so that whoever owns it reads one file to see all that is done there.

use super::azure::same;
use super::{Build, Symbol, Text, names};
use grantc_core::ir::{self, Scope};
use grantc_spec::naming::NameKind;
use serde::Serialize;

/// A resource group or subscription that something happens in.
#[derive(Clone, Debug, Serialize)]
pub struct Place {
    /// What it is.
    pub kind: PlaceKind,
    /// Identifier of its module.
    pub symbol: Symbol,
    /// Name of its file, without ending.
    pub file: String,
    /// Name of its deployment.
    pub deployment: Text,
    /// What a person calls it.
    pub shown: String,
    /// Its name as a person reads it.
    pub name: String,
    /// Its subscription, unless that is the one deployed into.
    pub subscription: Option<Text>,
    /// What Terraform calls the provider of its subscription, where that is another one.
    pub alias: Option<Symbol>,
    /// Name of its resource group, where it is one.
    pub group: Option<Text>,
    /// Its id.
    pub id: Text,
    /// The subscription's id.
    pub subscription_id: Text,
    /// Its parts, to compare.
    #[serde(skip)]
    key: (ir::Text, Option<ir::Text>),
}

/// What a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// The manifest's own resource group.
    Own,
    /// Another resource group.
    Group,
    /// A subscription.
    Subscription,
    /// A management group.
    ManagementGroup,
}

impl Place {
    /// The place as a scope of the manifest.
    pub fn scope(&self) -> Scope {
        let (outer, group) = &self.key;
        let word = |text: &str| ir::Text::Literal(text.to_owned());
        let mut segments = match self.kind {
            PlaceKind::ManagementGroup => {
                let above = ["providers", "Microsoft.Management", "managementGroups"];
                above.map(word).to_vec()
            }
            _ => vec![word("subscriptions")],
        };
        segments.push(outer.clone());
        if let Some(group) = group {
            segments.extend([word("resourceGroups"), group.clone()]);
        }
        Scope { segments }
    }

    /// What Bicep calls the place in a file that is deployed into it.
    pub(super) fn here(&self) -> &'static str {
        match (self.kind, &self.group) {
            (PlaceKind::ManagementGroup, _) => "managementGroup()",
            (_, Some(_)) => "resourceGroup()",
            (_, None) => "subscription()",
        }
    }
}

impl Build<'_> {
    /// Makes the manifest's own resource group the first place.
    pub(super) fn own_place(&mut self) {
        let subscription = self.azure.subscription.clone();
        let subscription = subscription.unwrap_or(ir::Text::Ambient(ir::Ambient::Subscription));
        self.place(&subscription, Some(&self.azure.resource_group.clone()));
    }

    /// The place that a scope lies in, by its index.
    pub(super) fn place_of(&mut self, scope: &Scope) -> usize {
        if let [_, _, kind, name] = scope.segments.as_slice()
            && kind.literal() == Some("managementGroups")
        {
            return self.management_group(name);
        }
        let mut segments = scope.segments.iter();
        let (_, subscription) = (segments.next(), segments.next());
        let is_group = segments.next().and_then(ir::Text::literal);
        let group = match is_group.is_some_and(|s| s.eq_ignore_ascii_case("resourceGroups")) {
            true => segments.next(),
            false => None,
        };
        let ambient = ir::Text::Ambient(ir::Ambient::Subscription);
        self.place(subscription.unwrap_or(&ambient), group)
    }

    fn place(&mut self, subscription: &ir::Text, group: Option<&ir::Text>) -> usize {
        let is_it = |place: &Place| {
            let (sub, rg) = &place.key;
            let groups = match (rg, group) {
                (Some(a), Some(b)) => same(a, b),
                (a, b) => a.is_none() && b.is_none(),
            };
            place.kind != PlaceKind::ManagementGroup && same(sub, subscription) && groups
        };
        if let Some(found) = self.places.iter().position(is_it) {
            return found;
        }
        let kind = match group {
            _ if self.places.is_empty() => PlaceKind::Own,
            Some(_) => PlaceKind::Group,
            None => PlaceKind::Subscription,
        };
        let place = self.new_place(kind, subscription, group);
        self.places.push(place);
        self.places.len() - 1
    }

    fn new_place(
        &mut self,
        kind: PlaceKind,
        subscription: &ir::Text,
        group: Option<&ir::Text>,
    ) -> Place {
        let words = self.words(group.unwrap_or(subscription));
        let symbol = match kind {
            PlaceKind::Own => Symbol::default(),
            _ => self.symbols.name("place", &format!("access {words}")),
        };
        let shown = self.shown(group.unwrap_or(subscription));
        let noun = if group.is_some() {
            "resource group"
        } else {
            "subscription"
        };
        let own = self.is_own_subscription(subscription);
        let subscription_text = match own {
            true => self.own_subscription(),
            false => self.text(subscription),
        };
        let subscription_id = Text::literal("/subscriptions/").then(subscription_text);
        let id = match (kind, group) {
            (PlaceKind::Own, _) => Text::code("resourceGroup().id", "local.resource_group_id"),
            (_, Some(group)) => subscription_id
                .clone()
                .and("/resourceGroups/")
                .then(self.text(group)),
            (_, None) => subscription_id.clone(),
        };
        let file = symbol.hcl.replace('_', "-");
        Place {
            kind,
            deployment: names::name(
                NameKind::Deployment,
                &self.program.server.name.value,
                &[&file],
            ),
            file,
            symbol,
            shown: format!("{noun} {shown}"),
            name: shown,
            alias: (!own).then(|| self.alias(subscription)),
            subscription: (!own).then(|| self.text(subscription)),
            group: group.map(|group| match kind {
                PlaceKind::Own => self.own_group(),
                _ => self.text(group),
            }),
            id,
            subscription_id,
            key: (subscription.clone(), group.cloned()),
        }
    }

    fn management_group(&mut self, name: &ir::Text) -> usize {
        let is_it =
            |place: &Place| place.kind == PlaceKind::ManagementGroup && same(&place.key.0, name);
        if let Some(found) = self.places.iter().position(is_it) {
            return found;
        }
        let words = self.words(name);
        let symbol = self.symbols.name("place", &format!("access {words}"));
        let first = !self
            .places
            .iter()
            .any(|place| place.kind == PlaceKind::ManagementGroup);
        let file = match first {
            true => "management-group".to_owned(),
            false => symbol.hcl.replace('_', "-"),
        };
        let shown = self.shown(name);
        self.places.push(Place {
            kind: PlaceKind::ManagementGroup,
            deployment: Text::default(),
            file,
            symbol,
            shown: format!("management group {shown}"),
            name: shown,
            alias: None,
            subscription: None,
            group: None,
            id: Text::literal("/providers/Microsoft.Management/managementGroups/")
                .then(self.text(name)),
            // Azure names the definition of a role that is held above subscriptions without one.
            subscription_id: Text::literal(""),
            key: (name.clone(), None),
        });
        self.places.len() - 1
    }

    /// The provider of a subscription; places in the same one share it.
    fn alias(&mut self, subscription: &ir::Text) -> Symbol {
        let known = self
            .places
            .iter()
            .find(|place| place.alias.is_some() && same(&place.key.0, subscription));
        if let Some(alias) = known.and_then(|place| place.alias.clone()) {
            return alias;
        }
        let words = self.words(subscription);
        self.symbols.name("subscription", &words)
    }

    fn words(&self, text: &ir::Text) -> String {
        match text {
            ir::Text::Literal(text) => text.clone(),
            ir::Text::Param(id) => self.param_name(*id).to_owned(),
            ir::Text::Ambient(_) => "subscription".to_owned(),
        }
    }

    /// Whether one place is the subscription that another lies in.
    pub(super) fn covers(&self, outer: usize, inner: usize) -> bool {
        match (self.places.get(outer), self.places.get(inner)) {
            (Some(outer), Some(inner)) => {
                outer.kind == PlaceKind::Subscription
                    && inner.group.is_some()
                    && same(&outer.key.0, &inner.key.0)
            }
            _ => false,
        }
    }
}
