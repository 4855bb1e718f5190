//! What the table of words is made of.

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// Text, or a parameter: `(param)"name"`, in YAML `{param: name}`.
    Deploy,
    /// A name of the manifest.
    Name,
    /// A name of a type.
    TypeName,
    /// A type expression, such as `list<Invoice>`.
    Type,
    /// `#true` or `#false`.
    Bool,
    /// A whole number from zero.
    Count,
    /// Anything but null: decided later by a type.
    Scalar,
    /// One of these words.
    OneOf(&'static [&'static str]),
}

/// An argument.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    /// What messages call it, and its key in YAML.
    pub name: &'static str,
    /// What it must be.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
    /// Whether it takes all that follows; then its key in YAML is this plural.
    pub rest: Option<&'static str>,
}

impl Arg {
    /// Its key in YAML.
    pub fn key(&self) -> &'static str {
        self.rest.unwrap_or(self.name)
    }
}

/// A property: its name is also its key in YAML.
#[derive(Clone, Copy, Debug)]
pub struct Prop {
    /// Its name.
    pub name: &'static str,
    /// What it must be.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
}

/// Whether this version carries a word out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// It does.
    Now,
    /// The word is kept for another cloud, and refused.
    Reserved,
}

/// How often a node may stand among its siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// At most once.
    AtMostOnce,
    /// Exactly once.
    Once,
    /// Any number of times.
    Many,
}

/// What stands between the braces.
#[derive(Clone, Copy, Debug)]
pub enum Body {
    /// Nothing.
    None,
    /// Known nodes; in YAML each under its own key.
    Nodes(&'static [Word]),
    /// Fields: each node is a field's name, its type and its constraints; in YAML a map under
    /// [`FIELDS_KEY`].
    Fields,
    /// Alternatives of a variant: each node is an alternative's name, with fields; in YAML further
    /// keys.
    Alternatives,
    /// Bare words; in YAML the list itself, or a list under [`WORDS_KEY`].
    Words,
    /// These nodes, and fields of the resource's connector: each of those has one value; in YAML
    /// they are further keys.
    ConnectorFields(&'static [Word]),
    /// Not looked at: the node itself is refused.
    Skip,
}

/// Where YAML has the fields of a record.
pub const FIELDS_KEY: &str = "fields";

/// Where YAML has the words of an enum, when they are not the value itself.
pub const WORDS_KEY: &str = "words";

/// The one key of a value that is a parameter, in YAML.
pub const PARAM_KEY: &str = "param";

/// Where YAML has a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Yaml {
    /// Once, under its own word.
    Single,
    /// In a map under this key; the node's first argument is the key of its entry.
    Map(&'static str),
    /// In a list under this key.
    List(&'static str),
}

/// A node's word.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// The word.
    pub name: &'static str,
    /// Its arguments, in order.
    pub args: &'static [Arg],
    /// Its properties.
    pub props: &'static [Prop],
    /// Whether any property key may stand, with a value of this kind.
    pub open_props: Option<Kind>,
    /// What stands between its braces.
    pub body: Body,
    /// How often it may stand.
    pub times: Times,
    /// Whether this version carries it out.
    pub since: Since,
    /// Where YAML has it.
    pub yaml: Yaml,
    /// The property that a bare value stands for in YAML, where no argument does.
    pub short: Option<&'static str>,
}

impl Word {
    /// The key that YAML has it under.
    pub fn key(&self) -> &'static str {
        match self.yaml {
            Yaml::Single => self.name,
            Yaml::Map(key) | Yaml::List(key) => key,
        }
    }

    /// The arguments that have a key of their own in YAML: all but the name of a map's entry.
    pub fn keyed_args(&self) -> &'static [Arg] {
        match (self.yaml, self.args) {
            (Yaml::Map(_), [_, rest @ ..]) => rest,
            (_, args) => args,
        }
    }

    /// Whether the node is nothing but one value: YAML then has no mapping for it.
    pub fn is_bare(&self) -> bool {
        let one = matches!(self.keyed_args(), [arg] if arg.rest.is_none());
        one && self.props.is_empty() && matches!(self.body, Body::None)
    }

    /// Every key that its mapping may have in YAML, in the order of the table.
    pub fn keys(&self) -> Vec<&'static str> {
        let args = self.keyed_args().iter().map(Arg::key);
        let mut keys: Vec<_> = args
            .chain(self.props.iter().map(|prop| prop.name))
            .collect();
        match self.body {
            Body::Nodes(words) | Body::ConnectorFields(words) => {
                keys.extend(words.iter().map(Word::key));
            }
            Body::Fields => keys.push(FIELDS_KEY),
            Body::Words => keys.push(WORDS_KEY),
            Body::None | Body::Alternatives | Body::Skip => {}
        }
        keys
    }
}

pub(super) const fn arg(name: &'static str, kind: Kind) -> Arg {
    Arg {
        name,
        kind,
        required: true,
        rest: None,
    }
}

pub(super) const fn maybe(name: &'static str, kind: Kind) -> Prop {
    Prop {
        name,
        kind,
        required: false,
    }
}

pub(super) const fn must(name: &'static str, kind: Kind) -> Prop {
    Prop {
        name,
        kind,
        required: true,
    }
}

/// An argument that takes all that follows; its key in YAML is the plural.
pub(super) const fn rest(name: &'static str, plural: &'static str, kind: Kind) -> Arg {
    Arg {
        rest: Some(plural),
        ..arg(name, kind)
    }
}

pub(super) const fn word(name: &'static str, args: &'static [Arg], times: Times) -> Word {
    let since = Since::Now;
    Word {
        name,
        args,
        props: &[],
        open_props: None,
        body: Body::None,
        times,
        since,
        yaml: Yaml::Single,
        short: None,
    }
}

pub(super) const fn reserved(name: &'static str) -> Word {
    Word {
        body: Body::Skip,
        since: Since::Reserved,
        ..word(name, &[], Times::Many)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::words::{FIELD, IMPORTED, ROOT};
    use std::collections::BTreeSet;

    /// In YAML arguments, properties and children are keys of one mapping.
    fn distinct(place: &str, keys: Vec<&str>) {
        let set: BTreeSet<_> = keys.iter().collect();
        assert_eq!(set.len(), keys.len(), "{place}: {keys:?}");
    }

    fn check(word: &Word) {
        distinct(word.name, word.keys());
        if let Some(short) = word.short {
            assert!(word.keyed_args().is_empty(), "{}", word.name);
            assert!(
                word.props.iter().any(|prop| prop.name == short),
                "{}",
                word.name
            );
        }
        if let Body::Nodes(children) | Body::ConnectorFields(children) = word.body {
            children.iter().for_each(check);
        }
    }

    #[test]
    fn no_key_of_a_mapping_means_two_things() {
        distinct("the top level", ROOT.iter().map(Word::key).collect());
        ROOT.iter().for_each(check);
        check(&FIELD);
    }

    /// What must be there, and what may be there once, is the root's own.
    #[test]
    fn what_may_be_imported_is_a_word_that_may_repeat() {
        for name in IMPORTED {
            let word = ROOT.iter().find(|word| word.name == *name).unwrap();
            assert!(word.times == Times::Many || *name == "grantc", "{name}");
        }
    }
}
