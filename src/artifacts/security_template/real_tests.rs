//! Real templates, where they are at hand. Expected values were read out of the files by hand.

use super::{SecurityTemplate, TemplateKind, looks_like_security_template, read};
use crate::source::BundlePath;

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/samples/secedit");
const KEY: &str = r"MACHINE\SYSTEM\CurrentControlSet\Control\Lsa\RestrictRemoteSam";

fn sample(name: &str) -> Option<SecurityTemplate> {
    let Ok(bytes) = std::fs::read(format!("{SAMPLES}/{name}")) else {
        eprintln!("skipped: {name} is not at hand");
        return None;
    };
    assert!(looks_like_security_template(&bytes), "{name}");
    let (template, gaps) = read(&BundlePath::from(name), &bytes);
    assert_eq!(gaps, [], "{name}");
    template
}

#[test]
fn exports_are_told_from_gpos() {
    use TemplateKind::{ExportOfMachine, OfGpo};
    // Line of the value, line of SeImpersonatePrivilege, minimum password age.
    for (name, kind, line, right, age) in [
        ("Trolip__Secpol.inf", ExportOfMachine, Some(79), 133, "10"),
        ("YarinetXYZ_SBE__secpol.cfg", ExportOfMachine, None, 121, "0"),
        ("dsccommunity_SecurityPolicyDsc__sample_ascii.inf", ExportOfMachine, Some(68), 122, "1"),
        ("Trolip__GptTmpl.inf", OfGpo, Some(43), 88, "1"),
        ("simeononsecurity_STIG__DoD_Server2016_DC_GptTmpl.inf", OfGpo, Some(53), 40, "1"),
    ] {
        let Some(template) = sample(name) else { return };
        assert_eq!(template.kind, kind, "{name}");
        let value = template.value(KEY);
        assert_eq!(value.map(|value| value.line), line, "{name}");
        let data = value.map(|value| (value.kind, value.data.as_str()));
        assert_eq!(data, line.map(|_| (Some(1), "O:BAG:BAD:(A;;RC;;;BA)")), "{name}");
        let privilege = template.privileges.iter().find(|right| right.name == "SeImpersonatePrivilege");
        let privilege = privilege.expect("the right");
        let mut members = privilege.members.clone();
        members.sort();
        assert_eq!(
            (privilege.line, members),
            (right, ["S-1-5-19", "S-1-5-20", "S-1-5-32-544", "S-1-5-6"].map(String::from).to_vec())
        );
        let setting = template.system_access.first().expect("a setting");
        assert_eq!(
            (setting.name.as_str(), setting.value.as_str(), setting.line),
            ("MinimumPasswordAge", age, 4)
        );
    }
}
