//! Parameters and the manifest's own resource group.

use super::symbols::PARAM;
use super::{Build, Symbol, Text, names};
use grantc_core::ir::{self, Ambient};
use grantc_spec::naming::{NameKind, SUFFIX_LEN};
use serde::Serialize;

/// Days that logs are kept when the manifest does not say.
const RETENTION_DAYS: u32 = 30;

/// Where everything goes.
#[derive(Clone, Debug, Serialize)]
pub struct Azure {
    /// The resource group as a person reads it.
    pub shown: String,
    /// The region as a person reads it.
    pub shown_location: String,
    /// Name of the resource group where it is made, not deployed into.
    pub group_name: Text,
    /// The subscription as a person reads it, where the manifest says which.
    pub shown_subscription: Option<String>,
    /// Name of the resource group.
    pub resource_group: Text,
    /// Region.
    pub location: Text,
    /// Subscription; in HCL always a variable of the module.
    pub subscription: Text,
    /// Whether nothing says which subscription, so that the deployment's own is meant.
    pub ambient: bool,
    /// Tags of everything created.
    pub tags: Vec<Tag>,
    /// Name of the Log Analytics workspace.
    pub workspace: Text,
    /// How long a suffix can be, so that names stay within their limits.
    pub suffix_len: usize,
    /// Days that logs are kept.
    pub retention_days: u32,
}

/// One tag.
#[derive(Clone, Debug, Serialize)]
pub struct Tag {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Text,
}

/// A value supplied at deployment.
#[derive(Clone, Debug, Serialize)]
pub struct Param {
    /// Its identifier.
    pub symbol: Symbol,
    /// What it is for.
    pub doc: String,
    /// Its default.
    pub default: Option<String>,
}

/// Parameters that stand for literal strings of the `azure` node, so that an environment can
/// replace them, with what they are for.
const ADDED: [(&str, &str); 3] = [
    ("location", "Region of everything that is created."),
    (
        "resource_group",
        "Resource group that is deployed into; it has to exist.",
    ),
    ("subscription", "Subscription that is deployed into."),
];

fn string<'a>(azure: &'a ir::Azure, name: &str) -> Option<&'a ir::Text> {
    match name {
        "location" => Some(&azure.location),
        "resource_group" => Some(&azure.resource_group),
        _ => azure.subscription.as_ref(),
    }
}

/// Names of the parameters that grantc adds; `subscription` is one of the module in any case.
pub(super) fn added(azure: &ir::Azure) -> Vec<&'static str> {
    let names = ADDED.iter().map(|(name, _)| *name);
    names
        .filter(|name| !matches!(string(azure, name), Some(ir::Text::Param(_))))
        .collect()
}

pub(super) fn own_symbol(name: &str) -> Symbol {
    // What a Bicep file is deployed into is told by the command, so `location` is one there, and
    // the resource group where it is made.
    let bicep = match name {
        "resource_group" => "resourceGroupName",
        other => other,
    };
    Symbol {
        bicep: bicep.to_owned(),
        hcl: name.to_owned(),
    }
}

impl Build<'_> {
    /// The manifest's parameters, then those that grantc adds.
    pub(super) fn params(&mut self) -> Vec<Param> {
        let mut params = Vec::new();
        for (id, param) in self.program.params.iter() {
            let symbol = self.symbols.name(PARAM, &param.name.value);
            self.params.insert(id, symbol.clone());
            let doc = param.doc.as_ref().map(|doc| doc.value.clone());
            params.push(Param {
                symbol,
                doc: doc.unwrap_or_else(|| format!("Parameter {} of the manifest.", param.name)),
                default: param.default.as_ref().map(|word| word.value.clone()),
            });
        }
        for (name, doc) in ADDED {
            let doc = match name {
                "resource_group" if self.part.is_bootstrap() => "Resource group that is made.",
                _ => doc,
            };
            if let Some(ir::Text::Literal(default)) = string(self.azure, name) {
                params.push(Param {
                    symbol: own_symbol(name),
                    doc: doc.to_owned(),
                    default: Some(default.clone()),
                });
            }
        }
        params.sort_by(|a, b| a.symbol.hcl.cmp(&b.symbol.hcl));
        params
    }

    pub(super) fn azure(&self) -> Azure {
        let tags = self.azure.tags.iter();
        Azure {
            shown: self.shown(&self.azure.resource_group),
            shown_location: self.shown(&self.azure.location),
            group_name: self.own(&self.azure.resource_group, "resource_group"),
            shown_subscription: self
                .azure
                .subscription
                .as_ref()
                .map(|text| self.shown(text)),
            resource_group: self.own_group(),
            location: self.own(&self.azure.location, "location"),
            subscription: self.own_subscription(),
            ambient: self.azure.subscription.is_none(),
            tags: tags
                .map(|(name, value)| Tag {
                    name: name.value.clone(),
                    value: self.text(value),
                })
                .collect(),
            workspace: names::name(NameKind::LogAnalytics, &self.program.server.name.value, &[]),
            suffix_len: SUFFIX_LEN,
            retention_days: self.azure.log_retention_days.unwrap_or(RETENTION_DAYS),
        }
    }

    /// A string of the `azure` node by the parameter that holds it.
    fn own(&self, text: &ir::Text, name: &str) -> Text {
        match text {
            ir::Text::Literal(_) => Text::param(&own_symbol(name)),
            other => self.text(other),
        }
    }

    /// The resource group that is deployed into.
    pub(super) fn own_group(&self) -> Text {
        let hcl = self.own(&self.azure.resource_group, "resource_group");
        Text::of(Text::code("resourceGroup().name", ""), hcl)
    }

    /// The subscription that is deployed into.
    pub(super) fn own_subscription(&self) -> Text {
        let ambient = self.text(&ir::Text::Ambient(Ambient::Subscription));
        match &self.azure.subscription {
            Some(text) => Text::of(ambient, self.own(text, "subscription")),
            None => ambient,
        }
    }

    /// A string of the manifest.
    pub(super) fn text(&self, text: &ir::Text) -> Text {
        match text {
            ir::Text::Literal(text) => Text::literal(text),
            ir::Text::Param(id) => match self.params.get(id) {
                Some(symbol) => Text::param(symbol),
                None => Text::literal(""),
            },
            ir::Text::Ambient(Ambient::Subscription) => {
                Text::code("subscription().subscriptionId", "var.subscription")
            }
        }
    }

    /// A string of the manifest as a person reads it, with what is known later in angle brackets.
    pub(super) fn shown(&self, text: &ir::Text) -> String {
        match text {
            ir::Text::Literal(text) => text.clone(),
            ir::Text::Param(id) => format!("<{}>", self.param_name(*id)),
            ir::Text::Ambient(Ambient::Subscription) => "<subscription>".to_owned(),
        }
    }

    /// Whether a subscription is the one that is deployed into.
    pub(super) fn is_own_subscription(&self, subscription: &ir::Text) -> bool {
        match &self.azure.subscription {
            Some(own) => same(own, subscription),
            None => *subscription == ir::Text::Ambient(Ambient::Subscription),
        }
    }
}

/// Whether two strings of the manifest are known to be the same name in Azure.
pub(super) fn same(a: &ir::Text, b: &ir::Text) -> bool {
    match (a, b) {
        (ir::Text::Literal(a), ir::Text::Literal(b)) => a.eq_ignore_ascii_case(b),
        (a, b) => a == b,
    }
}
