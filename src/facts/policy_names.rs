//! GPOs that bear different names in different reports: the GUID tells that they are one.

use std::collections::BTreeMap;

use crate::artifacts::{Artifact, Content};
use crate::source::{Place, Source};
use crate::words::Statement;

use super::{Contradiction, SamRestrictions};

/// GPOs that set the restriction in one report, and have another name in a second one.
pub(super) fn renamed(artifacts: &[Artifact], restrictions: &SamRestrictions) -> Vec<Contradiction> {
    let policies = restrictions.seen.iter().flat_map(|seen| &seen.policies).chain(&restrictions.not_applied);
    let setting: Vec<&str> = policies.filter_map(|policy| policy.gpo.as_deref()).collect();
    // The default policies have the same GUID in every domain.
    let mut names: BTreeMap<(String, String), BTreeMap<&str, Source>> = BTreeMap::new();
    for artifact in artifacts {
        let Content::PolicyReport(report) = &artifact.content else { continue };
        let domain = report.domain.as_deref().unwrap_or_default().to_lowercase();
        for gpo in &report.gpos {
            if let Some(guid) = &gpo.guid {
                let source = || Source::new(&artifact.path, Place::File);
                let of_guid = names.entry((guid.to_lowercase(), domain.clone())).or_default();
                of_guid.entry(gpo.name.as_str()).or_insert_with(source);
            }
        }
    }
    let of_setting = names.values().filter(|names| names.keys().any(|name| setting.contains(name)));
    of_setting
        .filter_map(|names| {
            let mut two = names.iter();
            let ((first, at), (second, also_at)) = (two.next()?, two.next()?);
            Some(Contradiction {
                text: Statement::new("contradiction.gpo-renamed")
                    .with("first", *first)
                    .with("second", *second),
                sources: vec![at.clone(), also_at.clone()],
            })
        })
        .collect()
}
