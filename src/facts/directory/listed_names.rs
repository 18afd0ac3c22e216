//! Memberships that `net user` and `net group` list: names of accounts and groups, without a domain or a SID.
//!
//! A name is no identity, so that a membership listed here supports and proves nothing, and groups within groups
//! are not in it. `net user` cuts names after 21 characters: one that long may be any group.

use std::collections::BTreeMap;

use crate::artifacts::directory_objects::{DirectoryFormat, DirectoryObject};
use crate::artifacts::{Artifact, Content};
use crate::knowledge::protected_groups::{self, ProtectedGroup, Scope};
use crate::source::{BundlePath, Place, Source};

/// What the lists say, by account name in lower case.
#[derive(Debug, Clone, Default)]
pub struct ListedNames {
    by_account: BTreeMap<String, ListedAccount>,
}

/// What the lists say of one account name.
#[derive(Debug, Clone, Default)]
pub struct ListedAccount {
    /// A protected group that lists it, or that it lists.
    pub protected: Option<(&'static ProtectedGroup, Source)>,
    /// A list of its direct groups in which no name was cut and none is a protected group's.
    pub free: Option<Source>,
}

/// Columns that `net user` gives a name.
const WIDTH: usize = 21;
/// A member of it is an account of a domain, so that the local groups beside it are the domain's.
const OF_DOMAIN: &str = "Domain Users";

impl ListedNames {
    pub(super) fn of(artifacts: &[Artifact]) -> Self {
        let mut names = ListedNames::default();
        for artifact in artifacts {
            let Content::DirectoryObjects(read) = &artifact.content else { continue };
            for object in &read.objects {
                match read.format {
                    DirectoryFormat::NetUser => names.take_user(&artifact.path, object),
                    DirectoryFormat::NetGroup => names.take_group(&artifact.path, object),
                    _ => {}
                }
            }
        }
        names
    }

    /// What the lists say of an account name.
    pub fn account(&self, name: &str) -> Option<&ListedAccount> {
        self.by_account.get(&name.to_lowercase())
    }

    fn take_user(&mut self, path: &BundlePath, object: &DirectoryObject) {
        let (Some(name), Some(groups)) = (object.text("sAMAccountName"), object.attribute("memberOf")) else {
            return;
        };
        let source = Source::new(path, Place::Line(groups.line));
        let listed: Vec<&str> = groups.texts().collect();
        let of_domain = listed.iter().any(|group| group.eq_ignore_ascii_case(OF_DOMAIN));
        let cut = listed.iter().any(|group| group.chars().count() >= WIDTH);
        let protected = listed
            .iter()
            .filter(|group| group.chars().count() < WIDTH)
            .filter_map(|group| protected_groups::by_name(group))
            .find(|group| of_domain || group.scope != Scope::Builtin);
        let account = self.by_account.entry(name.to_lowercase()).or_default();
        match protected {
            Some(group) => account.protected = account.protected.take().or(Some((group, source))),
            None if of_domain && !cut => account.free = account.free.take().or(Some(source)),
            None => {}
        }
    }

    /// Members of a local group are those of some machine that nobody names, and are left out.
    fn take_group(&mut self, path: &BundlePath, object: &DirectoryObject) {
        let group = object.text("name").and_then(protected_groups::by_name);
        let Some(group) = group.filter(|group| group.scope != Scope::Builtin) else { return };
        let Some(members) = object.attribute("member") else { return };
        for member in members.texts() {
            let name = member.rsplit('\\').next().unwrap_or(member).to_lowercase();
            let account = self.by_account.entry(name).or_default();
            let source = || Source::new(path, Place::Line(members.line));
            account.protected.get_or_insert_with(|| (group, source()));
        }
    }
}
