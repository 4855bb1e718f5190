//! What the id of a level says: its fields, and the resource type that it has by its own segments.

use super::PlaneFamily;

/// Fields that every Azure resource has, whatever its connector.
pub(super) const COMMON: [&str; 2] = ["subscription", "resource-group"];

/// The fields in braces of an id, in its order: each is a whole segment.
pub(super) fn placeholders(id: &str) -> impl Iterator<Item = &str> {
    id.split('/').filter_map(placeholder)
}

fn placeholder(segment: &str) -> Option<&str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// The fields in braces of a text, wherever they stand; none for a brace without its other half.
pub(super) fn braced(text: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        if before.contains('}') || name.is_empty() || name.contains('{') {
            return None;
        }
        names.push(name);
        rest = after;
    }
    (!rest.contains('}')).then_some(names)
}

/// Whether each segment of an id is a field in braces or has no brace.
pub(super) fn has_whole_segments(id: &str) -> bool {
    let whole = |part: &str| {
        !part.is_empty()
            && (!part.contains(['{', '}'])
                || placeholder(part).is_some_and(|name| !name.contains(['{', '}'])))
    };
    id.strip_prefix('/')
        .is_some_and(|path| path.split('/').all(whole))
}

/// The resource type that an id has by its own segments, for an id of the shape that the plane
/// uses. Microsoft Graph and custom APIs are not in Azure Resource Manager: their types are names.
pub(super) fn type_of_id(plane: PlaneFamily, id: &str) -> Option<String> {
    let resource_type = in_resource_manager(id)?;
    if plane != PlaneFamily::CosmosSql {
        return Some(resource_type);
    }
    // Below the account, Cosmos has ids of its own: …/databaseAccounts/{a}/dbs/{d}/colls/{c}.
    let segment = |part| match part {
        "dbs" => "sqlDatabases",
        "colls" => "containers",
        other => other,
    };
    Some(
        resource_type
            .split('/')
            .map(segment)
            .collect::<Vec<_>>()
            .join("/"),
    )
}

fn in_resource_manager(id: &str) -> Option<String> {
    const SUBSCRIPTION: &str = "/subscriptions/{subscription}";
    const GROUP: &str = "/resourceGroups/{resource-group}";
    let path = match id.strip_prefix(SUBSCRIPTION) {
        Some("") => return Some("Microsoft.Resources/subscriptions".to_owned()),
        Some(rest) => match rest.strip_prefix(GROUP) {
            Some("") => {
                return Some("Microsoft.Resources/subscriptions/resourceGroups".to_owned());
            }
            Some(rest) => rest,
            None => rest,
        },
        None => id,
    };
    let mut parts = path.strip_prefix("/providers/")?.split('/');
    let mut found = parts.next()?.to_owned();
    // Types and names take turns, and a name ends it.
    loop {
        let Some(part) = parts.next() else {
            return found.contains('/').then_some(found);
        };
        parts.next()?;
        found = format!("{found}/{part}");
    }
}
