//! Whether a security descriptor lets the AD DS connector account in, as far as its groups are known.

use crate::knowledge::principals::{ConnectorIs, connector_is};
use crate::security_descriptor::{
    Decision, Membership, READ_CONTROL, SecurityDescriptor, Trustee, check_access,
};

use super::connector::Connector;

/// The access check of the SAM server for the connector account: READ_CONTROL, and nothing else
/// ([MS-SAMR] 3.1.1.11).
pub fn connector_access(descriptor: &SecurityDescriptor, connector: Option<&Connector>) -> Decision {
    check_access(descriptor, READ_CONTROL, &|trustee| membership(trustee, connector))
}

fn membership(trustee: &Trustee, connector: Option<&Connector>) -> Membership {
    let own = connector.and_then(|connector| connector.sid.as_ref()).map(|(sid, _)| sid);
    if let (Trustee::Sid(sid), Some(own)) = (trustee, own) {
        if sid == own {
            return Membership::Member;
        }
        let same_domain = matches!((sid.domain_and_rid(), own.domain_and_rid()),
            (Some((domain, 513)), Some((own_domain, _))) if domain == own_domain);
        if same_domain {
            // Domain Users of its own domain: the primary group of an ordinary account.
            return Membership::Member;
        }
    }
    match connector_is(trustee) {
        Some(ConnectorIs::Member) => Membership::Member,
        Some(ConnectorIs::Other) => Membership::NotMember,
        Some(ConnectorIs::NotUnlessShown) => {
            match connector.and_then(|connector| connector.protected.as_ref()) {
                // It is in some administrators' group; nobody says in which.
                Some(_) => Membership::Unknown,
                None => Membership::NotMember,
            }
        }
        None => Membership::Unknown,
    }
}
