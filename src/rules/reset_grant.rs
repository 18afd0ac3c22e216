//! Whether an access list may let the connector account reset a password although nobody knows its SID or its
//! groups: then protection need not be what refused.

use crate::facts::access_lists::{AccessList, Shown, domain_dn};
use crate::facts::connector_access::{connector_right, unnamed_right};
use crate::facts::directory::DirectoryUser;
use crate::knowledge::connector_rights::{ConnectorRight, required_rights};
use crate::security_descriptor::object_access::CONTROL_ACCESS;
use crate::security_descriptor::{Access, Decision};

use super::directory::Target;
use super::directory_rights::{ADMIN_SD_HOLDER, class_of, shown, telling};
use super::{Answer, Finding, Weight};

impl Target<'_> {
    /// The right to reset is open to the account: given to everybody, or to somebody that it may be or be in.
    /// The user's own list decides; where it was not seen, AdminSDHolder's does, which is written onto
    /// protected accounts. Not asked where neither was seen whole.
    pub(super) fn may_reset(&self, weight: Weight) -> Option<Finding> {
        const CHECK: &str = "connector-may-reset";
        let user = self.usable().ok()?;
        let own = telling(&user.descriptors);
        let lists = if own.is_empty() { telling(self.of_holder(user)?) } else { own };
        let first = lists.first().filter(|first| first.shown != Shown::Partly)?;
        let right = required_rights().find(|right| right.wanted.mask == CONTROL_ACCESS)?;
        let decided: Vec<Decision> =
            lists.iter().map(|list| self.decided(&lists, list, right, class_of(user))).collect();
        let all = |access| decided.iter().all(|one| one.access == access);
        let trustee = decided.iter().flat_map(|one| &one.undecided).next();
        let finding = match trustee {
            _ if all(Access::Granted) => self.finding(CHECK, weight, Answer::Yes),
            _ if all(Access::Denied) => self.finding(CHECK, weight, Answer::No),
            Some(trustee) => {
                self.needing_account(self.undecided(CHECK, weight, None)).with("trustee", shown(trustee))
            }
            None => self.undecided(CHECK, weight, Some("open")),
        };
        let finding = match &self.connector {
            Some(connector) if connector.sid.is_some() && trustee.is_some() => {
                finding.needing("connector-account", None)
            }
            _ => finding,
        };
        Some(finding.with("account", self.account.clone()).with("right", right.said).at(&first.source))
    }

    /// Everybody has all rights that a reset needs, whoever the account is.
    pub(super) fn everybody_has(&self, lists: &[&AccessList], class: &str) -> bool {
        let granted = |right, list: &&AccessList| {
            unnamed_right(list, right, class, self.connector).access == Access::Granted
        };
        !lists.is_empty() && required_rights().all(|right| lists.iter().all(|list| granted(right, list)))
    }

    fn decided(
        &self,
        lists: &[&AccessList],
        list: &AccessList,
        right: &'static ConnectorRight,
        class: &str,
    ) -> Decision {
        match self.told_by(lists) {
            Some(connector) => connector_right(list, right, class, connector),
            None => unnamed_right(list, right, class, self.connector),
        }
    }

    fn of_holder(&self, user: &DirectoryUser) -> Option<&[AccessList]> {
        let domain = user.dn().and_then(domain_dn)?;
        Some(self.directory.lists.of(&format!("{ADMIN_SD_HOLDER},{domain}")))
    }
}
