//! What a built-in role grants, for machines.

use grantc_spec::Plane;
use grantc_spec::catalogue::{Catalogue, OpSet, RoleIx};
use serde::Serialize;

/// What `role NAME --format json` prints.
#[derive(Clone, Debug, Serialize)]
pub struct RoleReport {
    schema: u32,
    name: String,
    id: String,
    control: Vec<String>,
    data: Vec<String>,
    conditional: PlanesView,
}

#[derive(Clone, Debug, Serialize)]
struct PlanesView {
    control: Vec<String>,
    data: Vec<String>,
}

/// What a built-in role grants, expanded.
pub fn role(ix: RoleIx, catalogue: &Catalogue) -> RoleReport {
    let role = catalogue.role(ix);
    let grant = catalogue.grants(ix);
    let (sure, conditional) = (
        planes(&grant.sure, catalogue),
        planes(&grant.conditional, catalogue),
    );
    RoleReport {
        schema: 1,
        name: role.name.to_owned(),
        id: role.id.to_owned(),
        control: sure.control,
        data: sure.data,
        conditional,
    }
}

fn planes(set: &OpSet, catalogue: &Catalogue) -> PlanesView {
    let mut view = PlanesView {
        control: Vec::new(),
        data: Vec::new(),
    };
    for operation in set.iter().filter_map(|id| catalogue.op(id)) {
        match operation.plane {
            Plane::Data => view.data.push(operation.name),
            _ => view.control.push(operation.name),
        }
    }
    view
}

#[cfg(test)]
mod tests {
    use super::role;
    use crate::graph::fixture::BLOB;
    use grantc_spec::catalogue::Catalogue;
    use serde_json::{Value, json};

    #[test]
    fn a_role_is_shown_expanded() {
        let catalogue = Catalogue::embedded();
        let json = |name| {
            serde_json::to_value(role(catalogue.role_by_name(name).unwrap(), catalogue)).unwrap()
        };
        let reader = json("Storage Blob Data Reader");
        let members: Vec<_> = reader.as_object().unwrap().keys().collect();
        assert_eq!(
            members,
            ["schema", "name", "id", "control", "data", "conditional"]
        );
        assert_eq!(reader["data"], json!([format!("{BLOB}/read")]));
        assert_eq!(reader["conditional"], json!({ "control": [], "data": [] }));
        let write = Value::from("Microsoft.Authorization/roleAssignments/write");
        let admin = json("Key Vault Data Access Administrator");
        assert!(
            admin["conditional"]["control"]
                .as_array()
                .unwrap()
                .contains(&write)
        );
        assert!(!admin["control"].as_array().unwrap().contains(&write));
    }
}
