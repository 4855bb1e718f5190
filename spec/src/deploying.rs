//! What deploying asks for beside writing and reading what is deployed: `spec/deploying.txt`.

use std::sync::OnceLock;

/// What the deployment of a resource type asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asks {
    /// The type.
    pub resource_type: &'static str,
    /// Which target asks for it; none for both.
    pub target: Option<Target>,
    /// The operations, on the control plane.
    pub operations: Vec<&'static str>,
    /// What for.
    pub why: &'static str,
    /// Where that is documented.
    pub source: &'static str,
}

/// What deploys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A deployment of Azure Resource Manager.
    Bicep,
    /// Terraform with its providers.
    Terraform,
}

impl Target {
    /// Both.
    pub const ALL: [Target; 2] = [Target::Bicep, Target::Terraform];

    /// The word that stands for the target in every output.
    pub const fn word(self) -> &'static str {
        match self {
            Target::Bicep => "bicep",
            Target::Terraform => "terraform",
        }
    }
}

/// What a resource type asks for, in the order of the table; case is ignored.
pub fn asks(resource_type: &str) -> impl Iterator<Item = &'static Asks> {
    let rows = rows().iter();
    rows.filter(move |row| row.resource_type.eq_ignore_ascii_case(resource_type))
}

const TEXT: &str = include_str!("../deploying.txt");

fn rows() -> &'static [Asks] {
    static ROWS: OnceLock<Vec<Asks>> = OnceLock::new();
    // A test proves every row read.
    ROWS.get_or_init(|| TEXT.lines().filter_map(row).collect())
}

fn row(line: &'static str) -> Option<Asks> {
    if line.starts_with('#') {
        return None;
    }
    let words: Vec<&'static str> = line.split('\t').collect();
    let [resource_type, target, operations, why, source] = *words.as_slice() else {
        return None;
    };
    Some(Asks {
        resource_type,
        target: match target {
            "both" => None,
            word => Some(Target::ALL.into_iter().find(|it| it.word() == word)?),
        },
        operations: operations.split(' ').collect(),
        why,
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::{TEXT, asks, rows};
    use crate::{Catalogue, Plane};

    #[test]
    fn every_row_is_read_and_names_operations_that_exist() {
        let lines = TEXT.lines().filter(|line| !line.starts_with('#'));
        assert_eq!(rows().len(), lines.count());
        let catalogue = Catalogue::embedded();
        for row in rows() {
            for operation in &row.operations {
                let found = catalogue.operation(Plane::Control, operation);
                assert!(found.is_some(), "{operation}");
            }
            assert!(!row.why.is_empty() && !row.source.is_empty());
        }
        assert_eq!(asks("microsoft.web/SITES").count(), 3);
    }
}
