//! Conditions inside role definitions: what they leave decided.
//!
//! A condition only narrows what its block grants. Its usual form is
//! `(!(ActionMatches{'X'})) OR (…)`: for every operation but X it is true whatever the rest says.
//! So it is read as logic with three answers: whether an action matches is known, everything
//! about attributes is not. What cannot be read is not known either.

use super::pattern::{Pattern, pattern_matches};

/// What a condition says about one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// True whatever the attributes are: the operation is granted without a condition.
    Holds,
    /// False whatever the attributes are: the block does not grant the operation.
    Fails,
    /// It depends on attributes.
    Depends,
}

impl Answer {
    fn not(self) -> Answer {
        match self {
            Answer::Holds => Answer::Fails,
            Answer::Fails => Answer::Holds,
            Answer::Depends => Answer::Depends,
        }
    }

    fn and(self, other: Answer) -> Answer {
        match (self, other) {
            (Answer::Fails, _) | (_, Answer::Fails) => Answer::Fails,
            (Answer::Holds, Answer::Holds) => Answer::Holds,
            _ => Answer::Depends,
        }
    }
}

/// A condition, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touches {
    logic: Logic,
    /// The actions it names in `ActionMatches{'…'}`, in the order of the text; may hold `*`.
    pub actions: Vec<String>,
    /// The suboperations it names in `SubOperationMatches{'…'}`, such as `Blob.List`.
    pub suboperations: Vec<String>,
}

impl Touches {
    /// What the condition says about an operation.
    pub fn answer(&self, operation: &str) -> Answer {
        self.logic
            .answer(&|action| pattern_matches(action, operation))
    }

    /// What it says about every operation that it does not name.
    pub fn answer_elsewhere(&self) -> Answer {
        self.logic.answer(&|_| false)
    }

    /// Whether it names the operation.
    pub fn names(&self, operation: &str) -> bool {
        self.actions
            .iter()
            .any(|action| Pattern::new(action).matches(operation))
    }
}

