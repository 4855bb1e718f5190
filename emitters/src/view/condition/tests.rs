//! Conditions, read back by a small reader that decides them as Azure does.

use super::*;
use grantc_core::source::{Span, Spanned};
use grantc_spec::catalogue::{Answer, condition_touches};

/// One request for a blob, or for a list of blobs that begin with something.
#[derive(Clone, Copy)]
enum Asked<'a> {
    Blob(&'a str),
    List(&'a str),
}

/// Decides a condition, written from Azure's page on their format and sharing no code with the
/// builder: `!`, AND, OR, brackets, the two functions and two operators.
struct Decider<'a> {
    rest: &'a str,
    action: &'a str,
    asked: Asked<'a>,
}

impl<'a> Decider<'a> {
    fn decide(condition: &'a str, action: &'a str, asked: Asked<'a>) -> bool {
        let mut decider = Decider {
            rest: condition,
            action,
            asked,
        };
        let answer = decider.any();
        assert_eq!(decider.rest.trim(), "", "all of it is read");
        answer
    }

    fn eat(&mut self, word: &str) -> bool {
        let Some(rest) = self.rest.trim_start().strip_prefix(word) else {
            return false;
        };
        self.rest = rest;
        true
    }

    fn any(&mut self) -> bool {
        let mut answer = self.all();
        while self.eat("OR ") || self.eat("OR(") {
            let next = self.all();
            answer |= next;
        }
        answer
    }

    fn all(&mut self) -> bool {
        let mut answer = self.one();
        while self.eat("AND ") {
            let next = self.one();
            answer &= next;
        }
        answer
    }

    fn one(&mut self) -> bool {
        if self.eat("!") || self.eat("NOT ") {
            return !self.one();
        }
        if self.eat("(") {
            let answer = self.any();
            assert!(self.eat(")"), "{}", self.rest);
            return answer;
        }
        if self.eat("ActionMatches{") {
            let action = self.text();
            assert!(self.eat("}"));
            return action == self.action;
        }
        if self.eat("SubOperationMatches{") {
            assert_eq!(self.text(), "Blob.List");
            assert!(self.eat("}"));
            return matches!(self.asked, Asked::List(_));
        }
        let (attribute, rest) = self.rest.trim_start().split_once(']').unwrap();
        self.rest = rest;
        let value = match (attribute, self.asked) {
            (attribute, Asked::Blob(path)) if attribute.ends_with("blobs:path") => path,
            (attribute, Asked::List(prefix)) if attribute.ends_with("blobs:prefix") => prefix,
            _ => "\u{0}absent",
        };
        let like = self.eat("StringLike");
        assert!(like || self.eat("StringEquals"), "{}", self.rest);
        let wanted = self.raw();
        if like {
            matches_like(&wanted, value)
        } else {
            unescaped(&wanted) == value
        }
    }

