//! Connectors that the manifest declares: the same checks as those of the built-in data files.

use super::name_all;
use crate::ast;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Span, Word};
use grantc_spec::catalogue::Catalogue;
use grantc_spec::connectors::draft::{
    Draft, DraftKey, DraftLevel, DraftOperation, DraftVerb, Origin, Part,
};
use grantc_spec::connectors::{Connector, PlaneFamily, PrivateEndpoint};
use grantc_spec::rules;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The declared connectors by name; none for one that is broken.
pub(super) type Declared = BTreeMap<String, Option<Arc<Connector>>>;

pub(super) fn connectors(
    declared: &[ast::Connector],
    catalogue: &Catalogue,
    diagnostics: &mut Diagnostics,
) -> Declared {
    let mut all = Declared::new();
    for one in declared {
        let draft = draft(one);
        let roles = one.roles.iter();
        for role in roles.filter(|_| one.plane.value == PlaneFamily::AzureRbac.word()) {
            if catalogue.role_by_name(&role.value).is_none() {
                let message = format!("there is no built-in role `{}`", role.value);
                diagnostics.push(
                    Diagnostic::new(&rules::UNRESOLVED, role.span, message)
                        .help("`grantc roles --granting OPERATION` lists those that grant it"),
                );
            }
        }
        let finished = match draft.finish() {
            Ok(connector) => Some(Arc::new(connector)),
            Err(problems) => {
                for problem in problems {
                    let span = place(one, problem.part);
                    let finding = Diagnostic::new(&rules::BAD_VALUE, span, problem.message);
                    diagnostics.push(finding.maybe_help(problem.help));
                }
                None
            }
        };
        all.entry(one.name.value.clone()).or_insert(finished);
    }
    let mut arena = crate::arena::Arena::default();
    let words = declared.iter().map(|connector| &connector.name);
    name_all("connector", words, diagnostics, |_| arena.push(()));
    all
}

fn draft(declared: &ast::Connector) -> Draft {
    let family = PlaneFamily::parse(&declared.plane.value).unwrap_or(PlaneFamily::AzureRbac);
    let operation = |one: &ast::RoleOperation| DraftOperation {
        word: one.word.value.clone(),
        name: one.name.value.clone(),
    };
    let text = |word: &Option<Word>| word.as_ref().map(|word| word.value.clone());
    let mut draft = Draft::new(Origin::Manifest, declared.name.value.clone(), family);
    draft.endpoint = text(&declared.endpoint);
    draft.audience = text(&declared.audience);
    let levels = declared.levels.iter();
    draft.levels.extend(levels.map(|level| DraftLevel {
        name: level.name.value.clone(),
        resource_type: level.resource_type.value.clone(),
        id: level.id.value.clone(),
        parent: None,
    }));
    let verbs = declared.verbs.iter();
    draft.verbs.extend(verbs.map(|verb| {
        DraftVerb {
            name: verb.name.value.clone(),
            levels: vec![verb.level.value.clone()],
            path: verb.path,
            listing: verb.listing,
            needs: verb
                .needs
                .iter()
                .map(|any_of| any_of.iter().map(operation).collect())
                .collect(),
            source: text(&verb.source),
        }
    }));
    draft.support.extend(declared.support.iter().map(operation));
    let roles = declared.roles.iter();
    draft.roles.extend(roles.map(|role| role.value.clone()));
    let keys = declared.exposes_keys.iter();
    draft
        .exposes_keys
        .extend(keys.map(|(operation, off_when)| DraftKey {
            operation: operation.value.clone(),
            off_when: text(off_when),
        }));
    let endpoint = declared.private_endpoint.as_ref();
    draft.private_endpoint = endpoint.map(|(group, zone)| PrivateEndpoint {
        group: group.value.clone(),
        zone: zone.value.clone(),
    });
    draft
}

/// Where a part of a connector was written.
fn place(declared: &ast::Connector, part: Part) -> Span {
    let found = match part {
        Part::Name => Some(declared.name.span),
        Part::Endpoint => declared.endpoint.as_ref().map(|word| word.span),
        Part::Audience => declared.audience.as_ref().map(|word| word.span),
        Part::Level(at) => declared.levels.get(at).map(|level| level.id.span),
        Part::Verb(at) => declared.verbs.get(at).map(|verb| verb.span),
        Part::Need {
            verb,
            clause,
            alternative,
        } => declared
            .verbs
            .get(verb)
            .and_then(|verb| verb.needs.get(clause)?.get(alternative))
            .map(|one| one.name.span),
        Part::Role(at) => declared.roles.get(at).map(|role| role.span),
        Part::Support(at) => declared.support.get(at).map(|one| one.name.span),
        Part::Key(at) => declared.exposes_keys.get(at).map(|(word, _)| word.span),
        Part::PrivateEndpoint => declared
            .private_endpoint
            .as_ref()
            .map(|(group, _)| group.span),
        Part::Connector
        | Part::Narrowed(_)
        | Part::OpenVerbs
        | Part::Field(_)
        | Part::Switch(_) => None,
    };
    found.unwrap_or(declared.span)
}
