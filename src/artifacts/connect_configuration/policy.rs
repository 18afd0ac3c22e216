//! Settings files of the wizard in JSON: `Applied-`, `Exported-` and `Migrated-SynchronizationPolicy-*.JSON`,
//! and `MigratedPolicy.json`.
//!
//! No complete file is published. Known are: what the script `MigrateSettings.ps1` of Entra Connect writes
//! (`policyMetadata`, `deploymentMetadata`), and from scripts that read the files the lists
//! `onpremisesDirectoryPolicy`, with `friendlyName`, `fullyQualifiedDomainName` and `partitionFilters`, and
//! `azureDirectoryPolicy`. Only these names are read: a name that is guessed could mean something else. The
//! account of a connector and password writeback are therefore not taken from these files.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::values::{Doubts, text_of};
use super::{AdConnector, ConfigurationFile, ConnectConfiguration, Partition};
use crate::artifacts::Located;
use crate::source::{BundlePath, Gap, Place};
use crate::words::Statement;

/// Longest file that is read, in bytes of UTF-8. Files with all rules have a few megabytes.
const LONGEST_FILE: usize = 16 << 20;

/// Entries of a list that are read.
const MOST: usize = 200;

const ON_PREMISES: &str = "onpremisesDirectoryPolicy";
const DEPLOYMENT: &str = "deploymentMetadata";
const METADATA: &str = "policyMetadata";

/// Whether the text is an object that has the names of a settings file.
pub(super) fn begins(text: &str) -> bool {
    let has = |name: &str| text.contains(&format!("\"{name}\""));
    text.trim_start().starts_with('{')
        && (has(ON_PREMISES)
            || has("azureDirectoryPolicy")
            || (has(METADATA) && has("azureADConnectVersion")))
}

/// Reads a settings file.
pub(super) fn read(path: &BundlePath, text: &str) -> (Option<ConnectConfiguration>, Vec<Gap>) {
    let gap = |place, reason: &str| (None, vec![Gap::new(path, place, Statement::new(reason))]);
    if text.len() > LONGEST_FILE {
        return gap(Place::File, "gap.connect-configuration.settings-too-large");
    }
    let root = match serde_json::from_str(text).map(|Known(root)| root) {
        Ok(Value::Object(root)) => root,
        Ok(_) => return gap(Place::File, "gap.connect-configuration.no-settings"),
        Err(error) => {
            let reason = "gap.connect-configuration.no-json";
            return gap(Place::Line(u64::try_from(error.line()).unwrap_or(u64::MAX)), reason);
        }
    };
    let mut doubts = Doubts::new(path);
    let mut read = ConnectConfiguration::of(ConfigurationFile::AppliedPolicy);
    read.server = text_at(&root, DEPLOYMENT, "hostName", &mut doubts);
    read.export_date = text_at(&root, METADATA, "timeCreated", &mut doubts);
    read.version = text_at(&root, METADATA, "azureADConnectVersion", &mut doubts);
    for (index, policy) in objects(root.get(ON_PREMISES)) {
        read.connectors.push(connector(index, policy, &mut doubts));
    }
    (Some(read), doubts.into_gaps())
}

/// A value of which only the members with known names are kept: as a whole it takes fifteen times its text.
struct Known(Value);

/// Names of members that are read, wherever they stand.
const NAMES: [&str; 10] = [
    DEPLOYMENT,
    METADATA,
    ON_PREMISES,
    "azureADConnectVersion",
    "distinguishedName",
    "friendlyName",
    "fullyQualifiedDomainName",
    "hostName",
    "partitionFilters",
    "timeCreated",
];

impl<'de> Deserialize<'de> for Known {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KnownVisitor)
    }
}

struct KnownVisitor;

impl<'de> Visitor<'de> for KnownVisitor {
    type Value = Known;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Known, E> {
        Ok(Known(Value::String(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Known, E> {
        Ok(Known(Value::Null))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Known, E> {
        Ok(Known(Value::Null))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Known, E> {
        Ok(Known(Value::Null))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Known, E> {
        Ok(Known(Value::Null))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Known, E> {
        Ok(Known(Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Known, A::Error> {
        let mut kept = Vec::new();
        while kept.len() < MOST {
            match items.next_element::<Known>()? {
                // No list that is read holds lists.
                Some(Known(item)) => kept.push(if item.is_array() { Value::Null } else { item }),
                None => return Ok(Known(Value::Array(kept))),
            }
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Known(Value::Array(kept)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Known, A::Error> {
        let mut kept = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if NAMES.contains(&name.as_str()) {
                kept.insert(name, members.next_value::<Known>()?.0);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Known(Value::Object(kept)))
    }
}

fn text_at(
    root: &Map<String, Value>,
    group: &str,
    name: &str,
    doubts: &mut Doubts<'_>,
) -> Option<Located<String>> {
    let object = root.get(group)?.as_object()?;
    text(object, vec![group.to_owned()], name, doubts)
}

fn text(
    object: &Map<String, Value>,
    section: Vec<String>,
    name: &str,
    doubts: &mut Doubts<'_>,
) -> Option<Located<String>> {
    let place = Place::Row { section: section.into(), name: name.to_owned() };
    let value = text_of(object.get(name)?.as_str()?, &place, doubts)?;
    Some(Located::new(value, place))
}

fn connector(index: usize, policy: &Map<String, Value>, doubts: &mut Doubts<'_>) -> AdConnector {
    let section = vec![ON_PREMISES.to_owned(), index.to_string()];
    let partitions = objects(policy.get("partitionFilters")).map(|(index, filter)| {
        let section = [&section[..], &["partitionFilters".to_owned(), index.to_string()]].concat();
        Partition { dn: text(filter, section, "distinguishedName", doubts), ..Partition::default() }
    });
    let partitions = partitions.collect();
    AdConnector {
        name: text(policy, section.clone(), "friendlyName", doubts),
        forest: text(policy, section, "fullyQualifiedDomainName", doubts),
        partitions,
        ..AdConnector::default()
    }
}

/// The objects of a list, or the object that stands in its place, with their index.
fn objects(value: Option<&Value>) -> impl Iterator<Item = (usize, &Map<String, Value>)> {
    let list: &[Value] = match value {
        Some(Value::Array(list)) => list,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    list.iter().enumerate().take(MOST).filter_map(|(index, value)| Some((index, value.as_object()?)))
}
