//! Whole reports: synthetic ones with one quirk each, and real ones where they are at hand.

use super::*;

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/samples/gpresult-html");

fn sample(name: &str) -> Option<(PolicyReport, Vec<Gap>)> {
    let Ok(bytes) = std::fs::read(format!("{SAMPLES}/{name}")) else {
        eprintln!("skipped: no {name}");
        return None;
    };
    assert!(looks_like_policy_report(&bytes[..bytes.len().min(64 << 10)]), "{name}");
    let (report, gaps) = read(&BundlePath::from(name), &bytes);
    Some((report.expect("a report"), gaps))
}

#[test]
fn dump() {
    for name in std::fs::read_dir(SAMPLES).into_iter().flatten() {
        let name = name.unwrap().file_name().into_string().unwrap();
        let t = std::time::Instant::now();
        let (report, gaps) = sample(&name).unwrap();
        println!(
            "{name} {:?} {:#?} {gaps:?}",
            t.elapsed(),
            PolicyReport { security_options: vec![], computer_groups: vec![], ..report.clone() }
        );
        println!(
            "groups {} so {} {:?}",
            report.computer_groups.len(),
            report.security_options.len(),
            report.security_options.iter().find(|s| s.name.contains("SAM"))
        );
    }
}
