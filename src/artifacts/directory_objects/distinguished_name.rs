//! Lists of distinguished names in one text. Names are separated by `;`, `|`, a line end or only by a comma,
//! as the parts of a name are: there a name ends with its last `DC=`.

/// The names of a list, without the space around them.
pub(super) fn split_names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for (_, part) in split(text, |byte| matches!(byte, b';' | b'|' | b'\n')) {
        let mut start = 0;
        let mut previous_is_domain = false;
        for (at, component) in split(part, |byte| byte == b',') {
            let is_domain = component.trim_start().get(..3).is_some_and(|dc| dc.eq_ignore_ascii_case("DC="));
            if previous_is_domain && !is_domain && component.contains('=') {
                names.extend(part.get(start..at.saturating_sub(1)));
                start = at;
            }
            previous_is_domain = is_domain;
        }
        names.extend(part.get(start..));
    }
    names.into_iter().map(str::trim).filter(|name| !name.is_empty()).collect()
}

/// Splits where a separator stands that no backslash escapes; each part with its offset.
fn split(text: &str, is_separator: impl Fn(u8) -> bool) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (at, byte) in text.bytes().enumerate() {
        if !escaped && is_separator(byte) {
            parts.extend(text.get(start..at).map(|part| (start, part)));
            start = at.saturating_add(1);
        }
        escaped = byte == b'\\' && !escaped;
    }
    parts.extend(text.get(start..).map(|part| (start, part)));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_with_their_domain() {
        for (text, expected) in [
            ("CN=a,DC=x,DC=y, CN=b\\, c,OU=o,DC=x,DC=y", vec!["CN=a,DC=x,DC=y", "CN=b\\, c,OU=o,DC=x,DC=y"]),
            ("CN=a,DC=x;CN=b\\;c,DC=x", vec!["CN=a,DC=x", "CN=b\\;c,DC=x"]),
            ("CN=a,DC=x|CN=b,DC=x\nCN=c,DC=x", vec!["CN=a,DC=x", "CN=b,DC=x", "CN=c,DC=x"]),
            ("CN=a,DC=x", vec!["CN=a,DC=x"]),
            ("Domain Admins", vec!["Domain Admins"]),
            ("", vec![]),
        ] {
            assert_eq!(split_names(text), expected, "{text}");
        }
    }
}
