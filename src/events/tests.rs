//! The shapes of a timeline made by hand, and what a bundle of hand-made files lists.

use super::*;
use crate::artifacts::event_log::{Datum, Position};
use crate::words::Language;

fn row(number: u64, text: &str) -> Row {
    Row {
        asked_for: true,
        time: Some("2026-10-05T07:14:02.9999999Z".parse().unwrap()),
        record: number,
        offset: None,
        position: Position { number, written: 0 },
        computer: Some("dc01.contoso.example".into()),
        channel: Some("System".into()),
        provider: Some("Contoso".into()),
        id: Some(7),
        name: None,
        level: Some(2),
        from_slack: false,
        first_only: false,
        tracking_id: None,
        text: text.lines().next().unwrap_or_default().to_owned(),
        data: vec![Datum { name: None, value: text.to_owned() }],
        missing_before: 0,
    }
}

fn timeline(path: &str, rows: Vec<Row>, context: usize) -> Timeline {
    Timeline { blocks: vec![Block { path: path.into(), rows }], usable: true, context, ..Timeline::default() }
}

#[test]
fn the_table_marks_what_was_asked_for_among_its_neighbours() {
    let beside = Row { asked_for: false, level: Some(0), ..row(9, "beside") };
    let missing = Row { missing_before: 1, from_slack: true, ..row(11, "found") };
    let all = timeline("a.evtx", vec![beside, missing], 1);
    let expected = "  Time (UTC)               Record  Level           ID  Provider

a.evtx (dc01.contoso.example)
  2026-10-05 07:14:02.999       9  Information      7  Contoso
      beside
      (1 record between these two cannot be read from the log)
> 2026-10-05 07:14:02.999      11  Error            7  Contoso
      (from space that the log had freed: it may be out of date)
      found
";
    assert_eq!(table(&all, Language::English, false, 80), expected);
}

#[test]
fn japanese_columns_stand_below_their_titles() {
    let all = timeline(
        "ログ/アプリケーション.evtx",
        vec![row(9, "失敗しました"), Row { level: Some(4), ..row(10, "x") }],
        0,
    );
    let expected = "  日時 (UTC)               レコード  レベル  イベント ID  プロバイダー

ログ/アプリケーション.evtx (dc01.contoso.example)
  2026-10-05 07:14:02.999         9  エラー            7  Contoso
      失敗しました
  2026-10-05 07:14:02.999        10  情報              7  Contoso
      x
";
    assert_eq!(table(&all, Language::Japanese, false, 80), expected);
}

#[test]
fn a_full_table_has_every_line_and_a_brief_one_the_first() {
    let text = format!("first\r\n\r\n  second\n{}", "word ".repeat(40));
    let all = timeline("a.evtx", vec![row(1, &text)], 0);
    let brief = table(&all, Language::English, false, 80);
    assert!(brief.ends_with("      first\n"), "{brief}");
    let full = table(&all, Language::English, true, 80);
    assert!(full.contains("\n      first\n        second\n      word word"), "{full}");
    assert_eq!(full.matches("word").count(), 40);
    assert!(full.lines().all(|line| line.chars().count() <= 80));
    let long = timeline("a.evtx", vec![row(1, &"word ".repeat(400))], 0);
    let brief = table(&long, Language::English, false, 80);
    assert!(brief.ends_with("word [...]\n") && brief.lines().count() < 9, "{brief}");
}

#[test]
fn nothing_from_a_log_acts_in_any_shape() {
    let hostile = "=1+1\u{1b}[2J\u{202e}moc\u{9b}31m\u{7}";
    let mut acting = row(1, hostile);
    acting.computer = Some(hostile.into());
    acting.provider = Some(hostile.into());
    acting.channel = Some(hostile.into());
    let all = timeline(&format!("{hostile}.evtx"), vec![acting], 0);
    for shape in [
        table(&all, Language::English, false, 80),
        table(&all, Language::English, true, 80),
        csv(&all).trim_start_matches('\u{feff}').to_owned(),
    ] {
        let acts = |c: char| (c.is_control() && !matches!(c, '\n' | '\r')) || c == '\u{202e}';
        assert!(!shape.contains(acts), "{shape:?}");
        assert!(shape.contains("\\u{1b}[2J\\u{202e}moc"), "{shape:?}");
    }
    // JSON keeps text as it is, but for what a terminal obeys.
    let json = jsonl(&all).unwrap();
    assert!(!json.trim_end().contains(char::is_control), "{json:?}");
    let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(parsed["data"][0]["value"], hostile);
    assert_eq!(csv(&all).matches(",\"'=1+1").count() + csv(&all).matches(",'=1+1").count(), 5);
}

#[test]
fn csv_has_one_line_for_each_record() {
    let mut named = row(3, "");
    named.data = [("Client SID:", "S-1-5-18"), ("Text", "a, \"b\"\r\nc")]
        .map(|(name, value)| Datum { name: Some(name.into()), value: value.into() })
        .to_vec();
    let all = timeline("a.evtx", vec![row(2, "two"), named], 0);
    let header = "\u{feff}block,match,time,file,record,offset,computer,channel,provider,event_id,name,level,\
                  freed_space,missing_before,first_only,tracking_id,data\r\n";
    let start = "1,true,2026-10-05T07:14:02.9999999Z,a.evtx";
    let middle = ",,dc01.contoso.example,System,Contoso,7,,2,false,0,false,,";
    let expected = format!(
        "{header}{start},2{middle}two\r\n{start},3{middle}\"Client SID: S-1-5-18; Text: a, \"\"b\"\" \\n c\"\r\n"
    );
    assert_eq!(csv(&all), expected);
}

#[test]
fn a_record_that_cannot_be_rendered_stays_under_its_log() {
    let torn = Row {
        asked_for: false,
        computer: None,
        provider: None,
        id: None,
        level: None,
        time: None,
        ..row(5, "")
    };
    let all = timeline("a.evtx", vec![row(4, "four"), torn, row(6, "six")], 1);
    let shown = table(&all, Language::English, false, 80);
    assert_eq!(shown.matches("a.evtx").count(), 1);
    assert!(shown.contains("(the record is damaged, and only its header can be read)"));
    let empty = table(&Timeline::default(), Language::English, false, 80);
    assert_eq!(empty, "");
}
