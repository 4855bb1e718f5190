//! Witnesses: a way through the closure, step by step, and what a message calls its end.

use super::limit::{Limit, limit};
use super::{Closure, Gain, Mark, Step, Way};
use crate::check::case::list;
use crate::diagnostic;
use crate::graph::{DELEGATION, Operation};
use crate::ir::{AssignmentId, RoleRef};
use std::borrow::Cow;

impl Closure<'_, '_> {
    /// The chain from a tool of the identity, or from it, to what is gained.
    pub(in crate::check) fn witness(&self, gain: &Gain) -> Vec<diagnostic::Step> {
        let program = self.case.program;
        let mut chain = Vec::new();
        if let Some(Mark::Identity(identity)) = gain.path.first() {
            let mut tools = program.tools.values();
            let tool = tools.find(|tool| tool.identities().contains(identity));
            chain.extend(tool.map(|tool| diagnostic::Step::new(&tool.name.value)));
        }
        for mark in &gain.path {
            match mark {
                Mark::Step(number) => {
                    if let Some(step) = self.step(*number) {
                        self.operations(step, &mut chain);
                    }
                }
                Mark::Identities | Mark::Apps | Mark::Tools => {}
                Mark::Applications if gain.mark != Mark::Applications => {}
                _ => chain.push(diagnostic::Step::new(self.end(*mark).replace('`', ""))),
            }
        }
        chain
    }

    /// Adds to a chain what grants the operations of a step: each assignment once, then its
    /// operations.
    pub(in crate::check) fn operations(&self, step: &Step, chain: &mut Vec<diagnostic::Step>) {
        let program = self.case.program;
        let mut told: Option<AssignmentId> = None;
        for used in &step.uses {
            let short = Operation {
                plane: used.plane,
                name: Cow::Borrowed(&used.name),
            }
            .short();
            match chain.last_mut().filter(|_| told == Some(used.by)) {
                Some(last) => last.text = format!("{} and {short}", last.text),
                None => {
                    let held = program.assignments.at(used.by);
                    let text = format!("{} \"{}\"", held.node_word(), held.role_name);
                    chain.push(diagnostic::Step::at(text, held.span));
                    chain.push(diagnostic::Step::new(self.case.label(held.on)));
                    chain.push(diagnostic::Step::new(short));
                }
            }
            told = Some(used.by);
        }
    }

    /// What is gained, in the words of a message.
    pub(in crate::check) fn end(&self, mark: Mark) -> String {
        let program = self.case.program;
        let resource = |at| self.case.label(at);
        match mark {
            Mark::Identity(id) => format!("`{}`", program.identities.at(id).name),
            Mark::App(id) => format!("app `{}`", program.apps.at(id).name),
            Mark::Calls(id) => format!("the tools of app `{}`", program.apps.at(id).name),
            Mark::AnyRole(on) => format!("any role on `{}`", resource(on)),
            Mark::SomeRoles(by) => {
                let on = program.assignments.at(by).on;
                format!("{} on `{}`", self.roles(by), resource(on))
            }
            Mark::Data(at) | Mark::Keys(at) => {
                format!("the data of `{}`", program.resources.at(at).name)
            }
            Mark::Applications => "any application of the tenant".to_owned(),
            Mark::Tenant(_) => "the tenant".to_owned(),
            Mark::Step(_) | Mark::Identities | Mark::Apps | Mark::Tools => String::new(),
        }
    }

    /// The roles that an assignment lets its holder give.
    fn roles(&self, by: AssignmentId) -> String {
        const SHOWN: usize = 2;
        let case = self.case;
        let held = case.program.assignments.at(by);
        let Limit::Only(roles) = limit(case.catalogue, case.emitted(), held, DELEGATION[0]) else {
            return "any role".to_owned();
        };
        let name = |role: &RoleRef| format!("`{}`", case.role_name(*role));
        let mut names: Vec<String> = roles.iter().map(name).collect();
        let more = names.len().saturating_sub(SHOWN);
        if more > 1 {
            names.truncate(SHOWN);
            names.push(format!("{more} more roles"));
        }
        list(&names)
    }

    /// What a step does, as a sentence about whoever takes it.
    pub(in crate::check) fn deed(&self, step: &Step) -> &'static str {
        match step.way {
            Way::Row(row) => row.what,
            Way::Key if step.uses.len() > 1 => "lets keys in again, and takes one",
            Way::Key => "takes a key",
        }
    }
}
