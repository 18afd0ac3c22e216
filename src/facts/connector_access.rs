//! Whether a security descriptor lets the AD DS connector account in, as far as its groups are known.

use crate::knowledge::connector_rights::ConnectorRight;
use crate::knowledge::principals::{ConnectorIs, connector_is};
use crate::knowledge::protected_groups;
use crate::security_descriptor::{
    Decision, Membership, READ_CONTROL, SecurityDescriptor, Sid, Trustee, Wanted, check_access,
    check_object_access,
};

use super::access_lists::AccessList;
use super::connector::{Connector, domains_agree};
use super::directory::DOMAIN_USERS;

/// The access check of the SAM server for the connector account: READ_CONTROL, and nothing else
/// ([MS-SAMR] 3.1.1.11).
pub fn connector_access(descriptor: &SecurityDescriptor, connector: Option<&Connector>) -> Decision {
    check_access(descriptor, READ_CONTROL, &|trustee| membership(trustee, connector))
}

/// Whether the connector account has a right on an object of a class, by one of its access lists.
pub fn connector_right(
    list: &AccessList,
    right: &ConnectorRight,
    class: &str,
    connector: &Connector,
) -> Decision {
    let netbios = netbios(connector, list);
    list.decide(|descriptor| {
        check_object_access(descriptor, &right.wanted, class, &|trustee| {
            in_directory(trustee, connector, netbios)
        })
    })
}

/// Whether an account of which no SID is known has a right, as far as everybody has it. Domain Users may not be
/// its primary group, so that they are a group like any other here.
pub fn unnamed_right(
    list: &AccessList,
    right: &ConnectorRight,
    class: &str,
    connector: Option<&Connector>,
) -> Decision {
    let netbios = connector.and_then(|connector| netbios(connector, list));
    list.decide(|descriptor| {
        check_object_access(descriptor, &right.wanted, class, &|trustee| unnamed(trustee, connector, netbios))
    })
}

/// What any domain account is to a trustee. A protected group has only administrators, and the connector
/// account is none unless something shows it.
fn unnamed(trustee: &Trustee, connector: Option<&Connector>, netbios: Option<&str>) -> Membership {
    let administrator = || match connector.and_then(|connector| connector.protected.as_ref()) {
        Some(_) => Membership::Unknown,
        None => Membership::NotMember,
    };
    match trustee {
        Trustee::Named(name) => connector
            .filter(|connector| connector.named_by_engine)
            .map_or(Membership::Unknown, |connector| by_name(name, connector, netbios)),
        Trustee::Sid(sid) if sid.as_str() == SELF => Membership::NotMember,
        Trustee::Sid(sid) if sid.as_str() == BUILTIN_USERS => Membership::Unknown,
        Trustee::DomainRelative { rid: DOMAIN_USERS, .. } => Membership::Unknown,
        _ if protected_groups::by_trustee(trustee).is_some() => administrator(),
        _ => match connector_is(trustee) {
            Some(ConnectorIs::Member) => Membership::Member,
            Some(ConnectorIs::Other) => Membership::NotMember,
            Some(ConnectorIs::NotUnlessShown) => administrator(),
            None => Membership::Unknown,
        },
    }
}

/// Whether the connector account may read an object. `in_read_group` says whether it is in Pre-Windows 2000
/// Compatible Access.
pub fn connector_reads(
    list: &AccessList,
    mask: u32,
    connector: &Connector,
    in_read_group: Membership,
) -> Decision {
    let wanted = Wanted { mask, object_type: None, property_set: None };
    let netbios = netbios(connector, list);
    list.decide(|descriptor| {
        check_object_access(descriptor, &wanted, "", &|trustee| match trustee {
            Trustee::Sid(sid) if *sid == Sid::PRE_WINDOWS_2000 => in_read_group,
            _ => in_directory(trustee, connector, netbios),
        })
    })
}

/// SELF: the object's own account, which the connector account is not.
const SELF: &str = "S-1-5-10";
/// `BUILTIN\Users`, whose members are Domain Users.
const BUILTIN_USERS: &str = "S-1-5-32-545";

/// Membership as exports of the account's own object show it, and else as principals have it.
///
/// `netbios` is the NetBIOS name of the account's domain, where it is known.
fn in_directory(trustee: &Trustee, connector: &Connector, netbios: Option<&str>) -> Membership {
    let own = connector.sid.as_ref().and_then(|(sid, _)| sid.domain_and_rid());
    let groups = connector.object.as_ref().map(|object| &object.groups);
    if let Trustee::Named(name) = trustee {
        return by_name(name, connector, netbios);
    }
    if let Trustee::Sid(sid) = trustee {
        if sid.as_str() == SELF {
            return Membership::NotMember;
        }
        if groups.is_some_and(|groups| groups.token.contains(sid)) {
            return Membership::Member;
        }
        let of_domain = matches!((sid.domain_and_rid(), &own), (Some((a, _)), Some((b, _))) if a == *b);
        let is_own = connector.sid.as_ref().is_some_and(|(own, _)| own == sid);
        if of_domain && !is_own && groups.is_some_and(|groups| groups.token_complete) {
            return Membership::NotMember;
        }
    }
    match membership(trustee, Some(connector)) {
        Membership::Unknown if is_shown_outside(trustee, connector) => Membership::NotMember,
        known => known,
    }
}

