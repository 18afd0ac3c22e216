//! Tests of the HTML report: what stands in it, and that nothing from a bundle can act.

use std::cell::RefCell;

use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use super::*;
use crate::report::examples::{self, hostile};
use crate::words::Language;

/// What a browser reads in a document.
#[derive(Default)]
struct Read {
    tags: RefCell<Vec<Tag>>,
    text: RefCell<String>,
    comments: RefCell<usize>,
    raw: RefCell<usize>,
}

impl TokenSink for Read {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::TagToken(tag) => {
                let raw = match (&tag.kind, tag.name.as_ref()) {
                    // A title inside the picture is an element like any other.
                    (TagKind::StartTag, "title") if self.tags.borrow().len() < 10 => Some(RawKind::Rcdata),
                    (TagKind::StartTag, "style") => Some(RawKind::Rawtext),
                    (TagKind::StartTag, "script") => Some(RawKind::ScriptData),
                    _ => None,
                };
                self.tags.borrow_mut().push(tag);
                if let Some(raw) = raw {
                    *self.raw.borrow_mut() += 1;
                    return TokenSinkResult::RawData(raw);
                }
            }
            Token::CharacterTokens(text) => self.text.borrow_mut().push_str(&text),
            Token::CommentToken(_) => *self.comments.borrow_mut() += 1,
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn read(document: &str) -> Read {
    let input = BufferQueue::default();
    input.push_back(document.into());
    let tokenizer = Tokenizer::new(Read::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink
}

/// Tags and the names of their attributes, with the values of those that the style or the browser acts on.
fn shape(read: &Read) -> Vec<String> {
    let shape = |tag: &Tag| {
        let attributes = tag.attrs.iter().map(|attribute| match attribute.name.local.as_ref() {
            name @ ("aria-label" | "content") => name.to_owned(),
            name => format!("{name}={}", attribute.value),
        });
        format!("{:?} {} {}", tag.kind, tag.name, attributes.collect::<Vec<_>>().join(" "))
    };
    read.tags.borrow().iter().map(shape).collect()
}

/// What could break out of each place of a document.
const PAYLOADS: [&str; 14] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</style><script>alert(1)</script>",
    "</title><svg onload=alert(1)>",
    "</pre></code></details><h1>Confirmed</h1>",
    "<!-- <iframe src=https://fabrikam.example/>",
    "]]><a href=\"javascript:alert(1)\">",
    "{{ 7 * 7 }} {% include \"page.html\" %} {# x #}",
    "https://fabrikam.example/a.png url(https://fabrikam.example/b)",
    "&lt;script&gt; &#60;b&#62; &amp;",
    "x\u{1b}[31m\u{202e}gpj.exe\u{200b}\u{2028}\u{0}\r\n<b>",
    "' ; calc ; '",
    "</svg><p>",
];

#[test]
fn no_text_of_a_bundle_becomes_markup() {
    for report in examples::all() {
        let plain = read(&render(&hostile(&report, "plain")).unwrap());
        assert!(plain.tags.borrow().len() > 100);
        for payload in PAYLOADS {
            let document = render(&hostile(&report, payload)).unwrap();
            let found = read(&document);
            assert_eq!(shape(&found), shape(&plain), "{payload:?}");
            assert_eq!(*found.comments.borrow(), 0);
            assert_eq!(*found.raw.borrow(), 2, "one title, one style, no script");
            let unsafe_character =
                |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{200b}\u{2028}".contains(c);
            assert_eq!(document.chars().find(|c| unsafe_character(*c)), None, "{payload:?}");
        }
    }
}

#[test]
fn what_a_bundle_says_can_be_read_as_it_is() {
    let payload = "<b>&amp;</b> \"x\" 'y' {{ z }}";
    let document = render(&hostile(&examples::remote_sam(), payload)).unwrap();
    assert!(read(&document).text.borrow().contains(payload));
}

#[test]
fn nothing_is_loaded_and_nothing_runs() {
    for report in examples::all() {
        let document = render(&report).unwrap();
        let found = read(&document);
        for tag in found.tags.borrow().iter() {
            let name = tag.name.as_ref();
            let loading =
                ["script", "link", "img", "iframe", "object", "embed", "base", "form", "use", "image"];
            assert!(!loading.contains(&name), "{name}");
            for attribute in &tag.attrs {
                let name: &str = attribute.name.local.as_ref();
                let value: &str = attribute.value.as_ref();
                assert!(!name.starts_with("on") && !["src", "style", "srcset"].contains(&name), "{name}");
                assert!(name != "href" || value.starts_with('#'), "{value}");
            }
        }
        assert!(!STYLE.contains("@import") && !STYLE.contains("http"));
        assert_eq!(STYLE.matches("url(").count(), STYLE.matches("url(#").count());
    }
}

#[test]
fn the_policy_allows_the_one_style_alone() {
    let document = render(&examples::other()).unwrap();
    let (_, style) = document.split_once("<style>").unwrap();
    let (style, _) = style.split_once("</style>").unwrap();
    assert_eq!(style, STYLE);
    let hash = BASE64.encode(&Sha256::digest(style.as_bytes()));
    assert!(document.contains("default-src &#39;none&#39;; style-src &#39;sha256-"));
    assert!(document.contains(&hash), "{hash}");
}

#[test]
fn every_word_is_in_the_catalogue_and_every_place_has_its_value() {
    for report in examples::all() {
        let found = read(&render(&report).unwrap());
        let text = found.text.borrow();
        for missing in ["<html.", "<report.", "<count>", "<cause>", "<where>", "<kind>"] {
            assert!(!text.contains(missing), "{missing}");
        }
        for tag in found.tags.borrow().iter() {
            assert!(tag.attrs.iter().all(|attribute| !attribute.value.contains("<html.")));
        }
    }
}

/// Every word of the section is asked for, by its key or by the part of it in front of an id.
#[test]
fn every_word_of_the_catalogue_is_used() {
    let catalogue: toml::Table = include_str!("../../words/en.toml").parse().unwrap();
    let sources = [
        include_str!("../html.rs"),
        include_str!("causes.rs"),
        include_str!("evidence.rs"),
        include_str!("picture.rs"),
        include_str!("page.html"),
        include_str!("verdict.html"),
        include_str!("causes.html"),
        include_str!("timeline.html"),
        include_str!("evidence.html"),
        include_str!("next.html"),
        include_str!("files.html"),
    ]
    .concat();
    for (key, value) in catalogue["html"].as_table().unwrap() {
        let used = match value.is_table() {
            true => sources.contains(&format!("\"{key}.")) || sources.contains(&format!("\"{key}\"")),
            false => sources.contains(&format!("\"{key}\"")),
        };
        let by_variable = ["weight", "weight-of-no"].contains(&key.as_str());
        assert!(used || by_variable, "{key}");
    }
}

#[test]
fn the_parts_stand_in_their_order() {
    let document = render(&examples::remote_sam()).unwrap();
    let at = |part: &str| document.find(part).unwrap_or_else(|| panic!("{part}"));
    let order = [
        "id=\"verdict\"",
        "id=\"causes\"",
        "id=\"timeline\"",
        "id=\"evidence\"",
        "class=\"contradictions\"",
        "id=\"collect\"",
        "id=\"remedy\"",
        "id=\"files\"",
        "<footer",
    ];
    assert!(order.map(at).is_sorted());
    assert!(document.contains("*[System[EventRecordID=48211]]"));
    assert!(document.contains("Get-WinEvent -Path &#39;.\\aadc01\\Application.evtx&#39; -FilterXPath"));
}

#[test]
fn the_language_is_that_of_the_report() {
    let mut report = examples::remote_sam();
    report.language = Language::Japanese;
    let document = render(&report).unwrap();
    assert!(document.contains("<html lang=\"ja\">"));
    assert_eq!(document, render(&report).unwrap());
}

#[test]
fn an_empty_report_renders() {
    let mut report = examples::other();
    report.causes.clear();
    report.other_diagnoses.clear();
    report.attempts.clear();
    report.artifacts.clear();
    report.machines.clear();
    report.bundle.inputs.clear();
    let found = read(&render(&report).unwrap());
    assert!(found.text.borrow().contains("No file of the bundle says when anything happened."));
}

#[test]
fn confirmed_remote_sam() {
    let document = render(&examples::remote_sam()).unwrap();
    // The style is read where it stands.
    let (head, tail) = document.split_once(STYLE).unwrap();
    insta::assert_snapshot!(format!("{head}{tail}"));
}
