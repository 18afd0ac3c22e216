//! The texts of PasswordResetService and ADSync events: what users, codes and calls they name.
//!
//! The texts are English on every server that anybody has shown; the Japanese wording of Microsoft's
//! article is taken as an alias of one line.
//! Shapes: <https://learn.microsoft.com/en-us/entra/identity/authentication/troubleshoot-sspr-writeback>.

use std::sync::LazyLock;

use regex::Regex;

use super::attempts::Operation;

/// What an event of PasswordResetService says of one operation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OperationText {
    /// TrackingId, as written.
    pub tracking_id: Option<String>,
    /// User principal name.
    pub user: Option<String>,
    /// `SourceAnchorValue`: base64 of the anchor, most often of a 16-byte GUID.
    pub source_anchor: Option<String>,
    /// `hr=`: eight hexadecimal digits, lower case.
    pub code: Option<String>,
    /// The engine's sentence.
    pub message: Option<String>,
    /// The operation that the stack names.
    pub operation: Option<Operation>,
}

/// What became of the call for user information that the engine makes before it sets a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SamCall {
    /// The trace does not say that it failed.
    NotMentioned,
    /// The domain controller's SAM server refused it: ERROR_ACCESS_DENIED.
    Refused,
    /// A line of no known wording has access denied: it may be this one, in a language that nobody has shown.
    Unclear,
    /// It failed otherwise, with a Win32 error code or name.
    Failed {
        /// Code, where it is a number.
        code: Option<u32>,
        /// As written.
        text: String,
    },
}

/// What a trace of the engine (6329) says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceText {
    /// The call for user information.
    pub sam_call: SamCall,
    /// The connector account that the line names, `DOMAIN\account`.
    pub account: Option<String>,
    /// Error codes, eight hexadecimal digits, lower case, in order; noise that stands in every trace is
    /// left out.
    pub codes: Vec<String>,
    /// The text in lower case, for known sentences.
    pub lower: String,
    /// It is a trace of a password operation.
    pub of_password_set: bool,
}

macro_rules! pattern {
    ($pattern:literal) => {{
        static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new($pattern).ok());
        PATTERN.as_ref()
    }};
}