/// The NetBIOS name of the account's domain: as the account was named, or as the entries of a list show it.
fn netbios<'a>(connector: &'a Connector, list: &'a AccessList) -> Option<&'a str> {
    let names = [&connector.account.domain, &connector.account.other_domain_name];
    let named = || names.into_iter().flatten().map(String::as_str);
    let shown = || named().find(|name| name.contains('.')).and_then(|dns| list.netbios_of(dns));
    named().find(|name| !name.contains('.')).or_else(shown)
}

/// Only the account itself, and Domain Users of its own domain, are told by a name alone.
///
/// An account of the same name in another domain is another one. That a group has the name which the installation
/// makes up for an account does not happen; the name of a custom account may be a group's elsewhere.
fn by_name(name: &str, connector: &Connector, netbios: Option<&str>) -> Membership {
    let Some((domain, account)) = name.split_once('\\') else { return Membership::Unknown };
    let own = connector.account.domain.as_deref();
    let in_its_domain = match netbios {
        Some(netbios) if !domain.contains('.') => domain.eq_ignore_ascii_case(netbios),
        _ => own.is_some() && domains_agree(Some(domain), own),
    };
    let is_its_name = account.eq_ignore_ascii_case(&connector.account.name);
    if in_its_domain && is_its_name {
        Membership::Member
    } else if in_its_domain && account.eq_ignore_ascii_case("Domain Users") {
        domain_users(Some(connector))
    } else if is_its_name && connector.is_express() && netbios.is_some() && !domain.contains('.') {
        Membership::NotMember
    } else {
        Membership::Unknown
    }
}

/// The account's object shows that it is in no protected group. One that a directory may be set up not to
/// protect has to be excluded by the account's having no group at all.
fn is_shown_outside(trustee: &Trustee, connector: &Connector) -> bool {
    let Some(object) = connector.object.as_ref().filter(|object| object.is_shown_unprotected()) else {
        return false;
    };
    protected_groups::by_trustee(trustee).is_some_and(|group| {
        !group.may_be_excluded || object.groups.none_but_primary || object.groups.token_complete
    })
}

