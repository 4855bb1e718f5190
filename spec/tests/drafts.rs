//! Everything that can be wrong with a connector is said, of the part that is wrong.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a panic is how a test fails"
)]

use grantc_spec::connectors::draft::{
    Draft, DraftKey, DraftLevel, DraftOperation, DraftVerb, Origin, Part,
};
use grantc_spec::connectors::{OpenVerbs, PlaneFamily, Switch};

const GROUP: &str = "/subscriptions/{subscription}/resourceGroups/{resource-group}/providers";

fn level(name: &str, resource_type: &str, id: &str) -> DraftLevel {
    DraftLevel {
        name: name.to_owned(),
        resource_type: resource_type.to_owned(),
        id: id.replace("…", GROUP),
        parent: None,
    }
}

fn operation(word: &str, name: &str) -> DraftOperation {
    DraftOperation {
        word: word.to_owned(),
        name: name.to_owned(),
    }
}

fn verb(name: &str, needs: Vec<Vec<DraftOperation>>) -> DraftVerb {
    DraftVerb {
        name: name.to_owned(),
        levels: vec!["ledger".to_owned()],
        path: false,
        listing: false,
        needs,
        source: None,
    }
}

/// A connector as a manifest might declare it.
fn ledger() -> Draft {
    Draft {
        endpoint: Some("https://{ledger}.ledger.example/".to_owned()),
        levels: vec![level(
            "ledger",
            "Contoso.Books/ledgers",
            "…/Contoso.Books/ledgers/{ledger}",
        )],
        verbs: vec![verb(
            "read",
            vec![vec![operation(
                "data-action",
                "Contoso.Books/ledgers/entries/read",
            )]],
        )],
        ..Draft::new(Origin::Manifest, "contoso.ledger", PlaneFamily::AzureRbac)
    }
}

fn problems(draft: Draft) -> Vec<(Part, String)> {
    let problems = draft.finish().expect_err("problems");
    problems
        .into_iter()
        .map(|problem| (problem.part, problem.message))
        .collect()
}

/// The only problem of a connector that was spoilt in one way.
fn problem(spoil: impl FnOnce(&mut Draft)) -> (Part, String) {
    let mut draft = ledger();
    spoil(&mut draft);
    match problems(draft).as_slice() {
        [one] => one.clone(),
        several => panic!("{several:?}"),
    }
}

#[test]
fn a_connector_of_a_manifest_is_one_and_is_marked() {
    let connector = ledger().finish().expect("a connector");
    assert!(connector.declared && !connector.creates);
    assert_eq!(connector.verbs[0].source, "declared in the manifest");
    assert_eq!(connector.fields.len(), 1);
    assert_eq!(connector.place(|field| field == "ledger"), Ok(0));
}

#[test]
fn names_of_the_program_are_reserved() {
    for name in ["azure.x", "microsoft.x", "aws.x", "gcp.x", "http"] {
        let (part, message) = problem(|draft| draft.name = name.to_owned());
        assert_eq!(part, Part::Name);
        assert!(
            message.ends_with("is reserved for connectors of grantc"),
            "{message}"
        );
    }
    for name in ["httpd", "azures.x", "contoso.azure.x"] {
        let mut draft = ledger();
        draft.name = name.to_owned();
        assert!(draft.finish().is_ok(), "{name}");
    }
    let (part, message) = problem(|draft| draft.name = "Contoso ledger".to_owned());
    assert_eq!(
        (part, message.as_str()),
        (Part::Name, "`Contoso ledger` is no name of a connector")
    );
}

#[test]
fn levels_have_ids_of_azure_and_stand_widest_first() {
    let cases = [
        (
            "Contoso.Books/ledgers",
            "/ledgers/{ledger}",
            "level `ledger` has an id that is not one of Azure",
        ),
        (
            "Contoso.Books/ledgers",
            "…/Contoso.Books/ledgers",
            "level `ledger` has an id that is not one of Azure",
        ),
        (
            "Contoso.Books/ledgers",
            "…/Contoso.Books/ledgers/x{ledger}",
            "level `ledger` has a malformed id",
        ),
        (
            "Contoso.Books/ledgers",
            "…/Contoso.Books//{ledger}",
            "level `ledger` has a malformed id",
        ),
        (
            "Contoso.Books/books",
            "…/Contoso.Books/ledgers/{ledger}",
            "level `ledger` says type `Contoso.Books/books`, but its id is one of `Contoso.Books/ledgers`",
        ),
        (
            "Contoso.Books/ledgers/pages",
            "…/Contoso.Books/ledgers/{ledger}/pages/{ledger}",
            "`{ledger}` stands twice in the id of level `ledger`",
        ),
    ];
    for (resource_type, id, expected) in cases {
        let found = problem(|draft| {
            draft.endpoint = None;
            draft.levels = vec![level("ledger", resource_type, id)];
        });
        assert_eq!(found, (Part::Level(0), expected.to_owned()));
    }
    let page = || {
        level(
            "page",
            "Contoso.Books/pages",
            "…/Contoso.Books/pages/{page}",
        )
    };
    assert_eq!(
        problem(|draft| draft.levels.push(page())),
        (
            Part::Level(1),
            "the id of level `page` does not start with that of `ledger`".to_owned()
        )
    );
    assert_eq!(
        problem(|draft| {
            draft.levels.push(DraftLevel {
                parent: Some("book".to_owned()),
                ..page()
            });
        }),
        (
            Part::Level(1),
            "level `page` lies below `book`, which is no level before it".to_owned()
        )
    );
    assert_eq!(
        problems(Draft {
            levels: Vec::new(),
            endpoint: None,
            verbs: Vec::new(),
            ..ledger()
        }),
        [(Part::Connector, "`contoso.ledger` has no level".to_owned())]
    );
}