fn capture(pattern: Option<&Regex>, text: &str) -> Option<String> {
    let found = pattern?.captures(text)?;
    let value = found.get(1)?.as_str().trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// Reads a text of PasswordResetService.
pub fn operation_text(text: &str) -> OperationText {
    let user = capture(pattern!(r"(?i)UserPrincipalName:?\s*([^\s,]+)"), text)
        .or_else(|| capture(pattern!(r"(?i)Details:\s*([^\s,@]+@[^\s,]+)"), text));
    OperationText {
        tracking_id: capture(pattern!(r"(?i)TrackingId:\s*([0-9a-z][0-9a-z-]{7,63})"), text),
        user,
        source_anchor: capture(pattern!(r"(?i)SourceAnchorValue:\s*([A-Za-z0-9+/=]+)"), text),
        code: capture(pattern!(r"(?i)\bhr=(?:0x)?([0-9a-f]{8})\b"), text).map(|code| code.to_lowercase()),
        // Sentences hold commas, so the context that follows ends one.
        message: capture(pattern!(r"(?is)\bmessage=(.*?)(?:, Context:|, Details:|$)"), text)
            .or_else(|| capture(pattern!(r"(?is)\bReason:\s*(.*?)(?:, Context:|, Details:|$)"), text)),
        operation: operation_of_stack(text),
    }
}

fn operation_of_stack(text: &str) -> Option<Operation> {
    let frame =
        capture(pattern!(r"SynchronizationEngineManagedHandle\.(Change\w*|Reset\w*|Set\w*)\("), text)?;
    match frame.as_str() {
        "ChangePassword" => Some(Operation::Change),
        frame if frame.starts_with("Reset") => Some(Operation::Reset),
        _ => None,
    }
}

/// Reads a trace of the engine.
pub fn trace_text(text: &str) -> TraceText {
    let (sam_call, account) = sam_call(text);
    let lower = text.to_lowercase();
    let of_password_set = lower.contains("password");
    TraceText { sam_call, account, codes: trace_codes(text), lower, of_password_set }
}

fn sam_call(text: &str) -> (SamCall, Option<String>) {
    let line = pattern!(
        r"(?i)(?:Failed to acquire user information|ユーザー情報の取得に失敗しました)\s*[:：]\s*(?:([^\\\s]+\\[^\r\n]+?)[.。]\s*(?:Error Code|エラー\s*コード)\s*[:：]\s*([A-Z_]+|0x[0-9a-f]+|\d+)|(0x[0-9a-f]+|\d+))"
    );
    // The engine tries again: the last line says how the call ended.
    let Some(found) = line.and_then(|pattern| pattern.captures_iter(text).last()) else {
        let denied = pattern!(r"(?im)\bERROR_ACCESS_DENIED\b|admaexport\.cpp\(\d+\):.*:\s*0x0*5\s*$");
        let unclear = denied.is_some_and(|denied| denied.is_match(text));
        return (if unclear { SamCall::Unclear } else { SamCall::NotMentioned }, None);
    };
    let account = found.get(1).map(|account| account.as_str().to_owned());
    let error = found.get(2).or_else(|| found.get(3)).map_or("", |error| error.as_str());
    let code = win32_code(error);
    let call = if code == Some(5) || error.eq_ignore_ascii_case("ERROR_ACCESS_DENIED") {
        SamCall::Refused
    } else {
        SamCall::Failed { code, text: error.to_owned() }
    };
    (call, account)
}

/// A Win32 error code, from a number or from the names that stand for remote procedure call errors.
fn win32_code(error: &str) -> Option<u32> {
    if let Some(hex) = error.strip_prefix("0x").or_else(|| error.strip_prefix("0X")) {
        // An HRESULT of the Win32 facility holds the Win32 code in its lower half.
        let win32 = |code: u32| if code >> 16 == 0x8007 { code & 0xffff } else { code };
        return u32::from_str_radix(hex, 16).ok().map(win32);
    }
    match error {
        "RPC_S_SERVER_UNAVAILABLE" => Some(1722),
        "RPC_S_SERVER_TOO_BUSY" => Some(1723),
        "RPC_S_CALL_FAILED" => Some(1726),
        "RPC_S_CALL_FAILED_DNE" => Some(1727),
        "EPT_S_NOT_REGISTERED" => Some(1753),
        "RPC_S_CALL_CANCELLED" => Some(1818),
        "ERROR_INVALID_HANDLE" => Some(6),
        "ERROR_OUTOFMEMORY" => Some(14),
        digits => digits.parse().ok(),
    }
}

/// Codes of the trace's lines, without the lines on normalisation and registry values that stand in
/// traces of every kind
/// (<https://learn.microsoft.com/en-us/troubleshoot/entra/entra-id/user-prov-sync/rpc-errors-affecting-aadconnect>).
fn trace_codes(text: &str) -> Vec<String> {
    let Some(code) = pattern!(r"(?i)\b(?:0x|hr=)(8[0-9a-f]{7})\b") else { return Vec::new() };
    text.lines()
        .filter(|line| !["dnutils.cpp", "MAUtils.h"].iter().any(|noise| line.contains(noise)))
        .flat_map(|line| code.captures_iter(line))
        .filter_map(|found| Some(found.get(1)?.as_str().to_lowercase()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_operation() {
        let text = operation_text(
            "TrackingId: 0b1e7e0c-7a51-4f0e-9c7b-1f5f1f0b8a11, Reason: Synchronization Engine returned an error \
             hr=80230626, message=The password, as given, was denied., Context: cloudAnchor:User_1, \
             SourceAnchorValue: F39SWQrM2EidaboN8UC8Ww==, UserPrincipalName: aiko@contoso.example, Details: x\n   \
             at AADPasswordReset.SynchronizationEngineManagedHandle.ChangePassword(String a)",
        );
        assert_eq!(text.tracking_id.as_deref(), Some("0b1e7e0c-7a51-4f0e-9c7b-1f5f1f0b8a11"));
        assert_eq!(text.user.as_deref(), Some("aiko@contoso.example"));
        assert_eq!(text.code.as_deref(), Some("80230626"));
        assert_eq!(text.message.as_deref(), Some("The password, as given, was denied."));
        assert_eq!(text.operation, Some(Operation::Change));
        assert_eq!(text.source_anchor.as_deref(), Some("F39SWQrM2EidaboN8UC8Ww=="));
    }

    #[test]
    fn a_start_names_its_user_in_the_details() {
        let text = operation_text(
            "TrackingId: 12345678-aaaa, PasswordResetRequestStart, Details: ken@contoso.example",
        );
        assert_eq!(text.user.as_deref(), Some("ken@contoso.example"));
    }

    #[test]
    fn the_three_forms_of_the_refused_call() {
        for line in [
            r"ERR_: MMS(4711): admaexport.cpp(2944): Failed to acquire user information: Contoso\MSOL_3f1c0b7a9d2e. Error Code: ERROR_ACCESS_DENIED",
            r"ERR_: MMS(4711): admaexport.cpp(2944): Failed to acquire user information: Contoso\svc.sync. Error Code: 5",
            "ERR_: MMS(4711): admaexport.cpp(2939): Failed to acquire user information: 0x5",
            r"admaexport.cpp(2944): ユーザー情報の取得に失敗しました: Contoso\MSOL_3f1c0b7a9d2e。 エラー コード: ERROR_ACCESS_DENIED",
        ] {
            assert_eq!(trace_text(line).sam_call, SamCall::Refused, "{line}");
        }
        let dotted = trace_text(
            r"Failed to acquire user information: Contoso\svc.sync. Error Code: ERROR_ACCESS_DENIED",
        );
        assert_eq!(dotted.account.as_deref(), Some(r"Contoso\svc.sync"));
    }

    #[test]
    fn another_code_is_not_a_refusal() {
        for (line, code) in [
            ("Failed to acquire user information: 0x6ba", Some(1722)),
            ("Failed to acquire user information: 0x57", Some(87)),
            (r"Failed to acquire user information: C\a. Error Code: ERROR_LOGON_FAILURE", None),
        ] {
            match trace_text(line).sam_call {
                SamCall::Failed { code: have, .. } => assert_eq!(have, code, "{line}"),
                other => panic!("{line}: {other:?}"),
            }
        }
    }

    #[test]
    fn access_denied_in_a_line_that_nobody_knows_is_unclear() {
        for line in [
            r"ERR_: MMS(1): admaexport.cpp(2944): Hiba: Contoso\svc. Hibakód: ERROR_ACCESS_DENIED",
            "ERR_: MMS(1): admaexport.cpp(2939): Hiba: 0x5\r\nBAIL: MMS(1): x.cpp(1): 0x80004005 (x)",
        ] {
            assert_eq!(trace_text(line).sam_call, SamCall::Unclear, "{line}");
        }
        for line in [
            "BAIL: MMS(1): admaexport.cpp(2963): 0x80004005 (Unspecified error)",
            "ERR_: MMS(1): admaexport.cpp(2939): Hiba: 0x57",
            r"ERR_: MMS(1): X:\src\MAUtils.h(58): Failed getting registry value 'ADMADoNormalization', 0x5",
        ] {
            assert_eq!(trace_text(line).sam_call, SamCall::NotMentioned, "{line}");
        }
    }

    #[test]
    fn codes_leave_the_usual_noise_out() {
        let trace = trace_text(
            "BAIL: MMS(1): ..\\dnutils.cpp(1341): 0x800700b7 (exists)\n\
             BAIL: MMS(1): X:\\src\\MAUtils.h(59): 0x80070002 (no file)\n\
             BAIL: MMS(1): ..\\server.cpp(11139): 0x80230626 (denied)",
        );
        assert_eq!(trace.codes, ["80230626"]);
        assert_eq!(trace.sam_call, SamCall::NotMentioned);
    }
}