fn membership(trustee: &Trustee, connector: Option<&Connector>) -> Membership {
    let own = connector.and_then(|connector| connector.sid.as_ref()).map(|(sid, _)| sid);
    if let (Trustee::Sid(sid), Some(own)) = (trustee, own) {
        if sid == own {
            return Membership::Member;
        }
        let same_domain = matches!((sid.domain_and_rid(), own.domain_and_rid()),
            (Some((domain, DOMAIN_USERS)), Some((own_domain, _))) if domain == own_domain);
        if same_domain {
            return domain_users(connector);
        }
    }
    if let Trustee::DomainRelative { rid: DOMAIN_USERS, .. } = trustee {
        return domain_users(connector);
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

/// Domain Users of its own domain: the primary group of an ordinary account. One with another primary group may
/// have been taken out of them.
fn domain_users(connector: Option<&Connector>) -> Membership {
    let object = connector.and_then(|connector| connector.object.as_ref());
    if object.is_some_and(|object| object.groups.other_primary.is_some()) {
        Membership::Unknown
    } else {
        Membership::Member
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::facts::attempts::NamedAccount;
    use crate::facts::directory::{AdminCount, DirectoryUser};
    use crate::security_descriptor::Sid;
    use crate::source::{Place, Source};

    fn connector(change: impl Fn(&mut DirectoryUser)) -> Connector {
        let source = Source::new(&Arc::from("x"), Place::File);
        let account = NamedAccount {
            domain: None,
            other_domain_name: None,
            name: "svc".to_owned(),
            source: source.clone(),
        };
        let mut object =
            DirectoryUser { admin_count: AdminCount::Unset(source.clone()), ..DirectoryUser::default() };
        change(&mut object);
        let sid = Sid::parse("S-1-5-21-1-2-3-1144").map(|sid| (sid, source));
        Connector {
            account,
            only_of: None,
            named_by_engine: true,
            sid,
            protected: None,
            object: Some(object),
            uses: Vec::new(),
        }
    }

    #[test]
    fn a_group_is_excluded_only_by_what_shows_all_groups() {
        let unknown = connector(|_| {});
        let listed = connector(|object| object.groups.complete = true);
        let alone = connector(|object| {
            object.groups.complete = true;
            object.groups.none_but_primary = true;
        });
        let token = connector(|object| {
            object.groups.complete = true;
            object.groups.token_complete = true;
            object.groups.token = vec![Sid::parse("S-1-5-21-1-2-3-1200").unwrap()];
        });
        let is = |connector: &Connector, trustee: &str| {
            in_directory(&Trustee::parse(trustee).unwrap(), connector, None)
        };
        use Membership::{Member, NotMember, Unknown};
        for (trustee, expected) in [
            ("S-1-5-21-1-2-3-1144", [Member, Member, Member, Member]),
            ("S-1-5-21-1-2-3-513", [Member, Member, Member, NotMember]),
            ("PS", [NotMember; 4]),
            ("AU", [Member; 4]),
            ("S-1-5-21-1-2-3-1200", [Unknown, Unknown, Unknown, Member]),
            ("S-1-5-21-1-2-3-1201", [Unknown, Unknown, Unknown, NotMember]),
            // Another domain's group may be in no list of this one.
            ("S-1-5-21-9-9-9-1201", [Unknown; 4]),
            // Account Operators may be excluded from protection, Schema Admins may not.
            ("AO", [Unknown, Unknown, NotMember, NotMember]),
            ("SA", [Unknown, NotMember, NotMember, NotMember]),
        ] {
            let have = [&unknown, &listed, &alone, &token].map(|connector| is(connector, trustee));
            assert_eq!(have, expected, "{trustee}");
        }
    }

    #[test]
    fn a_name_is_the_account_or_nobody_knows() {
        let custom = connector(|_| {});
        let mut of_domain = custom.clone();
        of_domain.account.domain = Some("CONTOSO.EXAMPLE".to_owned());
        let mut express = of_domain.clone();
        express.account.name = "MSOL_0123456789ab".to_owned();
        use Membership::{Member, Unknown};
        for (name, expected) in [
            ("CONTOSO\\svc", [Unknown, Member, Unknown]),
            ("FABRIKAM\\svc", [Unknown, Unknown, Unknown]),
            ("CONTOSO\\MSOL_0123456789ab", [Unknown, Unknown, Member]),
            ("CONTOSO\\Domain Users", [Unknown, Member, Member]),
            ("FABRIKAM\\Domain Users", [Unknown, Unknown, Unknown]),
            ("CONTOSO\\Helpdesk", [Unknown, Unknown, Unknown]),
            ("svc", [Unknown, Unknown, Unknown]),
        ] {
            let trustee = Trustee::from_name(name);
            let have =
                [&custom, &of_domain, &express].map(|connector| in_directory(&trustee, connector, None));
            assert_eq!(have, expected, "{name}");
        }
    }

    #[test]
    fn the_same_name_in_another_domain_is_another_account() {
        let mut express = connector(|_| {});
        express.account.domain = Some("CONTOSO.EXAMPLE".to_owned());
        express.account.name = "MSOL_0123456789ab".to_owned();
        use Membership::{Member, NotMember, Unknown};
        // The NetBIOS name of the account's domain: not known, the default one, another one.
        for (name, expected) in [
            ("CONTOSO\\MSOL_0123456789ab", [Member, Member, NotMember]),
            ("FABRIKAM\\MSOL_0123456789ab", [Unknown, NotMember, NotMember]),
            ("CORP\\MSOL_0123456789ab", [Unknown, NotMember, Member]),
            ("FABRIKAM\\Domain Users", [Unknown, Unknown, Unknown]),
        ] {
            let trustee = Trustee::from_name(name);
            let have = [None, Some("contoso"), Some("corp")]
                .map(|netbios| in_directory(&trustee, &express, netbios));
            assert_eq!(have, expected, "{name}");
        }
    }

    #[test]
    fn nobody_in_particular_is_in_what_everybody_is_in() {
        let mut administrator = connector(|_| {});
        administrator.protected = administrator.sid.as_ref().map(|(_, source)| source.clone());
        use Membership::{Member, NotMember, Unknown};
        for (trustee, of_ordinary, of_administrator) in [
            ("WD", Member, Member),
            ("AU", Member, Member),
            ("NU", Member, Member),
            ("DU", Unknown, Unknown),
            ("BU", Unknown, Unknown),
            ("S-1-5-21-1-2-3-513", Unknown, Unknown),
            // Even the account's own SID: nothing has told that it is.
            ("S-1-5-21-1-2-3-1144", Unknown, Unknown),
            ("BA", NotMember, Unknown),
            ("S-1-5-21-1-2-3-512", NotMember, Unknown),
            ("AO", NotMember, Unknown),
            ("SY", NotMember, NotMember),
            ("PS", NotMember, NotMember),
        ] {
            let trustee_of = Trustee::parse(trustee).unwrap();
            assert_eq!(unnamed(&trustee_of, None, None), of_ordinary, "{trustee}");
            assert_eq!(unnamed(&trustee_of, Some(&administrator), None), of_administrator, "{trustee}");
        }
    }
}