/// Reads a condition. It never fails: text that is no condition depends on everything.
pub fn condition_touches(condition: &str) -> Touches {
    let mut reader = Reader {
        rest: condition,
        depth: 0,
        actions: Vec::new(),
        suboperations: Vec::new(),
    };
    let logic = match reader.either() {
        Some(logic) if reader.rest.trim_start().is_empty() => logic,
        _ => Logic::Attribute,
    };
    Touches {
        logic,
        actions: reader.actions,
        suboperations: reader.suboperations,
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Logic {
    Actions(Vec<String>),
    /// Anything about attributes or suboperations.
    Attribute,
    Not(Box<Logic>),
    All(Vec<Logic>),
    Any(Vec<Logic>),
}

impl Logic {
    fn answer(&self, matches: &dyn Fn(&str) -> bool) -> Answer {
        match self {
            Logic::Actions(actions) if actions.iter().any(|action| matches(action)) => {
                Answer::Holds
            }
            Logic::Actions(_) => Answer::Fails,
            Logic::Attribute => Answer::Depends,
            Logic::Not(inner) => inner.answer(matches).not(),
            Logic::All(parts) => parts
                .iter()
                .map(|part| part.answer(matches))
                .fold(Answer::Holds, Answer::and),
            Logic::Any(parts) => parts
                .iter()
                .map(|part| part.answer(matches).not())
                .fold(Answer::Holds, Answer::and)
                .not(),
        }
    }
}

/// The GUIDs of the roles that a condition lets its holder assign; empty when it lists none.
///
/// Every condition of a built-in role about assigning names them in one list. GUIDs stand there
/// with dashes and without.
pub fn assignable_roles(condition: &str) -> Vec<String> {
    const REQUESTED: &str = "@request[microsoft.authorization/roleassignments:roledefinitionid]";
    let lower = condition.to_ascii_lowercase();
    let list = lower
        .split_once(REQUESTED)
        .and_then(|(_, rest)| rest.split_once('{'))
        .and_then(|(_, rest)| rest.split_once('}'));
    let list = list.map_or("", |(list, _)| list);
    list.split(',').filter_map(guid).collect()
}

/// A GUID in its usual form.
fn guid(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
    let parts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
    let parts: Option<Vec<&str>> = parts.iter().map(|(a, b)| digits.get(*a..*b)).collect();
    let whole = digits.len() == 32;
    parts.filter(|_| whole).map(|parts| parts.join("-"))
}

/// Deeper nesting than this is not read.
const DEPTH: usize = 64;

struct Reader<'c> {
    rest: &'c str,
    depth: usize,
    actions: Vec<String>,
    suboperations: Vec<String>,
}

impl Reader<'_> {
    fn either(&mut self) -> Option<Logic> {
        let mut parts = vec![self.both()?];
        while self.word("OR") || self.sign("||") {
            parts.push(self.both()?);
        }
        Some(Logic::Any(parts))
    }

    fn both(&mut self) -> Option<Logic> {
        let mut parts = vec![self.one()?];
        while self.word("AND") || self.sign("&&") {
            parts.push(self.one()?);
        }
        Some(Logic::All(parts))
    }

    fn one(&mut self) -> Option<Logic> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let logic = if self.sign("!") || self.word("NOT") {
            Logic::Not(Box::new(self.one()?))
        } else if self.sign("(") {
            let inner = self.either()?;
            if !self.sign(")") {
                return None;
            }
            inner
        } else if self.word("ActionMatches") {
            let names = self.names()?;
            self.actions.extend(names.iter().cloned());
            Logic::Actions(names)
        } else if self.word("SubOperationMatches") {
            let names = self.names()?;
            self.suboperations.extend(names);
            Logic::Attribute
        } else {
            self.attribute()?
        };
        self.depth -= 1;
        Some(logic)
    }

    /// `{'a', 'b'}`.
    fn names(&mut self) -> Option<Vec<String>> {
        if !self.sign("{") {
            return None;
        }
        let (inside, rest) = self.rest.split_once('}')?;
        self.rest = rest;
        let names: Vec<String> = inside
            .split(',')
            .map(|name| name.trim().trim_matches('\'').to_owned())
            .filter(|name| !name.is_empty())
            .collect();
        (!names.is_empty()).then_some(names)
    }

    /// A comparison of attributes: everything up to the next connective or closing parenthesis.
    fn attribute(&mut self) -> Option<Logic> {
        let mut seen = false;
        loop {
            self.rest = self.rest.trim_start();
            let Some(first) = self.rest.chars().next() else {
                break;
            };
            if first == ')' || first == '(' || self.at_connective() {
                break;
            }
            seen = true;
            let close = match first {
                '\'' => Some('\''),
                '{' => Some('}'),
                '[' => Some(']'),
                _ => None,
            };
            let rest = self.rest.strip_prefix(first)?;
            self.rest = match close {
                Some(close) => rest.split_once(close)?.1,
                None => {
                    let end = rest.find(|c: char| c.is_whitespace() || "'{[()&|".contains(c));
                    rest.get(end.unwrap_or(rest.len())..)?
                }
            };
        }
        seen.then_some(Logic::Attribute)
    }

    fn at_connective(&self) -> bool {
        let mut copy = Reader {
            rest: self.rest,
            depth: 0,
            actions: Vec::new(),
            suboperations: Vec::new(),
        };
        copy.word("AND") || copy.word("OR") || copy.sign("&&") || copy.sign("||")
    }

    fn sign(&mut self, sign: &str) -> bool {
        match self.rest.trim_start().strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// A word in either case, not followed by more of a word.
    fn word(&mut self, word: &str) -> bool {
        let text = self.rest.trim_start();
        let (Some(start), Some(rest)) = (text.get(..word.len()), text.get(word.len()..)) else {
            return false;
        };
        let ends = !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
        if ends && start.eq_ignore_ascii_case(word) {
            self.rest = rest;
            return true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, assignable_roles, condition_touches};
    use crate::Plane;
    use crate::catalogue::{Catalogue, Verdict, verdict_of_blocks};

    const WRITE: &str = "Microsoft.Authorization/roleAssignments/write";
    const READ: &str = "Microsoft.Authorization/roleAssignments/read";

    #[test]
    fn an_operation_that_is_not_named_is_unconditional() {
        let touches = condition_touches(
            "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR \
             (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] \
             ForAnyOfAnyValues:GuidEquals{c12c1c16-33a1-487b-954d-41c89c60f349, 69566ab7-960f}))",
        );
        assert_eq!(touches.actions, [WRITE]);
        assert_eq!(touches.answer(WRITE), Answer::Depends);
        assert_eq!(touches.answer(READ), Answer::Holds);
        assert_eq!(touches.answer_elsewhere(), Answer::Holds);
        assert!(touches.names(WRITE) && !touches.names(READ));
    }

    #[test]
    fn a_condition_that_names_no_action_touches_everything() {
        for text in [
            "@Resource[HasObotoken] boolequals true",
            "@Resource[HasObotoken] boolequals true && (@Request[a:b] ForAnyOfAnyValues:GuidEquals {x, y})",
            "@Request[a:b] StringEquals ' OR '",
            "(((",
            "",
        ] {
            assert_eq!(
                condition_touches(text).answer(READ),
                Answer::Depends,
                "{text}"
            );
        }
    }

    #[test]
    fn suboperations_and_patterns_are_read() {
        let blob = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";
        let touches = condition_touches(&format!(
            "((!(ActionMatches{{'{blob}'}} AND NOT SubOperationMatches{{'Blob.List'}})) OR (@Resource[a:b] StringLike 'x/*'))"
        ));
        assert_eq!(touches.suboperations, ["Blob.List"]);
        assert_eq!(touches.answer(blob), Answer::Depends);
        assert_eq!(touches.answer(READ), Answer::Holds);
        let touches = condition_touches("!(ActionMatches{'Microsoft.Authorization/*/write'})");
        assert_eq!(touches.answer(WRITE), Answer::Fails);
        assert_eq!(touches.answer(READ), Answer::Holds);
    }

    #[test]
    fn an_action_that_must_match_excludes_the_others() {
        let touches = condition_touches("ActionMatches{'a/read'} AND @Resource[x] BoolEquals true");
        assert_eq!(touches.answer("b/read"), Answer::Fails);
        assert_eq!(touches.answer("A/READ"), Answer::Depends);
    }

    #[test]
    fn whoever_may_assign_under_a_condition_is_told_which_roles() {
        let catalogue = Catalogue::embedded();
        let mut found = 0;
        for ix in catalogue.roles() {
            let role = catalogue.role(ix);
            for block in role.blocks {
                let verdict = verdict_of_blocks(std::slice::from_ref(block), Plane::Control, WRITE);
                if verdict != Verdict::Conditional {
                    continue;
                }
                let condition = block.condition.as_ref().expect("a condition");
                let roles = assignable_roles(&condition.text);
                let known = |id: &String| catalogue.role_by_id(id).is_some();
                assert!(
                    !roles.is_empty() && roles.iter().any(known),
                    "{}",
                    role.name
                );
                found += 1;
            }
        }
        assert_eq!(found, 25);
        assert_eq!(
            assignable_roles(
                "@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {00482a5a887f4fb3b3633b7fe8e74483, x}"
            ),
            ["00482a5a-887f-4fb3-b363-3b7fe8e74483"]
        );
        assert_eq!(
            assignable_roles("@Resource[HasObotoken] boolequals true"),
            [""; 0]
        );
    }

    #[test]
    fn deep_nesting_is_not_followed() {
        let text = "(".repeat(100_000) + "x" + &")".repeat(100_000);
        assert_eq!(condition_touches(&text).answer(READ), Answer::Depends);
    }
}
