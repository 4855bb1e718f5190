//! Environments: values of parameters, and what replaces the strings of `azure`.

use super::azure::own_symbol;
use super::{Build, Symbol};
use grantc_core::ir;
use grantc_core::source::Word;
use serde::Serialize;

/// What differs in one environment.
#[derive(Clone, Debug, Serialize)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// The subscription and the resource group as a person reads them.
    pub shown_subscription: Option<String>,
    /// The resource group that is deployed into.
    pub shown: String,
    /// The region as a person reads it.
    pub shown_location: String,
    /// Values by parameter.
    pub values: Vec<Value>,
    /// Tags of it, which win over those of `azure`.
    pub tags: Vec<Value>,
}

/// A name and its value.
#[derive(Clone, Debug, Serialize)]
pub struct Value {
    /// The identifier, of a parameter.
    pub symbol: Symbol,
    /// The name, of a tag.
    pub name: String,
    /// The value.
    pub value: String,
}

impl Build<'_> {
    pub(super) fn environments(&self) -> Vec<Environment> {
        let environments = self.program.environments.values();
        environments.map(|one| self.environment(one)).collect()
    }

    fn environment(&self, one: &ir::Environment) -> Environment {
        let own = |name: &str, value: &Option<Word>| {
            let value = value.as_ref()?.value.clone();
            Some(Value {
                symbol: own_symbol(name),
                name: name.to_owned(),
                value,
            })
        };
        let strings = [
            own("location", &one.location),
            own("resource_group", &one.resource_group),
            own("subscription", &one.subscription),
        ];
        let mut values: Vec<Value> = strings.into_iter().flatten().collect();
        for (id, value) in &one.params {
            if let Some(symbol) = self.params.get(id) {
                values.push(Value {
                    symbol: symbol.clone(),
                    name: self.param_name(*id).to_owned(),
                    value: value.value.clone(),
                });
            }
        }
        values.sort_by(|a, b| a.symbol.hcl.cmp(&b.symbol.hcl));
        let tags = one.tags.iter().map(|(name, value)| Value {
            symbol: Symbol::default(),
            name: name.value.clone(),
            value: value.value.clone(),
        });
        let shown = |text: &ir::Text| match text {
            ir::Text::Param(id) => {
                let given = one.params.iter().find(|(param, _)| param == id);
                given.map_or_else(|| self.shown(text), |(_, value)| value.value.clone())
            }
            other => self.shown(other),
        };
        let word = |word: &Option<Word>| word.as_ref().map(|it| it.value.clone());
        let subscription = self.azure.subscription.as_ref();
        Environment {
            name: one.name.value.clone(),
            shown_subscription: word(&one.subscription).or_else(|| subscription.map(shown)),
            shown: word(&one.resource_group).unwrap_or_else(|| shown(&self.azure.resource_group)),
            shown_location: word(&one.location).unwrap_or_else(|| shown(&self.azure.location)),
            values,
            tags: tags.collect(),
        }
    }
}