#[test]
fn endpoints_and_fields_fit_each_other() {
    let endpoint = |text: &str| problem(|draft| draft.endpoint = Some(text.to_owned()));
    assert_eq!(
        endpoint("https://{book}.example/"),
        (
            Part::Endpoint,
            "`{book}` is no field of the connector".to_owned()
        )
    );
    assert_eq!(
        endpoint("https://{ledger"),
        (Part::Endpoint, "a brace has no other half".to_owned())
    );
    assert_eq!(
        problem(|draft| draft.fields.push("book".to_owned())),
        (
            Part::Field(0),
            "field `book` is in no id, endpoint or audience".to_owned()
        )
    );
}

#[test]
fn verbs_need_exact_operations_of_the_plane() {
    let need =
        |written: DraftOperation| problem(|draft| draft.verbs[0].needs = vec![vec![written]]);
    let part = Part::Need {
        verb: 0,
        clause: 0,
        alternative: 0,
    };
    let cases = [
        (
            operation("data-action", "Contoso.Books/*"),
            "`Contoso.Books/*` has a wildcard; needs are exact",
        ),
        (
            operation("action", "Contoso.Books//read"),
            "`Contoso.Books//read` is not an operation",
        ),
        (
            operation("operation", "SELECT"),
            "`operation` is no operation of `azure-rbac`",
        ),
    ];
    for (written, expected) in cases {
        assert_eq!(need(written), (part, expected.to_owned()));
    }
    assert_eq!(
        problem(|draft| draft.verbs[0].needs.clear()),
        (
            Part::Verb(0),
            "a verb needs at least one operation".to_owned()
        )
    );
    assert_eq!(
        problem(|draft| draft.verbs[0].needs.push(Vec::new())),
        (Part::Verb(0), "`any-of` has no operation".to_owned())
    );
    assert_eq!(
        problem(|draft| draft.verbs[0].levels.push("book".to_owned())),
        (
            Part::Verb(0),
            "verb `read` stands at level `book`, which is none".to_owned()
        )
    );
    assert_eq!(
        problem(|draft| draft.verbs.push(draft.verbs[0].clone())),
        (Part::Verb(1), "verb `read` stands twice".to_owned())
    );
}

#[test]
fn planes_with_a_list_of_operations_and_roles_take_only_those() {
    let sql = |operation_name: &str, role: &str| Draft {
        levels: vec![level(
            "ledger",
            "Microsoft.Sql/servers",
            "…/Microsoft.Sql/servers/{ledger}",
        )],
        verbs: vec![verb(
            "read",
            vec![vec![operation("operation", operation_name)]],
        )],
        roles: vec![role.to_owned()],
        plane: PlaneFamily::SqlDatabase,
        ..ledger()
    };
    assert!(sql("SELECT", "db_datareader").finish().is_ok());
    let part = Part::Need {
        verb: 0,
        clause: 0,
        alternative: 0,
    };
    assert_eq!(
        problems(sql("MERGE", "db_merger")),
        [
            (part, "`sql-database` has no operation `MERGE`".to_owned()),
            (
                Part::Role(0),
                "`sql-database` has no role `db_merger`".to_owned()
            ),
        ]
    );
}

#[test]
fn the_rest_is_looked_at_too() {
    assert_eq!(
        problem(|draft| {
            draft.exposes_keys.push(DraftKey {
                operation: "Contoso.Books/ledgers/listKeys/action".to_owned(),
                off_when: Some("keysOff".to_owned()),
            });
        }),
        (
            Part::Key(0),
            "`keysOff` is no property of a resource".to_owned()
        )
    );
    let switch = |on_when: Vec<String>| Switch {
        name: "keys".to_owned(),
        on_when,
    };
    assert_eq!(
        problem(|draft| draft.switches.push(switch(Vec::new()))),
        (
            Part::Switch(0),
            "switch `keys` says nothing that turns it on".to_owned()
        )
    );
    assert_eq!(
        problem(|draft| draft.switches.push(switch(vec!["a b=c".to_owned()]))),
        (
            Part::Switch(0),
            "`a b=c` is no property of a resource".to_owned()
        )
    );
    assert_eq!(
        problem(|draft| draft.roles = vec!["Reader".to_owned(), "reader".to_owned()]),
        (Part::Role(1), "role `reader` stands twice".to_owned())
    );
    assert_eq!(
        problem(|draft| draft.roles = vec!["Rea\nder".to_owned()]),
        (Part::Role(0), "a role is one line of text".to_owned())
    );
    assert_eq!(
        problems(Draft {
            open_verbs: OpenVerbs::ResourceRoles,
            ..ledger()
        }),
        [
            (
                Part::OpenVerbs,
                "verbs of `entra-app` come from there only".to_owned()
            ),
            (
                Part::OpenVerbs,
                "a connector lists verbs, or says where they come from, not both".to_owned()
            ),
        ]
    );
}