    fn raw(&mut self) -> String {
        assert!(self.eat("'"), "{}", self.rest);
        let mut escaped = false;
        let end = self.rest.find(|c| {
            let ends = c == '\'' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let (text, rest) = self.rest.split_at(end.unwrap());
        self.rest = &rest[1..];
        text.to_owned()
    }

    fn text(&mut self) -> String {
        unescaped(&self.raw())
    }
}

fn unescaped(text: &str) -> String {
    let mut chars = text.chars();
    let mut out = String::new();
    while let Some(c) = chars.next() {
        out.push(if c == '\\' { chars.next().unwrap() } else { c });
    }
    out
}

/// `*` is any run of characters; nothing else of a pattern is special here.
fn matches_like(pattern: &str, value: &str) -> bool {
    // A star is escaped by an odd number of backslashes.
    let open = |head: &&str| {
        let slashes = head.chars().rev().take_while(|c| *c == '\\').count();
        slashes % 2 == 0
    };
    match pattern.strip_suffix('*').filter(open) {
        Some(head) => value.starts_with(&unescaped(head)),
        None => unescaped(pattern) == value,
    }
}

fn pattern(text: &str) -> PathPattern {
    PathPattern {
        text: Spanned::new(text.to_owned(), Span::default()),
        listing: false,
    }
}

fn data(actions: &[&str]) -> Vec<Block> {
    vec![Block {
        data_actions: actions.iter().map(|action| (*action).to_owned()).collect(),
        ..Block::default()
    }]
}

fn built(patterns: &[&str], actions: &[&str]) -> String {
    let patterns: Vec<_> = patterns.iter().map(|text| pattern(text)).collect();
    narrowed(&patterns, actions).unwrap().shown()
}

fn narrowed(patterns: &[PathPattern], granted: &[&str]) -> Option<Text> {
    let connector = grantc_spec::connectors::builtin()
        .get("azure.blob")
        .unwrap();
    let actions = connector.narrowed_by_path().map(|one| one.name.as_str());
    paths(patterns, actions, &data(granted))
}

const WRITE: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/write";

#[test]
fn reading_and_listing_have_a_clause_each() {
    assert_eq!(
        built(&["in/*"], &[READ]),
        format!(
            "((!(ActionMatches{{'{READ}'}} AND NOT SubOperationMatches{{'Blob.List'}})) OR ({PATH} StringLike 'in/*')) AND ((!(ActionMatches{{'{READ}'}} AND SubOperationMatches{{'Blob.List'}})) OR ({PREFIX} StringLike 'in/*'))"
        )
    );
}

#[test]
fn every_action_with_a_path_that_the_role_grants_has_a_clause() {
    let touched = |actions: &[&str]| condition_touches(&built(&["a/*"], actions)).actions;
    assert_eq!(touched(&[WRITE]), [WRITE]);
    let mut all = touched(&["*/blobs/*"]);
    all.sort();
    all.dedup();
    let actions = ["add/action", "delete", "move/action", "read", "write"];
    assert_eq!(all, actions.map(|action| format!("{BLOBS}{action}")));
    assert!(narrowed(&[pattern("a/*")], &["Microsoft.Search/*/read"]).is_none());
    let elsewhere = ["Microsoft.Search/searchServices/indexes/documents/read"];
    let found = paths(&[pattern("a/*")], elsewhere.into_iter(), &data(&["*"]));
    assert!(found.is_none(), "nothing else has a path");
}

#[test]
fn a_condition_decides_as_the_patterns_do() {
    let alphabet = [
        "in", "/", "b", "'", "*", "?", "\\", "$", "{", "(", ") OR (", "é", " ",
    ];
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |bound: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % u64::try_from(bound).unwrap()).unwrap()
    };
    for _ in 0..4000 {
        let mut word = |longest: usize| {
            let parts = 1 + next(longest);
            (0..parts)
                .map(|_| alphabet[next(alphabet.len())])
                .collect::<String>()
        };
        let texts: Vec<String> = (0..3).map(|_| word(3)).collect();
        let open = [next(2) == 0, next(2) == 0, next(2) == 0];
        // A name that ends in a star would be read as a pattern.
        let patterns: Vec<PathPattern> = texts
            .iter()
            .zip(open)
            .map(|(text, open)| text.trim_end_matches('*').to_owned() + if open { "*" } else { "" })
            .filter(|text| !text.is_empty())
            .map(|text| pattern(&text))
            .take(1 + next(3))
            .collect();
        if patterns.is_empty() {
            continue;
        }
        let condition = narrowed(&patterns, &[READ, WRITE]).unwrap().shown();
        // The catalogue's reader knows no escaped quote: Azure's own roles have none.
        if !condition.contains('\\') {
            let answer = condition_touches(&condition).answer("x/y/z");
            assert_eq!(answer, Answer::Holds, "{condition}");
        }
        let mut names: Vec<String> = texts.clone();
        names.extend(texts.iter().map(|text| text.clone() + "more"));
        names.extend(patterns.iter().map(|one| one.parts().0.to_owned()));
        for name in &names {
            let has = |(head, open): (&str, bool)| {
                if open {
                    name.starts_with(head)
                } else {
                    name == head
                }
            };
            let allowed = patterns.iter().any(|one| has(one.parts()));
            for action in [READ, WRITE] {
                let decided = Decider::decide(&condition, action, Asked::Blob(name));
                assert_eq!(decided, allowed, "{name} under {condition}");
            }
            let listed = patterns
                .iter()
                .filter(|one| one.parts().1)
                .any(|one| has(one.parts()));
            let decided = Decider::decide(&condition, READ, Asked::List(name));
            assert_eq!(decided, listed, "listing {name} under {condition}");
        }
    }
}

#[test]
fn delegation_names_roles_and_service_principals_in_both_directions() {
    let text = roles(true, &Text::literal("g-1, g-2")).shown();
    let touches = condition_touches(&text);
    assert_eq!(
        touches.actions,
        [
            "Microsoft.Authorization/roleAssignments/write",
            "Microsoft.Authorization/roleAssignments/delete"
        ]
    );
    for action in &touches.actions {
        assert_eq!(touches.answer(action), Answer::Depends);
    }
    assert_eq!(touches.answer_elsewhere(), Answer::Holds);
    assert!(text.contains("@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {g-1, g-2}"));
    assert!(text.contains("@Resource[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {'ServicePrincipal'}"));
}

#[test]
fn without_roles_nothing_may_be_assigned() {
    let touches = condition_touches(&roles(false, &Text::default()).shown());
    for action in &touches.actions {
        assert_eq!(touches.answer(action), Answer::Fails);
    }
    assert_eq!(touches.answer_elsewhere(), Answer::Holds);
}
